import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/errors.js';
import { adagrad } from '../../src/nn/optimizers/adagrad.js';
import { adam } from '../../src/nn/optimizers/adam.js';
import { adamw } from '../../src/nn/optimizers/adamw.js';
import { optimizerFromConfig, optimizersByName } from '../../src/nn/optimizers/by-name.js';
import { chain } from '../../src/nn/optimizers/chain.js';
import { clipByGlobalNorm } from '../../src/nn/optimizers/clip-by-global-norm.js';
import { clipByNorm } from '../../src/nn/optimizers/clip-by-norm.js';
import { clipByValue } from '../../src/nn/optimizers/clip-by-value.js';
import { momentum } from '../../src/nn/optimizers/momentum.js';
import { nadam } from '../../src/nn/optimizers/nadam.js';
import type { Optimizer } from '../../src/nn/optimizers/optimizer.js';
import { rmsprop } from '../../src/nn/optimizers/rmsprop.js';
import { sgd } from '../../src/nn/optimizers/sgd.js';
import { weightDecay } from '../../src/nn/optimizers/weight-decay.js';
import { cosine } from '../../src/nn/schedules.js';
import { descendBy } from './optimizer-run.js';

/** One coordinate by the book: from the parameter, its gradient and t = 1, 2, … to the new parameter. */
type ByTheBook = () => (p: number, g: number, t: number) => number;

const adamBook =
  (options: { rate: number; b1?: number; b2?: number; eps?: number; l2?: number; decoupled?: number }): ByTheBook =>
  () => {
    const { rate, b1 = 0.9, b2 = 0.999, eps = 1e-8, l2 = 0, decoupled = 0 } = options;
    let [m, v] = [0, 0];
    return (p, raw, t) => {
      const g = raw + l2 * p;
      m = b1 * m + (1 - b1) * g;
      v = b2 * v + (1 - b2) * g * g;
      const [mHat, vHat] = [m / (1 - b1 ** t), v / (1 - b2 ** t)];
      return p - rate * decoupled * p - (rate * mHat) / (Math.sqrt(vHat) + eps);
    };
  };

const sgdBook =
  (rate: number, mu: number, nesterov: boolean, l2 = 0): ByTheBook =>
  () => {
    let buffer: number | undefined;
    return (p, raw) => {
      const g = raw + l2 * p;
      buffer = buffer === undefined ? g : mu * buffer + g;
      return p - rate * (nesterov ? g + mu * buffer : buffer);
    };
  };

const nadamBook: ByTheBook = () => {
  let [m, v, product] = [0, 0, 1];
  return (p, g, t) => {
    const mu = (s: number) => 0.9 * (1 - 0.5 * 0.96 ** (s * 0.004));
    product *= mu(t);
    m = 0.9 * m + 0.1 * g;
    v = 0.999 * v + 0.001 * g * g;
    const denominator = Math.sqrt(v / (1 - 0.999 ** t)) + 1e-8;
    const fromGradient = ((1 - mu(t)) * g) / (1 - product);
    const fromMean = (mu(t + 1) * m) / (1 - product * mu(t + 1));
    return p - (0.002 * (fromGradient + fromMean)) / denominator;
  };
};

const rmspropBook =
  (mu: number): ByTheBook =>
  () => {
    let [v, buffer] = [0, 0];
    return (p, g) => {
      v = 0.99 * v + 0.01 * g * g;
      buffer = mu * buffer + g / (Math.sqrt(v) + 1e-8);
      return p - 0.01 * buffer;
    };
  };

const adagradBook =
  (start: number): ByTheBook =>
  () => {
    let sum = start;
    return (p, g) => {
      sum += g * g;
      return p - (0.01 * g) / (Math.sqrt(sum) + 1e-10);
    };
  };

const START = [
  [0.5, -1.25, 3],
  [2, -0.001],
];
/** Of all sizes and signs, a zero among them. */
const gradientOf = (step: number) =>
  START.map((values, i) =>
    values.map((_, j) => Math.sin(3 * step + 5 * i + 7 * j) * 10 ** (j - 1) * Number(step !== 4)),
  );

