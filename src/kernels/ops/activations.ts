import { InputError } from '../../errors.js';
import type { Node } from '../graph.js';
import { abs, add, mul, neg, square, sub } from './arithmetic.js';
import { greater, select } from './comparison.js';
import { applyTo, elementwise, float } from './elementwise.js';
import { normalCdf } from './normal-cdf.js';
import { type Operand, toNode } from './operand.js';
import { polynomial } from './polynomial.js';
import { exp, log1p } from './transcendental.js';

// Gradients go through the output where they can, so that what came before an activation need not be kept.
// Comparisons are arranged so that NaN stays NaN.

const RELU = elementwise('relu', {
  expression: ([x]) => `(${x} < 0.0 ? 0.0 : ${x})`,
  evaluate: ([x]) => Math.max(x!, 0),
  gradient: (y, g) => [select(greater(y, 0), g, 0)],
});

/** max(x, 0), with gradient 0 at 0. */
export const relu = (x: Operand): Node => applyTo(RELU, [x]);

const LEAKY_RELU = elementwise('leakyRelu', {
  expression: ([x], { slope }) => `(${x} < 0.0 ? ${float(Number(slope))} * ${x} : ${x})`,
  evaluate: ([x], { slope }) => (x! < 0 ? Number(slope) * x! : x!),
  gradient: (y, g) => {
    const slope = Number(y.attributes.slope);
    return [select(greater(slope > 0 ? y : y.inputs[0]!, 0), g, mul(g, slope))];
  },
});

/** x above 0, slope · x below; the slope is 0.01 unless stated. */
export const leakyRelu = (x: Operand, slope = 0.01): Node =>
  applyTo(LEAKY_RELU, [x], { slope: finite('leakyRelu', 'slope', slope) });

const ELU = elementwise('elu', {
  // e^x − 1 cancels near 0, where its series stands in.
  expression: ([x], { alpha }) => {
    const nearZero = `${x} * ${polynomial(x!, [1, 1 / 2, 1 / 6, 1 / 24, 1 / 120, 1 / 720])}`;
    return `(${x} > 0.0 ? ${x} : ${float(Number(alpha))} * (${x} > -0.25 ? ${nearZero} : Math.exp(${x}) - 1.0))`;
  },
  evaluate: ([x], { alpha }) => (x! > 0 ? x! : Number(alpha) * Math.expm1(x!)),
  gradient: (y, g) => {
    const alpha = Number(y.attributes.alpha);
    return [select(greater(alpha > 0 ? y : y.inputs[0]!, 0), g, mul(g, add(y, alpha)))];
  },
});

/** x above 0, α(eˣ − 1) below; α is 1 unless stated (Clevert, Unterthiner, Hochreiter, ICLR 2016). */
export const elu = (x: Operand, alpha = 1): Node => applyTo(ELU, [x], { alpha: finite('elu', 'alpha', alpha) });

/** λ · elu(x, α), which keeps mean 0 and variance 1 from layer to layer (Klambauer et al., NIPS 2017). */
export const selu = (x: Operand): Node => mul(elu(x, 1.6732632423543772), 1.0507009873554805);

const SIGMOID = elementwise('sigmoid', {
  // Bounded, because some GPUs make no infinity of an overflow; e^88 is the last power within float32.
  expression: ([x]) => `(1.0 / (1.0 + Math.exp((${x} < -88.0 ? 88.0 : -${x}))))`,
  evaluate: ([x]) => 1 / (1 + Math.exp(-x!)),
  gradient: (y, g) => [mul(g, mul(y, sub(1, y)))],
});

/** 1 / (1 + e⁻ˣ) */
export const sigmoid = (x: Operand): Node => applyTo(SIGMOID, [x]);

const TANH_NEAR_0 = [-0.333332819422, 0.133314422036, -0.0537397155531, 0.0206390887954, -0.00570498872745];

const TANH = elementwise('tanh', {
  // A polynomial below 0.625 (Moshier, Cephes `tanhf`), and the exponential above, bounded: the built-in functions of
  // GPUs are coarse near 0 and overflow to NaN far from it.
  expression: ([x]) => {
    const small = `${x} + ${x} * ${x} * ${x} * ${polynomial(`(${x} * ${x})`, TANH_NEAR_0)}`;
    const sign = `(${x} > 0.0 ? 1.0 : -1.0)`;
    const large = `${sign} - ${sign} * 2.0 / (Math.exp(2.0 * Math.abs(${x})) + 1.0)`;
    return `(Math.abs(${x}) < 0.625 ? ${small} : (Math.abs(${x}) > 20.0 ? ${sign} : ${large}))`;
  },
  evaluate: ([x]) => Math.tanh(x!),
  gradient: (y, g) => [mul(g, sub(1, square(y)))],
});

/** The hyperbolic tangent. */
export const tanh = (x: Operand): Node => applyTo(TANH, [x]);

/** x · Φ(x), exact: Φ is the normal distribution function (Hendrycks and Gimpel, 2016). */
export function gelu(x: Operand): Node {
  const node = toNode('gelu', x);
  return mul(node, normalCdf(node));
}

/** x · sigmoid(x), also known as swish. */
export function silu(x: Operand): Node {
  const node = toNode('silu', x);
  return mul(node, sigmoid(node));
}

const SOFTPLUS = elementwise('softplus', {
  expression: ([x, tail]) => `((${x} < 0.0 ? 0.0 : ${x}) + ${tail})`,
  evaluate: ([x, tail]) => Math.max(x!, 0) + tail!,
  // That of the whole, so that its parts, which have a corner at 0, need none.
  gradient: ({ inputs: [x] }, g) => [mul(g, sigmoid(x!)), undefined],
});

/** log(1 + eˣ) = max(x, 0) + log(1 + e^−|x|), which neither overflows nor loses a small value. */
export function softplus(x: Operand): Node {
  const node = toNode('softplus', x);
  return applyTo(SOFTPLUS, [node, log1p(exp(neg(abs(node))))]);
}

function finite(op: string, option: string, value: number): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new InputError(`${op}: ${option} must be a finite number, got ${value as unknown}`);
}
