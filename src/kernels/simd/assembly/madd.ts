/**
 * a · b + c, the product not rounded before the sum where the build has relaxed SIMD: then that is one instruction, where the
 * processor has it, and the same two else.
 */
// @ts-ignore: decorator
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(c, f32x4.mul(a, b));
}