describe('optimizers, for ten steps against their formulas by the book', () => {
  const cases: readonly (readonly [string, Optimizer, ByTheBook])[] = [
    ['sgd', sgd({ learningRate: 0.1 }), sgdBook(0.1, 0, false)],
    ['sgd with momentum', sgd({ learningRate: 0.1, momentum: 0.9 }), sgdBook(0.1, 0.9, false)],
    ['sgd with Nesterov momentum', sgd({ learningRate: 0.1, momentum: 0.8, nesterov: true }), sgdBook(0.1, 0.8, true)],
    [
      'sgd with an L2 penalty',
      sgd({ learningRate: 0.1, momentum: 0.9, weightDecay: 0.01 }),
      sgdBook(0.1, 0.9, false, 0.01),
    ],
    ['momentum in a chain', chain(momentum(), sgd({ learningRate: 0.1 })), sgdBook(0.1, 0.9, false)],
    ['rmsprop', rmsprop(), rmspropBook(0)],
    ['rmsprop with momentum', rmsprop({ momentum: 0.7 }), rmspropBook(0.7)],
    ['adagrad', adagrad(), adagradBook(0)],
    ['adagrad with a start', adagrad({ initialAccumulator: 0.1 }), adagradBook(0.1)],
    ['adam', adam(), adamBook({ rate: 0.001 })],
    [
      'adam with all options',
      adam({ learningRate: 0.1, beta1: 0.5, beta2: 0.8, epsilon: 0.01, weightDecay: 0.1 }),
      adamBook({ rate: 0.1, b1: 0.5, b2: 0.8, eps: 0.01, l2: 0.1 }),
    ],
    ['adamw', adamw({ weightDecay: 0.05 }), adamBook({ rate: 0.001, decoupled: 0.05 })],
    ['nadam', nadam(), nadamBook],
    ['an L2 penalty in a chain', chain(weightDecay(0.1), adam()), adamBook({ rate: 0.001, l2: 0.1 })],
  ];
  it.each(cases)('%s', (_, optimizer, book) => {
    const expected = START.map(values => values.map(p => ({ p, rule: book() })));
    const history = descendBy(optimizer, START, (_values, step) => gradientOf(step), 10);
    history.forEach((parameters, step) => {
      expected.forEach((coordinates, i) => {
        coordinates.forEach((coordinate, j) => {
          coordinate.p = coordinate.rule(coordinate.p, gradientOf(step)[i]![j]!, step + 1);
          const [got, wanted] = [parameters[i]![j]!, coordinate.p];
          expect(Math.abs(got - wanted)).toBeLessThanOrEqual(1e-12 * Math.max(1e-3, Math.abs(wanted)));
        });
      });
    });
  });
});

describe('every optimizer', () => {
  const parabola = {
    value: ([p]: readonly Float64Array[]) => (p![0]! - 1) ** 2 + (p![1]! + 2) ** 2,
    gradient: ([p]: readonly Float64Array[]) => [[2 * (p![0]! - 1), 2 * (p![1]! + 2)]],
  };
  const rosenbrock = {
    value: ([p]: readonly Float64Array[]) => (1 - p![0]!) ** 2 + 100 * (p![1]! - p![0]! ** 2) ** 2,
    gradient: ([p]: readonly Float64Array[]) => {
      const [x, y] = [p![0]!, p![1]!];
      return [[-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)]];
    },
  };
  const table: readonly (readonly [string, Optimizer, Optimizer])[] = [
    ['sgd', sgd({ learningRate: 0.1 }), sgd({ learningRate: 1e-3 })],
    ['momentum', sgd({ learningRate: 0.02, momentum: 0.9 }), sgd({ learningRate: 2e-4, momentum: 0.9 })],
    [
      'nesterov',
      sgd({ learningRate: 0.02, momentum: 0.9, nesterov: true }),
      sgd({ learningRate: 2e-4, momentum: 0.9, nesterov: true }),
    ],
    [
      'rmsprop',
      rmsprop({ learningRate: cosine({ rate: 0.1, steps: 300 }) }),
      rmsprop({ learningRate: cosine({ rate: 0.01, steps: 3000 }) }),
    ],
    ['adagrad', adagrad({ learningRate: 1 }), adagrad({ learningRate: 0.5 })],
    ['adam', adam({ learningRate: 0.1 }), adam({ learningRate: 0.02 })],
    ['adamw', adamw({ learningRate: 0.1, weightDecay: 1e-6 }), adamw({ learningRate: 0.02, weightDecay: 1e-6 })],
    ['nadam', nadam({ learningRate: 0.1 }), nadam({ learningRate: 0.02 })],
    [
      'a chain with clipping',
      chain(clipByGlobalNorm(1), adam({ learningRate: 0.1 })),
      chain(clipByGlobalNorm(1), adam({ learningRate: 0.02 })),
    ],
  ];
  it.each(table)('%s descends a parabola and the valley of Rosenbrock', (_, onParabola, onRosenbrock) => {
    const last = (optimizer: Optimizer, problem: typeof parabola, steps: number) =>
      problem.value(descendBy(optimizer, [[-1, 1.5]], problem.gradient, steps).at(-1)!);
    expect(last(onParabola, parabola, 300)).toBeLessThan(1e-4);
    expect(last(onRosenbrock, rosenbrock, 3000)).toBeLessThan(0.05);
  });

  it.each(Object.keys(optimizersByName))(
    '%s by name takes its defaults, and a state that starts where it says',
    name => {
      const optimizer = optimizerFromConfig(name);
      const [first] = descendBy(optimizer, [[1]], () => [[0.5]], 1);
      expect(first![0]![0]).toBeLessThan(1);
      expect(optimizer.scalars(3)).toHaveLength(optimizer.scalars(0).length);
    },
  );

  it('its scalars depend on the step only, in whatever order they are asked for', () => {
    const optimizer = nadam();
    const forwards = [0, 1, 2, 50].map(step => optimizer.scalars(step));
    expect([50, 2, 0, 1].map(step => nadam().scalars(step))).toEqual([3, 2, 0, 1].map(i => forwards[i]));
    expect([50, 2, 0, 1].map(step => optimizer.scalars(step))).toEqual([3, 2, 0, 1].map(i => forwards[i]));
  });

  it('takes a schedule wherever a learning rate stands', () => {
    const rates = { learningRate: (step: number) => (step < 2 ? 0.1 : 0) };
    for (const [name, make] of Object.entries(optimizersByName)) {
      const history = descendBy(make(rates as never), [[1]], () => [[0.5]], 4);
      const p = history.map(([values]) => values![0]!);
      expect(p[1], name).toBeLessThan(p[0]!);
      expect(p[2], name).toBe(p[1]);
      expect(p[3], name).toBe(p[1]);
    }
  });
});

