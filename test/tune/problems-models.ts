import { choice, float, int } from '../../src/tune/distributions.js';
import type { HParams } from '../../src/tune/events.js';

/** A function to minimize whose minimum is 0. */
export interface Problem {
  readonly template: Readonly<Record<string, unknown>>;
  readonly regret: (point: HParams) => number;
}

const numbers = (point: HParams) => Object.keys(point).map(name => point[name] as number);
const box = (n: number, low: number, high: number) =>
  Object.fromEntries(Array.from({ length: n }, (_, i) => [`x${i}`, float(low, high)]));

const A = [
  [10, 3, 17, 3.5, 1.7, 8],
  [0.05, 10, 17, 0.1, 8, 14],
  [3, 3.5, 1.7, 10, 17, 8],
  [17, 8, 0.05, 10, 0.1, 14],
];
const P = [
  [1312, 1696, 5569, 124, 8283, 5886],
  [2329, 4135, 8307, 3736, 1004, 9991],
  [2348, 1451, 3522, 2883, 3047, 6650],
  [4047, 8828, 8732, 5743, 1091, 381],
];

export const branin: Problem = {
  template: { x0: float(-5, 10), x1: float(0, 15) },
  regret(point) {
    const [x, y] = numbers(point) as [number, number];
    const valley = y - (5.1 / (4 * Math.PI ** 2)) * x * x + (5 / Math.PI) * x - 6;
    return valley ** 2 + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) + 10 - 0.397887;
  },
};

export const hartmann6: Problem = {
  template: box(6, 0, 1),
  regret(point) {
    const x = numbers(point);
    const peaks = [1, 1.2, 3, 3.2].map((height, k) => {
      const r2 = x.reduce((sum, v, i) => sum + (A[k]?.[i] ?? 0) * (v - 1e-4 * (P[k]?.[i] ?? 0)) ** 2, 0);
      return height * Math.exp(-r2);
    });
    return 3.32237 - peaks.reduce((a, b) => a + b);
  },
};

export const rosenbrock5: Problem = {
  template: box(5, -5, 10),
  regret(point) {
    const x = numbers(point);
    return x.slice(1).reduce((sum, next, i) => {
      const own = x[i] as number;
      return sum + 100 * (next - own * own) ** 2 + (1 - own) ** 2;
    }, 0);
  },
};

export const sphere5: Problem = {
  template: box(5, -5, 5),
  regret: point => numbers(point).reduce((sum, x) => sum + x * x, 0),
};

/** Like the tuning of a network: a learning rate whose best value depends on the optimizer, of which one has a momentum. */
export const mixed: Problem = {
  template: {
    lr: float(1e-5, 1, { log: true }),
    width: int(8, 512, { log: true }),
    layers: int(1, 6),
    dropout: float(0, 0.8, { step: 0.05 }),
    opt: choice([{ sgd: { mom: float(0, 0.99) } }, 'adam', 'rmsprop']),
  },
  regret(point) {
    const [lr, width, layers, dropout] = ['lr', 'width', 'layers', 'dropout'].map(name => point[name] as number) as [
      number,
      number,
      number,
      number,
    ];
    const opt = point.opt as 'sgd' | 'adam' | 'rmsprop';
    const best = { sgd: -1, adam: -3, rmsprop: -2.7 }[opt];
    const penalty = opt === 'sgd' ? 0.05 + 0.1 * Math.abs((point.mom as number) - 0.9) : opt === 'adam' ? 0 : 0.02;
    return (
      penalty +
      0.08 * (Math.log10(lr) - best) ** 2 +
      0.02 * (Math.log2(width) - 7) ** 2 +
      0.015 * (layers - 3) ** 2 +
      0.3 * (dropout - 0.25) ** 2
    );
  },
};

/** Zitzler, Deb, Thiele, 2000: two objectives whose front is y = 1 − √x. */
export const zdt1 = {
  template: box(6, 0, 1),
  values(point: HParams): readonly [number, number] {
    const [first = 0, ...rest] = numbers(point);
    const g = 1 + (9 * rest.reduce((a, b) => a + b, 0)) / rest.length;
    return [first, g * (1 - Math.sqrt(first / g))];
  },
};
