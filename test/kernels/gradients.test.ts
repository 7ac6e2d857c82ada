import { describe, expect, it } from 'vitest';
import { differentiate } from '../../src/kernels/autodiff.js';
import type { Node } from '../../src/kernels/graph.js';
import { leakyRelu, relu, softplus } from '../../src/kernels/ops/activations.js';
import { abs, add, maximum, minimum, mul, sign, square } from '../../src/kernels/ops/arithmetic.js';
import { greater } from '../../src/kernels/ops/comparison.js';
import { input } from '../../src/kernels/ops/leaves.js';
import { matmul } from '../../src/kernels/ops/matmul.js';
import { pow } from '../../src/kernels/ops/power.js';
import { max, mean, sum } from '../../src/kernels/ops/reduce.js';
import { logSoftmax } from '../../src/kernels/ops/softmax.js';
import { exp } from '../../src/kernels/ops/transcendental.js';
import { inOrder } from '../../src/kernels/order.js';
import { cotangentOf, forwardGraph, gradientGraph, OP_CASES, valuesOf } from './op-cases.js';
import { evaluate } from './reference.js';

const STEP = 1e-5;
const SAMPLES = 8;

describe('the gradient of every op', () => {
  it.each(OP_CASES.filter(({ smooth }) => smooth))('$name equals central differences', opCase => {
    const forward = forwardGraph(opCase);
    const backward = gradientGraph(opCase);
    const values = valuesOf(opCase).map(array => Float64Array.from(array));
    const cotangent = Float64Array.from(cotangentOf(opCase, backward));
    const gradients = evaluate(backward, [...values, cotangent]);
    const loss = () => evaluate(forward, values)[0]!.reduce((total, y, i) => total + y * cotangent[i]!, 0);
    const wrt = values.filter((_, i) => opCase.leaves[i]!.differentiable !== false);
    for (const [i, array] of wrt.entries()) {
      const stride = Math.max(1, Math.floor(array.length / SAMPLES));
      for (let k = 0; k < array.length; k += stride) {
        const value = array[k]!;
        array[k] = value + STEP;
        const above = loss();
        array[k] = value - STEP;
        const below = loss();
        array[k] = value;
        const expected = (above - below) / (2 * STEP);
        expect(Math.abs(gradients[i]![k]! - expected), `leaf ${i}, element ${k}`).toBeLessThanOrEqual(
          1e-6 * Math.max(1, Math.abs(expected)),
        );
      }
    }
  });

  it.each(OP_CASES)('$name has the shape of its leaf and finite values', opCase => {
    const backward = gradientGraph(opCase);
    const wrt = opCase.leaves.filter(leaf => leaf.differentiable !== false);
    expect(backward.outputs.map(output => output.shape)).toEqual(wrt.map(leaf => leaf.shape));
    const gradients = evaluate(backward, [...valuesOf(opCase), cotangentOf(opCase, backward)]);
    for (const gradient of gradients) expect(gradient.every(Number.isFinite)).toBe(true);
  });
});

/** d output / d x at the values of x. */
const slopes = (f: (x: Node) => Node, values: readonly number[]): number[] => {
  const x = input([1, values.length]);
  return [...evaluate({ inputs: [x], outputs: differentiate(sum(f(x)), [x]) }, [values])[0]!];
};