describe('clipping', () => {
  const clipped = (clip: Optimizer, gradients: readonly (readonly number[])[]) =>
    descendBy(
      chain(clip, sgd({ learningRate: 1 })),
      gradients.map(g => g.map(() => 0)),
      () => gradients,
      1,
    )[0]!.map(p => [...p].map(v => 0 - v));

  it('by global norm scales all gradients by one factor, only above the limit', () => {
    const factor = 2.5 / (5 + 1e-6);
    const [a, b] = clipped(clipByGlobalNorm(2.5), [[3], [0, 4]]);
    expect(a![0]).toBeCloseTo(3 * factor, 14);
    expect(b![1]).toBeCloseTo(4 * factor, 14);
    expect(clipped(clipByGlobalNorm(5), [[3], [0, 4]])).toEqual([[3], [0, 4]]);
  });

  it('by norm scales each gradient for itself', () => {
    const [a, b] = clipped(clipByNorm(2), [
      [3, 4],
      [1, 1],
    ]);
    expect(a![0]).toBeCloseTo((3 * 2) / (5 + 1e-6), 14);
    expect(b).toEqual([1, 1]);
  });

  it('by value cuts each element', () => {
    expect(
      clipped(clipByValue(2), [
        [3, -4],
        [1, -0.5],
      ]),
    ).toEqual([
      [2, -2],
      [1, -0.5],
    ]);
  });

  it('of a zero gradient leaves it zero', () => {
    for (const clip of [clipByGlobalNorm(1), clipByNorm(1), clipByValue(1)]) {
      expect(
        clipped(clip, [[0, 0]])
          .flat()
          .map(Math.abs),
      ).toEqual([0, 0]);
    }
  });
});

describe("a user's own optimizer", () => {
  it('is an object of ops that composes with the built-in ones', () => {
    const sign: Optimizer = {
      name: 'halve',
      init: () => [],
      scalars: () => [],
      update: ({ gradients }) => ({ updates: gradients, state: [] }),
    };
    const [first] = descendBy(chain(sign, sgd({ learningRate: 0.5 })), [[1]], () => [[1]], 1);
    expect(first![0]![0]).toBe(0.5);
  });
});

describe('optimizer options', () => {
  it.each([
    [() => adam({ learningRate: -1 }), 'adam: learningRate must be a number above 0'],
    [() => adam({ learningrate: 1 } as never), 'adam has no option "learningrate" (did you mean "learningRate"?)'],
    [() => adam({ beta1: 1 }), 'adam: beta1 must be a number from 0 up to, but not including, 1, got 1'],
    [
      () => sgd({ momentum: '0.9' as never }),
      'sgd: momentum must be a number from 0 up to, but not including, 1, got "0.9"',
    ],
    [
      () => sgd({ learningRate: step => 1 / (step - 2) }).scalars(2),
      'the learning rate of step 2 must be a finite number, got Infinity',
    ],
    [() => sgd({ nesterov: true }), 'sgd: nesterov needs a momentum above 0'],
    [() => clipByGlobalNorm(0), 'clipByGlobalNorm: max must be a number above 0, got 0'],
    [() => optimizerFromConfig({ adm: {} }), 'no optimizer "adm" (did you mean "adam"?)'],
    [() => optimizerFromConfig({ adam: [] }), 'adam takes an object of options, got []'],
    [() => optimizerFromConfig({ adam: {}, sgd: {} }), 'an optimizer must be one of sgd'],
    [() => optimizerFromConfig('__proto__'), 'no optimizer "__proto__"'],
    [
      () => optimizerFromConfig({ sgd: { learningRate: { cosine: { rate: 1, step: 3 } } } }),
      'cosine has no option "step" (did you mean "steps"?)',
    ],
  ])('refuses what is wrong in one sentence (%#)', (make, message) => {
    expect(make).toThrow(InputError);
    expect(make).toThrow(message);
  });
});
