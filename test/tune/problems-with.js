// The problems that samplers are measured on, for TypeScript's sources (`problems.ts`) and for the built package (`../bench/sampler-quality.js`).

/**
 * @param {{
 *   choice: typeof import('../../src/tune/distributions.js').choice,
 *   float: typeof import('../../src/tune/distributions.js').float,
 *   int: typeof import('../../src/tune/distributions.js').int,
 *   searchSpace: typeof import('../../src/tune/space.js').searchSpace,
 * }} library
 * @returns {readonly import('./problems.js').Problem[]}
 */
export function problemsWith(library) {
  const overBox = (name, bounds, regret) => {
    const names = bounds.map((_, i) => `x${i}`);
    const ranges = bounds.map(([low, high], i) => [names[i], library.float(low, high)]);
    return {
      name,
      space: library.searchSpace(Object.fromEntries(ranges)),
      regret: hparams => regret(names.map(key => hparams[key])),
    };
  };
  return [
    overBox('sphere5', Array(5).fill([-5, 5]), x => sum(x, v => v * v)),
    overBox(
      'branin',
      [
        [-5, 10],
        [0, 15],
      ],
      branin,
    ),
    overBox('hartmann6', Array(6).fill([0, 1]), hartmann6),
    overBox('ackley10', Array(10).fill([-32.768, 32.768]), ackley),
    overBox('rosenbrock5', Array(5).fill([-5, 10]), rosenbrock),
    overBox('griewank5', Array(5).fill([-600, 600]), griewank),
    mixedConditional(library),
  ];
}

function branin([a, b]) {
  const bend = b - (5.1 / (4 * Math.PI ** 2)) * a * a + (5 / Math.PI) * a - 6;
  return bend ** 2 + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(a) + 10 - 0.397887;
}

function ackley(x) {
  const bowl = -20 * Math.exp(-0.2 * Math.sqrt(sum(x, v => v * v) / x.length));
  return bowl - Math.exp(sum(x, v => Math.cos(2 * Math.PI * v)) / x.length) + 20 + Math.E;
}

function rosenbrock(x) {
  return sum(x.slice(1), (next, i) => 100 * (next - x[i] ** 2) ** 2 + (1 - x[i]) ** 2);
}

function griewank(x) {
  const waves = x.reduce((product, v, i) => product * Math.cos(v / Math.sqrt(i + 1)), 1);
  return 1 + sum(x, v => v * v) / 4000 - waves;
}

/** Hyperparameters as one tunes them: a log learning rate, whole numbers, steps, a choice and what depends on it. */
function mixedConditional({ choice, float, int, searchSpace }) {
  const space = searchSpace({
    lr: float(1e-5, 1, { log: true }),
    width: int(8, 512, { log: true }),
    layers: int(1, 6),
    opt: choice([{ sgd: { mom: float(0, 0.99) } }, 'adam', 'rmsprop']),
    dropout: float(0, 0.8, { step: 0.05 }),
  });
  const penalty = { sgd: 0.05, adam: 0, rmsprop: 0.02 };
  const bestRate = { sgd: -1, adam: -3, rmsprop: -2.7 };
  return {
    name: 'mixed_conditional',
    space,
    regret(hparams) {
      const number = name => hparams[name];
      const optimizer = String(hparams.opt);
      const momentum = optimizer === 'sgd' ? 0.1 * Math.abs(number('mom') - 0.9) : 0;
      return (
        penalty[optimizer] +
        momentum +
        0.08 * (Math.log10(number('lr')) - bestRate[optimizer]) ** 2 +
        0.02 * (Math.log2(number('width')) - 7) ** 2 +
        0.015 * (number('layers') - 3) ** 2 +
        0.3 * (number('dropout') - 0.25) ** 2
      );
    },
  };
}

function hartmann6(x) {
  const scales = [
    [10, 3, 17, 3.5, 1.7, 8],
    [0.05, 10, 17, 0.1, 8, 14],
    [3, 3.5, 1.7, 10, 17, 8],
    [17, 8, 0.05, 10, 0.1, 14],
  ];
  const centres = [
    [1312, 1696, 5569, 124, 8283, 5886],
    [2329, 4135, 8307, 3736, 1004, 9991],
    [2348, 1451, 3522, 2883, 3047, 6650],
    [4047, 8828, 8732, 5743, 1091, 381],
  ];
  const heights = [1, 1.2, 3, 3.2];
  return (
    3.32237 -
    sum(heights, (height, i) => {
      const distance = sum(scales[i], (scale, j) => scale * (x[j] - 1e-4 * centres[i][j]) ** 2);
      return height * Math.exp(-distance);
    })
  );
}

function sum(values, of) {
  return values.reduce((total, value, index) => total + of(value, index), 0);
}
