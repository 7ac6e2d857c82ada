import { every, ONE, SIZE, TWO_TO_MINUS_64 } from './constants';
import { expOfReduced, reduced, rounded } from './exp-reduction';

const MOST = memory.data<f32>([104]);
const ROUND_191 = memory.data<f32>([12582912 + 191]);

/**
 * 1 / (1 + e⁻ˣ) to 2.5 ulp in both tails, also where the result is subnormal; ½ at 0.
 * It is z / (1 + z) or 1 / (1 + z) with z = e^−|x|, which cannot overflow: 2ⁿ⁺⁶⁴, always normal, and 2⁻⁶⁴ make it.
 */
// @ts-ignore: decorator
@inline
export function sigmoid4(x: v128): v128 {
  const y = f32x4.neg(f32x4.pmin(v128.and(x, every(SIZE)), every(MOST)));
  const shift = every(ROUND_191);
  const t = rounded(y, shift);
  const p = expOfReduced(reduced(y, f32x4.sub(t, shift)));
  const z = f32x4.mul(f32x4.mul(p, i32x4.shl(t, 23)), every(TWO_TO_MINUS_64));
  const one = every(ONE);
  return f32x4.div(v128.bitselect(z, one, i32x4.shr_s(x, 31)), f32x4.add(one, z));
}
