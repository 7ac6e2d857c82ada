import { every, HALF, LN2_HIGH, LN2_LOW, ONE, SIGN, term } from './constants';
import { denormalised, exponent, normalised, significand, withLimits } from './log-reduction';

// (log(1 + f) − f + f²/2) / f³, minimax, its coefficients rounded one by one and the rest fitted again: log(1 + f) to
// 0.1 · 2⁻²⁴ of itself.
const TAIL = memory.data<f32>([
  0.3333333134651184, -0.2500081956386566, 0.2000124156475067, -0.1662341058254242, 0.14201585948467255,
  -0.13159599900245667, 0.12762144207954407, -0.07636356353759766,
]);

/** k · log 2 + log(1 + f), small parts first; k · LN2_HIGH is exact. */
// @ts-ignore: decorator
@inline
function sum(k: v128, f: v128): v128 {
  const f2 = f32x4.mul(f, f);
  const f4 = f32x4.mul(f2, f2);
  const t01 = f32x4.add(f32x4.mul(f, term(TAIL, 1)), term(TAIL, 0));
  const t23 = f32x4.add(f32x4.mul(f, term(TAIL, 3)), term(TAIL, 2));
  const t45 = f32x4.add(f32x4.mul(f, term(TAIL, 5)), term(TAIL, 4));
  const t67 = f32x4.add(f32x4.mul(f, term(TAIL, 7)), term(TAIL, 6));
  const low = f32x4.add(t01, f32x4.mul(f2, t23));
  const tail = f32x4.add(low, f32x4.mul(f4, f32x4.add(t45, f32x4.mul(f2, t67))));
  const small = f32x4.add(f32x4.mul(f32x4.mul(f, f2), tail), f32x4.mul(k, every(LN2_LOW)));
  const rest = f32x4.sub(small, f32x4.mul(f2, every(HALF)));
  return f32x4.add(f32x4.add(rest, f), f32x4.mul(k, every(LN2_HIGH)));
}

/** log x to 1 ulp, also of subnormal numbers; −Infinity at ±0, NaN below. */
// @ts-ignore: decorator
@inline
export function log4(x: v128): v128 {
  const normal = normalised(x);
  const k = exponent(normal);
  const f = f32x4.sub(significand(normal, k), every(ONE));
  return withLimits(x, sum(f32x4.convert_i32x4_s(denormalised(x, k)), f));
}

/** log(1 + x) to 1.5 ulp, near 0 too; −Infinity at −1, NaN below; −0 stays −0. */
// @ts-ignore: decorator
@inline
export function log1p4(x: v128): v128 {
  const one = every(ONE);
  const y = f32x4.add(x, one);
  // What the sum rounded away, exact (Dekker): the larger summand is subtracted first.
  const lost = f32x4.sub(f32x4.pmin(x, one), f32x4.sub(y, f32x4.pmax(x, one)));
  const k = exponent(y);
  const f = f32x4.sub(significand(y, k), one);
  // 2⁻ᵏ, or 0 from 2¹²⁷ on, where nothing of 1 is left.
  const scale = i32x4.max_s(significand(one, k), i32x4.splat(0));
  const whole = f32x4.add(f, f32x4.mul(lost, scale));
  return v128.or(withLimits(y, sum(f32x4.convert_i32x4_s(k), whole)), v128.and(x, every(SIGN)));
}
