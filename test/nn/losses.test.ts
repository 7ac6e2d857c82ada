import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/errors.js';
import { differentiate } from '../../src/kernels/autodiff.js';
import type { Shape } from '../../src/kernels/graph.js';
import { abs, sub } from '../../src/kernels/ops/arithmetic.js';
import { input } from '../../src/kernels/ops/leaves.js';
import { mean } from '../../src/kernels/ops/reduce.js';
import { binaryCrossEntropy } from '../../src/nn/losses/binary-cross-entropy.js';
import { lossesByName, lossFromConfig } from '../../src/nn/losses/by-name.js';
import { crossEntropy } from '../../src/nn/losses/cross-entropy.js';
import { huber } from '../../src/nn/losses/huber.js';
import type { Loss } from '../../src/nn/losses/loss.js';
import { meanAbsoluteError } from '../../src/nn/losses/mean-absolute-error.js';
import { meanSquaredError } from '../../src/nn/losses/mean-squared-error.js';
import { evaluate } from '../kernels/reference.js';
import { expectClose } from './numbers.js';

/** Value and gradient of a loss, in float64, of predictions and targets given row by row. */
function run(
  loss: Loss,
  rows: number,
  prediction: readonly number[],
  target: readonly number[],
  weights?: readonly number[],
) {
  const shape = (values: readonly number[]): Shape => [rows, values.length / rows];
  const [x, y, w] = [input(shape(prediction)), input(shape(target)), input([rows, 1])];
  const value = loss.apply({ prediction: x, target: y, weights: weights && w });
  const outputs = evaluate({ inputs: [x, y, w], outputs: [value, ...differentiate(value, [x])] }, [
    Float64Array.from(prediction),
    Float64Array.from(target),
    Float64Array.from(weights ?? new Array(rows).fill(0)),
  ]);
  return { value: outputs[0]![0]!, gradient: [...outputs[1]!] };
}

const sigmoid = (x: number) => (x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x)));
const logSumExp = (xs: readonly number[]) => {
  const largest = Math.max(...xs);
  return largest + Math.log(xs.reduce((total, x) => total + Math.exp(x - largest), 0));
};
const rowsOf = (values: readonly number[], columns: number) =>
  Array.from({ length: values.length / columns }, (_, i) => values.slice(i * columns, (i + 1) * columns));
const average = (values: readonly number[], weights = values.map(() => 1)) =>
  values.reduce((total, v, i) => total + v * weights[i]!, 0) / weights.reduce((a, b) => a + b, 0);

const number = fc.double({ min: -20, max: 20, noNaN: true });
const matrix = (rows: number, columns: number) =>
  fc.array(number, { minLength: rows * columns, maxLength: rows * columns });
const rowWeights = (rows: number) =>
  fc.array(fc.double({ min: 0.125, max: 4, noNaN: true }), { minLength: rows, maxLength: rows });

describe('losses of values', () => {
  const [p, y] = [
    [1, -2, 0.5, 3],
    [0, -2, 1, -1],
  ];

  it('meanSquaredError is the mean over rows and outputs, and so is its gradient', () => {
    expect(run(meanSquaredError(), 2, p, y).value).toBe((1 + 0 + 0.25 + 16) / 4);
    expect(run(meanSquaredError(), 2, p, y).gradient).toEqual([0.5, 0, -0.25, 2]);
  });

  it('meanAbsoluteError is the mean of |e|, flat at 0', () => {
    expect(run(meanAbsoluteError(), 2, p, y).value).toBe((1 + 0 + 0.5 + 4) / 4);
    expect(run(meanAbsoluteError(), 2, p, y).gradient.map(g => g + 0)).toEqual([0.25, 0, -0.25, 0.25]);
  });

  it('huber is a parabola up to δ and a line from there, at ±1000 too', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1000, max: 1000, noNaN: true }), { minLength: 1, maxLength: 5 }),
        fc.double({ min: 0.01, max: 10, noNaN: true }),
        (e, delta) => {
          const { value, gradient } = run(
            huber({ delta }),
            e.length,
            e,
            e.map(() => 0),
          );
          expectClose(
            [value],
            [average(e.map(x => (Math.abs(x) <= delta ? 0.5 * x * x : delta * (Math.abs(x) - 0.5 * delta))))],
          );
          expectClose(
            gradient,
            e.map(x => Math.max(-delta, Math.min(delta, x)) / e.length),
          );
        },
      ),
    );
  });

  it('weights make it Σ wℓ / Σ w, where ℓ is the mean over the outputs of a row', () => {
    fc.assert(
      fc.property(matrix(3, 2), matrix(3, 2), rowWeights(3), (prediction, target, w) => {
        const errors = prediction.map((x, i) => x - target[i]!);
        for (const [loss, each] of [
          [meanSquaredError(), (e: number) => e * e],
          [meanAbsoluteError(), Math.abs],
        ] as const) {
          const perRow = rowsOf(errors.map(each), 2).map(row => average(row));
          expectClose([run(loss, 3, prediction, target, w).value], [average(perRow, w)]);
        }
      }),
    );
  });

  it('equal weights change nothing, and weights that are all 0 give 0 without a gradient', () => {
    const plain = run(meanSquaredError(), 2, p, y);
    const weighted = run(meanSquaredError(), 2, p, y, [3, 3]);
    expectClose([weighted.value, ...weighted.gradient], [plain.value, ...plain.gradient]);
    const nothing = run(meanSquaredError(), 2, p, y, [0, 0]);
    expect([nothing.value, ...nothing.gradient].map(Math.abs)).toEqual([0, 0, 0, 0, 0]);
  });
});

