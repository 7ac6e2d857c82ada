import { every, HALF, SIZE, term, TWO_TO_MINUS_64 } from './constants';
import { expOfReduced, reduced, rounded } from './exp-reduction';

const MOST = memory.data<f32>([15]);
const HIGH_BITS = memory.data<u32>([0xfffff000]);
const ROUND_191 = memory.data<f32>([12582912 + 191]);

const CENTRE = memory.data<f32>([3.90625]);

// (a + c) · e^(a²/2) · erfc(a / √2) in q = (a − c) / (a + c) for a from 0 to 14.5, minimax, its coefficients rounded one by one
// and the rest fitted again: to 0.09 · 2⁻²⁴ of itself. c was chosen so that the first coefficient is nearly a float32.
const SCALED = memory.data<f32>([
  1.507012128829956, -1.2016361951828003, 0.7493788599967957, -0.3469822406768799, 0.10307614505290985, -0.0077379969879984856, -0.007972000166773796, 0.0023998913820832968, 0.0006330736796371639, -0.00016529863933101296,
]);

/**
 * erfc(|x| / √2), twice the normal distribution's tail beyond |x|, to 4 ulp of its own size at any x.
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
  const q2 = f32x4.mul(q, q);
  const q4 = f32x4.mul(q2, q2);
  const t01 = f32x4.add(f32x4.mul(q, term(SCALED, 1)), term(SCALED, 0));
  const t23 = f32x4.add(f32x4.mul(q, term(SCALED, 3)), term(SCALED, 2));
  const t45 = f32x4.add(f32x4.mul(q, term(SCALED, 5)), term(SCALED, 4));
  const t67 = f32x4.add(f32x4.mul(q, term(SCALED, 7)), term(SCALED, 6));
  const t89 = f32x4.add(f32x4.mul(q, term(SCALED, 9)), term(SCALED, 8));
  const high4 = f32x4.add(f32x4.add(t45, f32x4.mul(q2, t67)), f32x4.mul(q4, t89));
  const scaled = f32x4.add(f32x4.add(t01, f32x4.mul(q2, t23)), f32x4.mul(q4, high4));
  const tails = f32x4.mul(f32x4.div(f32x4.mul(scaled, p), above), i32x4.shl(t, 23));
  return f32x4.mul(tails, every(TWO_TO_MINUS_64));
}
