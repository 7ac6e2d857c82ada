import { describe, expect, it } from 'vitest';
import { mul, square } from '../../src/kernels/ops/arithmetic.js';
import { constant } from '../../src/kernels/ops/leaves.js';
import { sum } from '../../src/kernels/ops/reduce.js';
import { type ActivationName, activations, resolveActivation } from '../../src/nn/activations.js';
import { erf } from './erf.js';
import { expectClose, valueAndGradient, valuesOf } from './numbers.js';

const sigmoid = (x: number) => (x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x)));
const normalCdf = (x: number) => 0.5 * (1 + erf(x / Math.SQRT2));
const normalPdf = (x: number) => Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
const [SELU_SCALE, SELU_ALPHA] = [1.0507009873554805, 1.6732632423543772];

/** Value and derivative in closed form. */
const table: Record<Exclude<ActivationName, 'softmax'>, readonly [(x: number) => number, (x: number) => number]> = {
  linear: [x => x, () => 1],
  sigmoid: [sigmoid, x => sigmoid(x) * sigmoid(-x)],
  tanh: [Math.tanh, x => 1 - Math.tanh(x) ** 2],
  relu: [x => Math.max(0, x), x => Number(x > 0)],
  leakyRelu: [x => (x > 0 ? x : 0.01 * x), x => (x > 0 ? 1 : 0.01)],
  elu: [x => (x > 0 ? x : Math.expm1(x)), x => (x > 0 ? 1 : Math.exp(x))],
  selu: [
    x => SELU_SCALE * (x > 0 ? x : SELU_ALPHA * Math.expm1(x)),
    x => SELU_SCALE * (x > 0 ? 1 : SELU_ALPHA * Math.exp(x)),
  ],
  gelu: [x => x * normalCdf(x), x => normalCdf(x) + x * normalPdf(x)],
  silu: [x => x * sigmoid(x), x => sigmoid(x) * (1 + x * sigmoid(-x))],
  softplus: [x => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))), sigmoid],
};
const POINTS = [-1000, -80, -12, -3, -1.5, -0.5, -1e-3, 1e-3, 0.25, 1, 2.5, 7, 80, 1000];

describe('activations', () => {
  it.each(Object.entries(table))(
    '%s and its gradient agree with their closed forms, at ±1000 too',
    (name, [value, slope]) => {
      const apply = activations[name as ActivationName];
      const tolerance = { relative: 1e-6, absolute: 2e-7 };
      expectClose(valuesOf(apply, [2, 7], POINTS), POINTS.map(value), tolerance);
      expectClose(valueAndGradient(x => sum(apply(x)), [2, 7], POINTS).gradient, POINTS.map(slope), tolerance);
    },
  );

  it('softmax is over each row, sums to 1, and survives ±1000', () => {
    const x = [1, 2, 3, -1000, 0, 1000];
    const rows = valuesOf(activations.softmax, [2, 3], x);
    const total = Math.exp(1) + Math.exp(2) + Math.exp(3);
    expectClose(rows, [Math.exp(1) / total, Math.exp(2) / total, Math.exp(3) / total, 0, 0, 1]);
  });

  it('the gradient of softmax is p·(c − Σ p·c), for a cotangent c', () => {
    const [x, c] = [[0.3, -1, 2], 0.5];
    const p = valuesOf(activations.softmax, [1, 3], x);
    // Σ c·p² has the cotangent 2·c·p.
    const { gradient } = valueAndGradient(node => sum(mul(square(activations.softmax(node)), c)), [1, 3], x);
    const inner = p.reduce((total, q) => total + 2 * c * q * q, 0);
    expectClose(
      gradient,
      p.map(q => q * (2 * c * q - inner)),
    );
  });
});

describe("a user's own activation", () => {
  it('is a composition of ops, differentiated without a derivative of its own', () => {
    const { apply, config } = resolveActivation(function cube(x) {
      return mul(x, square(x));
    });
    expect(config).toEqual({ use: 'cube' });
    const { value, gradient } = valueAndGradient(x => sum(apply(x)), [1, 2], [2, -3]);
    expect(value).toBe(-19);
    expect(gradient).toEqual([12, 27]);
  });

  it.each([
    [() => resolveActivation('rellu' as never), 'no activation "rellu" (did you mean "relu"?)'],
    [() => resolveActivation(3 as never), 'an activation must be a name or a function of a node, got 3'],
    [
      () => resolveActivation((() => 1) as never).apply(constant(0, [2, 2])),
      'activation "custom" must return a node, got 1',
    ],
    [() => resolveActivation(x => sum(x)).apply(constant(0, [2, 2])), 'must keep the shape [2, 2], it returned [1, 1]'],
    [() => resolveActivation('toString' as never), 'no activation "toString"'],
  ])('refuses what is wrong in one sentence (%#)', (make, message) => {
    expect(make).toThrow(message);
  });
});