describe('binaryCrossEntropy', () => {
  const loss = (x: number, y: number) => y * Math.log1p(Math.exp(-x)) + (1 - y) * Math.log1p(Math.exp(x));

  it('is −y·log σ(x) − (1 − y)·log(1 − σ(x)) with the gradient (σ(x) − y) / n, at x = 0 too', () => {
    const [x, y] = [
      [0, 0, 2, -3, 15, -15],
      [0, 1, 1, 1, 0.25, 0],
    ];
    const { value, gradient } = run(binaryCrossEntropy(), 6, x, y);
    expectClose([value], [average(x.map((v, i) => loss(v, y[i]!)))], { relative: 1e-9 });
    expectClose(
      gradient,
      x.map((v, i) => (sigmoid(v) - y[i]!) / 6),
      { relative: 1e-9 },
    );
  });

  it('is exact and finite at ±1000', () => {
    const { value, gradient } = run(binaryCrossEntropy(), 4, [1000, -1000, 1000, -1000], [1, 0, 0, 1]);
    expect(value).toBe(500);
    expect(gradient.map(g => g + 0)).toEqual([0, 0, 0.25, -0.25]);
  });

  it('with label smoothing s has the targets y(1 − s) + s/2', () => {
    const [x, y, s] = [[1.5, -0.5], [1, 0], 0.2];
    const smoothed = y.map(v => v * 0.8 + 0.1);
    const { value, gradient } = run(binaryCrossEntropy({ labelSmoothing: s }), 2, x, y);
    expectClose([value], [average(x.map((v, i) => loss(v, smoothed[i]!)))], { relative: 1e-9 });
    expectClose(
      gradient,
      x.map((v, i) => (sigmoid(v) - smoothed[i]!) / 2),
      { relative: 1e-9 },
    );
  });

  it('multiplies class weights with those of rows', () => {
    const [x, y, w] = [
      [1.5, -0.5, 0.25],
      [1, 0, 1],
      [1, 3, 2],
    ];
    const expected = average(
      x.map((v, i) => loss(v, y[i]!)),
      [5 * 1, 0.5 * 3, 5 * 2],
    );
    const { value } = run(binaryCrossEntropy({ classWeights: [0.5, 5] }), 3, x, y, w);
    expectClose([value], [expected], { relative: 1e-9 });
  });

  it('of several outputs weighs each element by its class', () => {
    const [x, y] = [
      [1.5, -0.5, 0.25, 2],
      [1, 0, 1, 1],
    ];
    const expected = average(
      x.map((v, i) => loss(v, y[i]!)),
      [2, 1, 2, 2],
    );
    expectClose([run(binaryCrossEntropy({ classWeights: [1, 2] }), 2, x, y).value], [expected], { relative: 1e-9 });
    const weighted = average(
      x.map((v, i) => loss(v, y[i]!)),
      [2 * 3, 1 * 3, 2, 2],
    );
    expectClose([run(binaryCrossEntropy({ classWeights: [1, 2] }), 2, x, y, [3, 1]).value], [weighted], {
      relative: 1e-9,
    });
  });
});

describe('crossEntropy', () => {
  it('is −log softmax(x)[class] with the gradient (softmax(x) − one-hot) / n', () => {
    fc.assert(
      fc.property(matrix(4, 3), fc.array(fc.nat(2), { minLength: 4, maxLength: 4 }), (x, y) => {
        const { value, gradient } = run(crossEntropy(), 4, x, y);
        const rows = rowsOf(x, 3);
        expectClose([value], [average(rows.map((row, i) => logSumExp(row) - row[y[i]!]!))], { absolute: 1e-11 });
        const expected = rows.flatMap((row, i) =>
          row.map((v, c) => (Math.exp(v - logSumExp(row)) - Number(c === y[i])) / 4),
        );
        expectClose(gradient, expected, { absolute: 1e-11 });
      }),
    );
  });

  it('is exact and finite at ±1000', () => {
    const { value, gradient } = run(crossEntropy(), 2, [1000, -1000, -1000, 1000], [0, 0]);
    expect(value).toBe(1000);
    expect(gradient.map(g => g + 0)).toEqual([0, 0, -0.5, 0.5]);
  });

  it('with label smoothing s has (1 − s) on the class plus s / classes on each', () => {
    const [x, y, s] = [[0.5, -1, 2, 3, 0, 1], [2, 1], 0.3];
    const losses = rowsOf(x, 3).map((row, i) =>
      row.reduce((total, v, c) => total + (logSumExp(row) - v) * ((1 - s) * Number(c === y[i]) + s / 3), 0),
    );
    expectClose([run(crossEntropy({ labelSmoothing: s }), 2, x, y).value], [average(losses)]);
  });

  it('multiplies the weight of a row by that of its class', () => {
    const [x, y, w] = [
      [0.5, -1, 2, 3, 0, 1, 1, 1, 0],
      [2, 1, 0],
      [1, 2, 4],
    ];
    const losses = rowsOf(x, 3).map((row, i) => logSumExp(row) - row[y[i]!]!);
    const weighted = crossEntropy({ classWeights: [0.5, 3, 1] });
    expectClose([run(weighted, 3, x, y).value], [average(losses, [1, 3, 0.5])]);
    expectClose([run(weighted, 3, x, y, w).value], [average(losses, [1, 6, 2])]);
  });
});

