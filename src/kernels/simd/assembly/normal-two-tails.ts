import { every, HALF, SIZE, term, TWO_TO_MINUS_64 } from './constants';
import { expOfReduced, reduced, rounded } from './exp-reduction';

const MOST = memory.data<f32>([15]);
const HIGH_BITS = memory.data<u32>([0xfffff000]);
const ROUND_191 = memory.data<f32>([12582912 + 191]);

const CENTRE = memory.data<f32>([3.51953125]);

// (a + c) · e^(a²/2) · erfc(a / √2) in q = (a − c) / (a + c) for a from 0 to 14.5, minimax, its coefficients rounded one by one
// and the rest fitted again: to 0.15 · 2⁻²⁴ of itself. c was chosen so that the first coefficient is nearly a float32.
const SCALED = memory.data<f32>([
  1.489823579788208, -1.1348923444747925, 0.6369581818580627, -0.23764768242835999, 0.03770587593317032,
  0.012411275878548622, -0.006602718960493803, -0.0008562125731259584, 0.0008735002484172583, 0.00021210245904512703,
]);

/**
 * erfc(|x| / √2), twice the normal distribution's tail beyond |x|, to 5.5 ulp, which is 3.3 · 10⁻⁷ of itself.
 * e^(−a²/2) is taken of the exact square: a = high + low, high² exact, and a² − high² = low · (a + high).
 */
export function normalTwoTails4(x: v128): v128 {
  const a = f32x4.pmin(v128.and(x, every(SIZE)), every(MOST));
  const half = every(HALF);
  const high = v128.and(a, every(HIGH_BITS));
  const main = f32x4.neg(f32x4.mul(f32x4.mul(high, high), half));
  const rest = f32x4.mul(f32x4.mul(f32x4.sub(a, high), f32x4.add(a, high)), half);
  const shift = every(ROUND_191);
  const t = rounded(f32x4.sub(main, rest), shift);
  const p = expOfReduced(f32x4.sub(reduced(main, f32x4.sub(t, shift)), rest));

  const centre = every(CENTRE);
  const above = f32x4.add(a, centre);
  const q = f32x4.div(f32x4.sub(a, centre), above);
  let scaled = f32x4.add(f32x4.mul(q, term(SCALED, 9)), term(SCALED, 8));
  scaled = f32x4.add(f32x4.mul(q, scaled), term(SCALED, 7));
  scaled = f32x4.add(f32x4.mul(q, scaled), term(SCALED, 6));
  scaled = f32x4.add(f32x4.mul(q, scaled), term(SCALED, 5));
  scaled = f32x4.add(f32x4.mul(q, scaled), term(SCALED, 4));
  scaled = f32x4.add(f32x4.mul(q, scaled), term(SCALED, 3));
  scaled = f32x4.add(f32x4.mul(q, scaled), term(SCALED, 2));
  scaled = f32x4.add(f32x4.mul(q, scaled), term(SCALED, 1));
  scaled = f32x4.add(f32x4.mul(q, scaled), term(SCALED, 0));
  const tails = f32x4.mul(f32x4.div(f32x4.mul(scaled, p), above), i32x4.shl(t, 23));
  return f32x4.mul(tails, every(TWO_TO_MINUS_64));
}
