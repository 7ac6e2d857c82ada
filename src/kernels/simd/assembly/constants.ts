// Constants stand in static memory, from where four equal lanes are one instruction. As immediates they cost V8 three, two
// of them shuffles, and eˣ takes 1.6 times as long.

/** A float32 of static memory in all four lanes. */
// @ts-ignore: decorator
@inline
export function every(address: usize): v128 {
  return v128.load32_splat(address);
}

/** The k-th coefficient of a polynomial in static memory, in all four lanes. */
// @ts-ignore: decorator
@inline
export function term(polynomial: usize, k: usize): v128 {
  return v128.load32_splat(polynomial + (k << 2));
}

/** 1 */
export const ONE = memory.data<f32>([1]);
/** 0.5 */
export const HALF = memory.data<f32>([0.5]);
/** −0: the sign bit alone. */
export const SIGN = memory.data<u32>([0x80000000]);
/** All bits but the sign. */
export const SIZE = memory.data<u32>([0x7fffffff]);
/** Infinity */
export const INFINITE = memory.data<u32>([0x7f800000]);
/** −Infinity */
export const MINUS_INFINITE = memory.data<u32>([0xff800000]);
/** 2⁻⁶⁴ */
export const TWO_TO_MINUS_64 = memory.data<f32>([5.421010862427522e-20]);
/** log 2 in two parts (musl's `expm1f`): the first has 15 bits, so its product with an exponent is exact. */
export const LN2_HIGH = memory.data<f32>([0.693145751953125]);
/** The rest of log 2. */
export const LN2_LOW = memory.data<f32>([1.4286067653e-6]);
