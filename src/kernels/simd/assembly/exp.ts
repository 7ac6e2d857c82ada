import { every, SIGN } from './constants';
import { expOfReduced, halfExpm1, reduced, rounded } from './exp-reduction';

const EXP_MOST = memory.data<f32>([89]);
const EXP_LEAST = memory.data<f32>([-104]);
const EXPM1_LEAST = memory.data<f32>([-18]);
const ROUND_254 = memory.data<f32>([12582912 + 254]);

/** eˣ to 1.1 ulp, also where the result is subnormal; e⁰ is 1. 2ⁿ is applied as two factors, each a normal number. */
// @ts-ignore: decorator
@inline
export function exp4(x: v128): v128 {
  const bounded = f32x4.pmax(f32x4.pmin(x, every(EXP_MOST)), every(EXP_LEAST));
  const shift = every(ROUND_254);
  const t = rounded(bounded, shift);
  const p = expOfReduced(reduced(bounded, f32x4.sub(t, shift)));
  const half = i32x4.shr_u(t, 1);
  return f32x4.mul(f32x4.mul(p, i32x4.shl(half, 23)), i32x4.shl(i32x4.sub(t, half), 23));
}

/** eˣ − 1 to 1.5 ulp, near 0 too; −0 stays −0. */
// @ts-ignore: decorator
@inline
export function expm14(x: v128): v128 {
  const half = halfExpm1(f32x4.pmax(f32x4.pmin(x, every(EXP_MOST)), every(EXPM1_LEAST)));
  return v128.or(f32x4.add(half, half), v128.and(x, every(SIGN)));
}