describe('the gradient at corners', () => {
  it('of relu, abs and leakyRelu at 0 is that of the left, 0 and the left', () => {
    expect(slopes(relu, [-1, 0, 1])).toEqual([0, 0, 1]);
    expect(slopes(abs, [-1, 0, 1])).toEqual([-1, 0, 1]);
    expect(slopes(x => leakyRelu(x, 0.1), [-1, 0, 1])).toEqual([0.1, 0.1, 1]);
  });

  it('of softplus at 0 is one half', () => {
    expect(slopes(softplus, [0])).toEqual([0.5]);
  });

  it('of max is shared evenly by equal values', () => {
    expect(slopes(x => max(x, 1), [3, 1, 3, 2])).toEqual([0.5, 0, 0.5, 0]);
  });

  it('of maximum and minimum goes to the first of two equal operands', () => {
    for (const op of [maximum, minimum]) {
      const [a, b] = [input([1, 1]), input([1, 1])];
      const gradients = evaluate({ inputs: [a, b], outputs: differentiate(op(a, b), [a, b]) }, [[2], [2]]);
      expect(gradients.map(gradient => gradient[0])).toEqual([1, 0]);
    }
  });

  it('of comparisons and sign is 0', () => {
    expect(slopes(x => mul(greater(x, 0), 3), [-1, 0, 1])).toEqual([0, 0, 0]);
    expect(slopes(x => add(sign(x), 1), [-1, 0, 1])).toEqual([0, 0, 0]);
  });

  it('of a power of 0 with a whole exponent is finite', () => {
    expect(slopes(x => pow(x, 4), [0, 1])).toEqual([0, 4]);
  });
});

describe('differentiate', () => {
  it('returns zeros of its shape for a node that the output does not depend on', () => {
    const [x, other] = [input([2, 3]), input([4, 5])];
    const [, zeros] = differentiate(sum(x), [x, other]);
    expect(zeros!.shape).toEqual([4, 5]);
    expect(evaluate({ inputs: [], outputs: [zeros!] }, [])[0]).toEqual(new Float64Array(20));
  });

  it('adds up the gradients of a node that is used several times', () => {
    expect(slopes(x => add(square(x), add(x, mul(x, 3))), [5])).toEqual([14]);
  });

  it('goes on through a node that it is also asked for', () => {
    const x = input([1, 1]);
    const y = square(x);
    const gradients = evaluate({ inputs: [x], outputs: differentiate(square(y), [y, x, x]) }, [[3]]);
    expect(gradients.map(gradient => gradient[0])).toEqual([18, 108, 108]);
  });

  it('can be applied to its own result', () => {
    const second = (f: (x: Node) => Node, value: number) => slopes(x => differentiate(sum(f(x)), [x])[0]!, [value])[0];
    expect(second(x => pow(x, 4), 2)).toBeCloseTo(48, 10);
    expect(second(exp, 1)).toBeCloseTo(Math.E, 10);
    expect(second(softplus, 0)).toBeCloseTo(0.25, 10);
    const [a, b] = [0.3, -0.2];
    const p = Math.exp(a) / (Math.exp(a) + Math.exp(b));
    const x = input([1, 2]);
    const [once] = differentiate(sum(mul(logSoftmax(x), greater(x, 0))), [x]);
    const [twice] = differentiate(sum(mul(once!, greater(x, 0))), [x]);
    expect(evaluate({ inputs: [x], outputs: [twice!] }, [[a, b]])[0]![0]).toBeCloseTo(-p * (1 - p), 10);
  });

  it('takes a cotangent of the output’s shape, and asks for one unless the output is [1, 1]', () => {
    const [x, g] = [input([2, 2]), input([2, 2])];
    const gradient = differentiate(square(x), [x], g);
    expect([
      ...evaluate({ inputs: [x, g], outputs: gradient }, [
        [1, 2, 3, 4],
        [1, 0, 2, 0],
      ])[0]!,
    ]).toEqual([2, 0, 12, 0]);
    expect(() => differentiate(square(x), [x])).toThrow('differentiate: an output of shape [2, 2] needs a cotangent');
    expect(() => differentiate(square(x), [x], input([2, 1]))).toThrow(
      "differentiate: the cotangent must have the output's shape [2, 2], got [2, 1]",
    );
  });

  it('transposes nothing on the way back through a product', () => {
    const [x, w] = [input([4, 3]), input([3, 2])];
    for (const [a, b, orientation] of [
      [x, w, {}],
      [input([3, 4]), w, { transposeA: true }],
      [x, input([2, 3]), { transposeB: true }],
    ] as const) {
      const gradients = differentiate(mean(matmul(a, b, orientation)), [a, b]);
      expect(inOrder(gradients).filter(node => node.op.name === 'transpose')).toEqual([]);
    }
  });
});
