/**
 * The standard normal distribution to about 15 digits, its tails in logarithms.
 * Cody, "Rational Chebyshev approximations for the error function" (1969); Wichura, "Algorithm AS 241" (1988).
 */

const LOG_SQRT_2PI = 0.5 * Math.log(2 * Math.PI);
const SQRT_HALF_PI = Math.sqrt(Math.PI / 2);
const SQRT_PI_INVERSE = 1 / Math.sqrt(Math.PI);

/** The logarithm of the density at `z`. */
export function logDensity(z: number): number {
  return -0.5 * z * z - LOG_SQRT_2PI;
}

/** The density at `z`. */
export function density(z: number): number {
  return Math.exp(logDensity(z));
}

/** The probability of a number below `z`. */
export function cumulative(z: number): number {
  const x = Math.abs(z) * Math.SQRT1_2;
  if (x <= 0.46875) return 0.5 + 0.5 * smallErf(z * Math.SQRT1_2);
  const tail = 0.5 * Math.exp(-x * x) * scaledErfc(x);
  return z < 0 ? tail : 1 - tail;
}

/** The logarithm of the probability of a number below `z`; exact where that probability is too small for a number, or almost 1. */
export function logCumulative(z: number): number {
  if (z > 0.5) return Math.log1p(-cumulative(-z));
  if (z > -0.5) return Math.log(cumulative(z));
  const x = -z * Math.SQRT1_2;
  return Math.log(0.5 * scaledErfc(x)) - x * x;
}

/** The logarithm of the probability of a number from `a` to `b`. */
export function logMass(a: number, b: number): number {
  // The tail that both ends lie in is the left one, where differences lose nothing.
  if (a > 0) return logMass(-b, -a);
  const width = b - a;
  const middle = a + 0.5 * width;
  // Of a narrow interval the density in its middle, to the second order, where a difference would lose digits.
  if (width < 1e-3 && Math.abs(middle) * width < 1e-3) {
    return logDensity(middle) + Math.log(width) + Math.log1p((width * width * (middle * middle - 1)) / 24);
  }
  if (b > 0) return Math.log1p(-cumulative(a) - cumulative(-b));
  const above = logCumulative(b);
  return above + Math.log1p(-Math.exp(logCumulative(a) - above));
}

/** The probability of a number from `a` to `b`. */
export function mass(a: number, b: number): number {
  if (a > 0) return mass(-b, -a);
  return b > 0 ? 1 - cumulative(a) - cumulative(-b) : cumulative(b) - cumulative(a);
}

/** Mills' ratio R(t) = (1 − Φ(t)) / φ(t), t ≥ 0, to about 1e-15 of itself. */
export function millsRatio(t: number): number {
  const x = t * Math.SQRT1_2;
  return SQRT_HALF_PI * (x <= 0.46875 ? Math.exp(x * x) * (1 - smallErf(x)) : scaledErfc(x));
}

/** 1 − t R(t), t ≥ 0, to about 1e-14 of itself: without cancellation where it is small. */
export function millsRest(t: number): number {
  if (t < FRACTION_FROM) return 1 - t * millsRatio(t);
  // R(t) = 1 / (t + c), c = 1 / (t + 2 / (t + 3 / (t + …))), so that the rest is c / (t + c).
  let c = 0;
  for (let k = 60; k > 0; k--) c = k / (t + c);
  return c / (t + c);
}

/** From here on sixty terms of the continued fraction are exact. */
const FRACTION_FROM = 3;

/** The number below which lies a fraction `p`, in (0, 1). */
export function inverseCumulative(p: number): number {
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q;
    return (q * polynomial(CENTRE, r)) / polynomial(CENTRE_BELOW, r);
  }
  const root = Math.sqrt(-Math.log(q < 0 ? p : 1 - p));
  const z =
    root <= 5
      ? polynomial(MIDDLE, root - 1.6) / polynomial(MIDDLE_BELOW, root - 1.6)
      : polynomial(FAR, root - 5) / polynomial(FAR_BELOW, root - 5);
  return q < 0 ? -z : z;
}

/** erf(x) for |x| ≤ 0.46875. */
function smallErf(x: number): number {
  const y = x * x;
  return (x * polynomial(ERF, y)) / polynomial(ERF_BELOW, y);
}

/** exp(x²) · erfc(x) for x > 0.46875. */
function scaledErfc(x: number): number {
  if (x <= 4) return polynomial(ERFC, x) / polynomial(ERFC_BELOW, x);
  const y = 1 / (x * x);
  const rest = (y * polynomial(ERFC_FAR, y)) / polynomial(ERFC_FAR_BELOW, y);
  return (SQRT_PI_INVERSE - rest) / x;
}

function polynomial(coefficients: readonly number[], x: number): number {
  let sum = 0;
  // By index: it is the inner loop of many, and an iterator takes twice as long.
  for (let i = 0; i < coefficients.length; i++) sum = sum * x + (coefficients[i] as number);
  return sum;
}

// Highest power first.
const ERF = [0.18577770618460315, 3.1611237438705655, 113.86415415105016, 377.485237685302, 3209.3775891384694];
const ERF_BELOW = [1, 23.601290952344122, 244.02463793444417, 1282.6165260773723, 2844.236833439171];
const ERFC = [
  2.1531153547440383e-8, 0.5641884969886701, 8.883149794388377, 66.11919063714163, 298.6351381974001, 881.952221241769,
  1712.0476126340707, 2051.0783778260716, 1230.3393547979972,
];
const ERFC_BELOW = [
  1, 15.744926110709835, 117.6939508913125, 537.1811018620099, 1621.3895745666903, 3290.7992357334597,
  4362.619090143247, 3439.3676741437216, 1230.3393548037495,
];
const ERFC_FAR = [
  0.016315387137302097, 0.30532663496123236, 0.36034489994980445, 0.12578172611122926, 0.016083785148742275,
  0.0006587491615298378,
];
const ERFC_FAR_BELOW = [
  1, 2.568520192289822, 1.8729528499234673, 0.5279051029514285, 0.06051834131244132, 0.0023352049762686918,
];
const CENTRE = [
  2509.0809287301227, 33430.57558358813, 67265.7709270087, 45921.95393154987, 13731.69376550946, 1971.5909503065513,
  133.14166789178438, 3.3871328727963665,
];
const CENTRE_BELOW = [
  5226.495278852854, 28729.085735721943, 39307.89580009271, 21213.794301586597, 5394.196021424751, 687.1870074920579,
  42.31333070160091, 1,
];
const MIDDLE = [
  0.0007745450142783414, 0.022723844989269184, 0.2417807251774506, 1.2704582524523684, 3.6478483247632045,
  5.769497221460691, 4.630337846156546, 1.4234371107496835,
];
const MIDDLE_BELOW = [
  1.0507500716444169e-9, 0.0005475938084995345, 0.015198666563616457, 0.14810397642748008, 0.6897673349851,
  1.6763848301838038, 2.053191626637759, 1,
];
const FAR = [
  2.0103343992922881e-7, 0.000027115555687434876, 0.0012426609473880784, 0.026532189526576124, 0.29656057182850487,
  1.7848265399172913, 5.463784911164114, 6.657904643501103,
];
const FAR_BELOW = [
  2.0442631033899397e-15, 1.421511758316446e-7, 0.000018463183175100548, 0.0007868691311456133, 0.014875361290850615,
  0.1369298809227358, 0.599832206555888, 1,
];
