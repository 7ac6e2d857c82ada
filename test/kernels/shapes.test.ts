import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/errors.js';
import { elu, leakyRelu } from '../../src/kernels/ops/activations.js';
import { add, mul } from '../../src/kernels/ops/arithmetic.js';
import { select } from '../../src/kernels/ops/comparison.js';
import { dropout } from '../../src/kernels/ops/dropout.js';
import { expand } from '../../src/kernels/ops/expand.js';
import { gather, oneHot } from '../../src/kernels/ops/gather.js';
import { constant, input } from '../../src/kernels/ops/leaves.js';
import { matmul } from '../../src/kernels/ops/matmul.js';
import { pick } from '../../src/kernels/ops/pick.js';
import { pow } from '../../src/kernels/ops/power.js';
import { max, mean, sum } from '../../src/kernels/ops/reduce.js';
import { transpose } from '../../src/kernels/ops/transpose.js';

const [a, row, column] = [input([2, 3]), input([1, 3]), input([2, 1])];

describe('the shape of a node', () => {
  it.each([
    ['broadcasts rows and columns', add(row, column), [2, 3]],
    ['broadcasts numbers', mul(2, a), [2, 3]],
    ['of a product', matmul(a, input([3, 4])), [2, 4]],
    ['of a product with A transposed', matmul(a, input([2, 5]), { transposeA: true }), [3, 5]],
    ['of a product with B transposed', matmul(a, input([4, 3]), { transposeB: true }), [2, 4]],
    ['of sums over rows', sum(a, 0), [1, 3]],
    ['of means over columns', mean(a, 1), [2, 1]],
    ['of a maximum over everything', max(a), [1, 1]],
    ['of a transpose', transpose(a), [3, 2]],
    ['of a gather', gather(a, column), [2, 1]],
    ['of oneHot', oneHot(column, 5), [2, 5]],
    ['of pick', pick(a, 1, 2), [1, 1]],
    ['of expand', expand(row, [4, 3]), [4, 3]],
    ['of a constant', constant(1, [2, 2]), [2, 2]],
  ])('%s', (_, node, shape) => {
    expect(node.shape).toEqual(shape);
  });
});

describe('a graph that does not fit together is an error where it is built', () => {
  it.each<[string, () => unknown]>([
    [
      'add: the shapes [2, 3] and [3, 2] do not match: rows and columns must be equal or 1',
      () => add(a, input([3, 2])),
    ],
    [
      'select: the shapes [2, 3] and [2, 4] and [1, 1] do not match: rows and columns must be equal or 1',
      () => select(a, input([2, 4]), 0),
    ],
    ['matmul: [2, 3] by [2, 3]: the inner sides 3 and 2 must be equal', () => matmul(a, a)],
    [
      'matmul: [2, 3]ᵀ by [3, 2]: the inner sides 2 and 3 must be equal',
      () => matmul(a, input([3, 2]), { transposeA: true }),
    ],
    [
      'matmul: at most one of transposeA and transposeB may be true; Aᵀ·Bᵀ is (B·A)ᵀ',
      () => matmul(a, a, { transposeA: true, transposeB: true }),
    ],
    ['gather: the classes must be one column index a row, [2, 1], got [1, 3]', () => gather(a, row)],
    ['oneHot: columns must be a whole number from 1 up, got 0', () => oneHot(column, 0)],
    ['oneHot: the classes must be one column index a row, [2, 1], got [2, 3]', () => oneHot(a, 3)],
    ['pick: there is no element (2, 0) in [2, 3]', () => pick(a, 2, 0)],
    ['pick: there is no element (0, 0.5) in [2, 3]', () => pick(a, 0, 0.5)],
    ['expand: [1, 3] does not repeat to [2, 4]', () => expand(row, [2, 4])],
    ['dropout: the mask must have the shape [2, 3], got [1, 3]', () => dropout(a, row)],
    ['sum: axis must be 0 (over the rows), 1 (over the columns) or left out, got 2', () => sum(a, 2 as 1)],
    ['input: a shape is [rows, columns], two whole numbers from 1 up, got [0, 3]', () => input([0, 3])],
    ['constant: the value must be a finite number within float32, got NaN', () => add(a, Number.NaN)],
    ['constant: the value must be a finite number within float32, got 1e+39', () => constant(1e39)],
    ['leakyRelu: slope must be a finite number, got Infinity', () => leakyRelu(a, Number.POSITIVE_INFINITY)],
    ['elu: alpha must be a finite number, got NaN', () => elu(a, Number.NaN)],
    ['mul: an operand must be a node or a number, got undefined (undefined)', () => mul(a, undefined as never)],
    ['pow: an operand must be a node or a number, got 2 (string)', () => pow(a, '2' as never)],
  ])('%s', (message, build) => {
    expect(build).toThrow(new InputError(message));
  });
});
