// eˣ = 2ⁿ · eʳ with n = x / log 2 rounded and |r| ≤ ½ log 2. Adding 1.5 · 2²³ rounds to a whole number, which then stands in
// the low bits of the sum; with a bias on top these are the exponent of a power of 2, one shift away.

import { every, HALF, LN2_HIGH, LN2_LOW, ONE, term } from './constants';

const LOG2_E = memory.data<f32>([1.4426950408889634]);
const ROUND_126 = memory.data<f32>([12582912 + 126]);

// (eʳ − 1 − r) / r², minimax, its coefficients rounded one by one and the rest fitted again: eʳ − 1 to 0.23 · 2⁻²⁴ of itself.
const TAIL = memory.data<f32>([
  0.4999999701976776, 0.1666654646396637, 0.04166743531823158, 0.00836627185344696, 0.001387069234624505,
]);

/** n + `shift`, which is 1.5 · 2²³ and a bias: the bits of the sum, shifted by 23, are 2 to the n + bias − 127. */
// @ts-ignore: decorator
@inline
export function rounded(x: v128, shift: v128): v128 {
  return f32x4.add(f32x4.mul(x, every(LOG2_E)), shift);
}

/** r = x − n · log 2 (Cody and Waite): n · LN2_HIGH and its difference from x are exact. */
// @ts-ignore: decorator
@inline
export function reduced(x: v128, n: v128): v128 {
  return f32x4.sub(f32x4.sub(x, f32x4.mul(n, every(LN2_HIGH))), f32x4.mul(n, every(LN2_LOW)));
}

/** eʳ − 1 − r; terms in pairs, because the chain of products is what takes the time. */
// @ts-ignore: decorator
@inline
function tail(r: v128): v128 {
  const r2 = f32x4.mul(r, r);
  const low = f32x4.add(f32x4.mul(r, term(TAIL, 1)), term(TAIL, 0));
  const high = f32x4.add(f32x4.add(f32x4.mul(r, term(TAIL, 3)), term(TAIL, 2)), f32x4.mul(r2, term(TAIL, 4)));
  return f32x4.mul(r2, f32x4.add(low, f32x4.mul(r2, high)));
}

/** eʳ */
// @ts-ignore: decorator
@inline
export function expOfReduced(r: v128): v128 {
  return f32x4.add(f32x4.add(r, tail(r)), every(ONE));
}

/** ½(eˣ − 1) for x from −18 to 89, to about 1 ulp; half, so that 2ⁿ does not overflow before the result does. */
// @ts-ignore: decorator
@inline
export function halfExpm1(x: v128): v128 {
  const shift = every(ROUND_126);
  const t = rounded(x, shift);
  const r = reduced(x, f32x4.sub(t, shift));
  const scale = i32x4.shl(t, 23);
  const main = f32x4.add(f32x4.sub(scale, every(HALF)), f32x4.mul(scale, r));
  return f32x4.add(main, f32x4.mul(scale, tail(r)));
}