describe('every loss', () => {
  it('has the name it is known by, and is made again from the form of a file', () => {
    for (const [name, make] of Object.entries(lossesByName)) {
      const loss = make();
      expect(loss.name).toBe(name);
      expect(lossFromConfig(JSON.parse(JSON.stringify(loss.config))).config).toEqual(loss.config);
    }
    const form = { crossEntropy: { labelSmoothing: 0.1, classWeights: [1, 2] } };
    expect(lossFromConfig(form).config).toEqual(form);
  });

  it('links cross-entropies to probabilities and leaves the others as they are', () => {
    const x = input([1, 2]);
    const linked = (loss: Loss) => [
      ...evaluate({ inputs: [x], outputs: [loss.link(x)] }, [Float64Array.of(0, Math.log(3))])[0]!,
    ];
    expectClose(linked(crossEntropy()), [0.25, 0.75]);
    expectClose(linked(binaryCrossEntropy()), [0.5, 0.75]);
    for (const loss of [meanSquaredError(), meanAbsoluteError(), huber()])
      expect(linked(loss)).toEqual([0, Math.log(3)]);
  });

  it('agrees with finite differences, weighted too', () => {
    const losses = [
      meanSquaredError(),
      huber({ delta: 0.75 }),
      binaryCrossEntropy({ labelSmoothing: 0.1, classWeights: [1, 3] }),
      crossEntropy({ labelSmoothing: 0.1, classWeights: [1, 2, 3] }),
    ];
    const x = [0.3, -1.2, 0.8, 2, 0.1, -0.4];
    for (const loss of losses) {
      const y = loss.targets === 'classes' ? [2, 0] : [1, 0, 0, 1, 1, 0];
      const at = (moved: readonly number[]) => run(loss, 2, moved, y, [1, 2.5]);
      const h = 1e-5;
      const differences = x.map((v, i) => (at(x.with(i, v + h)).value - at(x.with(i, v - h)).value) / (2 * h));
      expectClose(at(x).gradient, differences, { relative: 1e-6, absolute: 1e-9 });
    }
  });

  it("may be a user's own, an object of ops", () => {
    const mine: Loss = {
      name: 'mine',
      targets: 'values',
      apply: ({ prediction, target }) => mean(abs(sub(prediction, target))),
      link: prediction => prediction,
    };
    expect(run(mine, 2, [1, 2], [0, 4])).toEqual({ value: 1.5, gradient: [0.5, -0.5] });
  });

  it.each([
    [
      () => run(meanSquaredError(), 2, [1, 2, 3, 4], [1, 2]),
      'meanSquaredError compares values of one shape, got predictions [2, 2] and targets [2, 1]',
    ],
    [() => run(crossEntropy(), 2, [1, 2], [0, 1]), 'crossEntropy needs one output per class, at least 2, got 1'],
    [
      () => run(crossEntropy(), 2, [1, 2, 3, 4], [0, 1, 1, 0]),
      'crossEntropy takes class indices [2, 1], got targets [2, 2]',
    ],
    [
      () => run(crossEntropy({ classWeights: [1, 2, 3] }), 1, [1, 2], [0]),
      'classWeights must be one number per class, 2, got 3',
    ],
    [
      () => binaryCrossEntropy({ classWeights: [1, 2, 3] }),
      'binaryCrossEntropy: classWeights must be two numbers, got 3',
    ],
    [
      () => crossEntropy({ labelSmoothing: 1 }),
      'crossEntropy: labelSmoothing must be a number from 0 up to, but not including, 1, got 1',
    ],
    [
      () => crossEntropy({ classWeights: [0, 0] }),
      'crossEntropy: classWeights must be a list of numbers from 0 up, one per class, not all 0, got [0,0]',
    ],
    [() => huber({ delta: 0 }), 'huber: delta must be a number above 0, got 0'],
    [() => lossFromConfig('crossEntropie'), 'no loss "crossEntropie" (did you mean "crossEntropy"?)'],
    [
      () => lossFromConfig({ meanSquaredError: { delta: 1 } }),
      'meanSquaredError has no option "delta"; it takes no options',
    ],
  ])('refuses what is wrong in one sentence (%#)', (make, message) => {
    expect(make).toThrow(InputError);
    expect(make).toThrow(message);
  });
});
