// log x = k · log 2 + log(1 + f) for x = 2ᵏ · (1 + f) with 1 + f from √½ to √2.

import { every, INFINITE, MINUS_INFINITE } from './constants';

const LEAST_NORMAL = memory.data<u32>([0x00800000]);
const SQRT_HALF_BITS = memory.data<u32>([0x3f3504f3]);
const SUBNORMAL_SCALE = memory.data<i32>([149]);

/** k of positive normal numbers. */
// @ts-ignore: decorator
@inline
export function exponent(x: v128): v128 {
  return i32x4.shr_s(i32x4.sub(x, every(SQRT_HALF_BITS)), 23);
}

/** 1 + f of positive normal numbers with their k. */
// @ts-ignore: decorator
@inline
export function significand(x: v128, k: v128): v128 {
  return i32x4.sub(x, i32x4.shl(k, 23));
}

// @ts-ignore: decorator
@inline
function isSubnormal(x: v128): v128 {
  return f32x4.lt(x, every(LEAST_NORMAL));
}

/** A positive number as it is or, if it is subnormal, 2¹⁴⁹ times it: its bits are that, as a whole number. */
// @ts-ignore: decorator
@inline
export function normalised(x: v128): v128 {
  return v128.bitselect(f32x4.convert_i32x4_s(x), x, isSubnormal(x));
}

/** The k of x from that of the normalised x. */
// @ts-ignore: decorator
@inline
export function denormalised(x: v128, k: v128): v128 {
  return i32x4.sub(k, v128.and(isSubnormal(x), every(SUBNORMAL_SCALE)));
}

/** `log`, but −Infinity where x is 0, NaN where it is negative, and Infinity and NaN as they are; finite at 0. */
// @ts-ignore: decorator
@inline
export function withLimits(x: v128, log: v128): v128 {
  const zero = f32x4.splat(0);
  const bounded = f32x4.add(log, v128.and(f32x4.eq(x, zero), every(MINUS_INFINITE)));
  return v128.or(v128.bitselect(bounded, x, f32x4.lt(x, every(INFINITE))), f32x4.lt(x, zero));
}
