// aᵇ = 2 to the b · log₂ |a|, in float64 and two lanes at a time, because the error of an exponent grows with its size.

import { every, HALF, MINUS_INFINITE, ONE, SIGN, SIZE } from './constants';
import { denormalised, exponent, normalised, significand, withLimits } from './log-reduction';

// log₂ m = s · P(s²) with s = (m − 1) / (m + 1) for m from √½ to √2, minimax: to 2⁻⁴⁵ of itself.
const LOG2 = memory.data<f64>([
  2.8853900817778495, 0.96179669411426, 0.5770779420746354, 0.4122092838816012, 0.3199043221368927, 0.2829209038027714,
]);
// (2ʳ − 1) / r for |r| ≤ ½, minimax: 2ʳ to 2⁻³⁴ of itself.
const EXP2 = memory.data<f64>([
  0.6931471807055893, 0.24022651068806108, 0.055504103632105485, 0.009618037765941941, 0.0013333936413989795,
  0.00015466883339665375, 1.5196074025090609e-5,
]);
/** 1.5 · 2⁵² and the bias of a float64's exponent: n + this has in its low bits those of 2ⁿ. */
const ROUND_1023 = memory.data<f64>([6755399441055744 + 1023]);
const MOST = memory.data<f64>([1000]);
const LEAST = memory.data<f64>([-1000]);

// @ts-ignore: decorator
@inline
function term(polynomial: usize, k: usize): v128 {
  return v128.load64_splat(polynomial + (k << 3));
}

/** 2 to the exponent · (k + log₂ m), two float64, from the low two lanes of float32; k may be infinite or NaN. */
// @ts-ignore: decorator
@inline
function power(m: v128, k: v128, exponent: v128): v128 {
  const m2 = f64x2.promote_low_f32x4(m);
  const one = f64x2.splat(1);
  const s = f64x2.div(f64x2.sub(m2, one), f64x2.add(m2, one));
  const z = f64x2.mul(s, s);
  const z2 = f64x2.mul(z, z);
  const p01 = f64x2.add(f64x2.mul(z, term(LOG2, 1)), term(LOG2, 0));
  const p23 = f64x2.add(f64x2.mul(z, term(LOG2, 3)), term(LOG2, 2));
  const p45 = f64x2.add(f64x2.mul(z, term(LOG2, 5)), term(LOG2, 4));
  const p = f64x2.add(p01, f64x2.mul(z2, f64x2.add(p23, f64x2.mul(z2, p45))));
  const log2 = f64x2.add(f64x2.mul(s, p), f64x2.promote_low_f32x4(k));
  const y = f64x2.mul(f64x2.promote_low_f32x4(exponent), log2);

  const bounded = f64x2.pmax(f64x2.pmin(y, term(MOST, 0)), term(LEAST, 0));
  const shift = term(ROUND_1023, 0);
  const t = f64x2.add(bounded, shift);
  const r = f64x2.sub(bounded, f64x2.sub(t, shift));
  const r2 = f64x2.mul(r, r);
  const q01 = f64x2.add(f64x2.mul(r, term(EXP2, 1)), term(EXP2, 0));
  const q23 = f64x2.add(f64x2.mul(r, term(EXP2, 3)), term(EXP2, 2));
  const q45 = f64x2.add(f64x2.mul(r, term(EXP2, 5)), term(EXP2, 4));
  const q4 = f64x2.add(q45, f64x2.mul(r2, term(EXP2, 6)));
  const q = f64x2.add(q01, f64x2.mul(r2, f64x2.add(q23, f64x2.mul(r2, q4))));
  return f64x2.mul(f64x2.add(f64x2.mul(r, q), one), i64x2.shl(t, 52));
}

/**
 * aᵇ to 0.51 ulp, in the special cases as JavaScript's `**`: NaN⁰ is 1, (±1)^±Infinity is NaN, a negative base is NaN
 * unless b is whole, and with an odd b the sign of a, −0 too, stays.
 */
export function pow4(a: v128, b: v128): v128 {
  const size = v128.and(a, every(SIZE));
  const normal = normalised(size);
  const whole2 = exponent(normal);
  const m = significand(normal, whole2);
  const k = withLimits(size, f32x4.convert_i32x4_s(denormalised(size, whole2)));
  const low = f32x4.demote_f64x2_zero(power(m, k, b));
  const high = f32x4.demote_f64x2_zero(
    power(v128.shuffle<f32>(m, m, 2, 3, 2, 3), v128.shuffle<f32>(k, k, 2, 3, 2, 3), v128.shuffle<f32>(b, b, 2, 3, 2, 3)),
  );
  const result = v128.shuffle<f32>(low, high, 0, 1, 4, 5);

  const zero = f32x4.splat(0);
  const half = f32x4.mul(b, every(HALF));
  const isWhole = f32x4.eq(f32x4.floor(b), b);
  const isOdd = v128.and(isWhole, f32x4.ne(f32x4.floor(half), half));
  const signed = v128.xor(result, v128.and(v128.and(a, every(SIGN)), isOdd));
  const isNegative = v128.and(f32x4.lt(a, zero), f32x4.gt(a, every(MINUS_INFINITE)));
  const real = v128.or(signed, v128.andnot(isNegative, isWhole));
  return v128.bitselect(every(ONE), real, f32x4.eq(b, zero));
}
