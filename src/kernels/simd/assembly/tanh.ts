import { every, ONE, SIGN, SIZE } from './constants';
import { halfExpm1 } from './exp-reduction';

const MOST = memory.data<f32>([20]);

/** tanh x to 2.7 ulp, odd to the bit: h / (h + 1) with h = ½(e^2|x| − 1), and ±1 from where e^2|x| swallows it. */
// @ts-ignore: decorator
@inline
export function tanh4(x: v128): v128 {
  const size = v128.and(x, every(SIZE));
  const h = halfExpm1(f32x4.pmin(f32x4.add(size, size), every(MOST)));
  return v128.or(f32x4.div(h, f32x4.add(h, every(ONE))), v128.and(x, every(SIGN)));
}
