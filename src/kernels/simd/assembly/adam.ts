import { place, word } from './place';

/** m ← β₁m + (1 − β₁)g, v ← (1 − β₂)g² + β₂v, p ← p − α · (m · c₁) / (√v · c₂ + ε), element by element as the ops that it stands for. */
export function runAdam(at: usize, table: usize, registers: usize, start: i32, bytes: usize): void {
  const newM = place(word(at + 4), table, registers, start);
  const newV = place(word(at + 8), table, registers, start);
  const newP = place(word(at + 12), table, registers, start);
  const oldM = place(word(at + 16), table, registers, start);
  const oldV = place(word(at + 20), table, registers, start);
  const gradient = place(word(at + 24), table, registers, start);
  const oldP = place(word(at + 28), table, registers, start);
  const beta1 = v128.load(place(word(at + 32), table, registers, start));
  const rest1 = v128.load(place(word(at + 36), table, registers, start));
  const rest2 = v128.load(place(word(at + 40), table, registers, start));
  const beta2 = v128.load(place(word(at + 44), table, registers, start));
  const correctionM = v128.load(place(word(at + 48), table, registers, start));
  const correctionV = v128.load(place(word(at + 52), table, registers, start));
  const epsilon = v128.load(place(word(at + 56), table, registers, start));
  const rate = v128.load(place(word(at + 60), table, registers, start));
  let i: usize = 0;
  // Two vectors at a time, for engines that make one instruction on 8 numbers out of two on 4.
  for (; i + 32 <= bytes; i += 32) {
    const g0 = v128.load(gradient + i);
    const g1 = v128.load(gradient + i, 16);
    const m0 = f32x4.add(f32x4.mul(v128.load(oldM + i), beta1), f32x4.mul(g0, rest1));
    const m1 = f32x4.add(f32x4.mul(v128.load(oldM + i, 16), beta1), f32x4.mul(g1, rest1));
    const v0 = f32x4.add(f32x4.mul(f32x4.mul(g0, g0), rest2), f32x4.mul(v128.load(oldV + i), beta2));
    const v1 = f32x4.add(f32x4.mul(f32x4.mul(g1, g1), rest2), f32x4.mul(v128.load(oldV + i, 16), beta2));
    const root0 = f32x4.add(f32x4.mul(f32x4.sqrt(v0), correctionV), epsilon);
    const root1 = f32x4.add(f32x4.mul(f32x4.sqrt(v1), correctionV), epsilon);
    const step0 = f32x4.div(f32x4.mul(m0, correctionM), root0);
    const step1 = f32x4.div(f32x4.mul(m1, correctionM), root1);
    const p0 = f32x4.add(f32x4.mul(step0, rate), v128.load(oldP + i));
    const p1 = f32x4.add(f32x4.mul(step1, rate), v128.load(oldP + i, 16));
    v128.store(newM + i, m0);
    v128.store(newM + i, m1, 16);
    v128.store(newV + i, v0);
    v128.store(newV + i, v1, 16);
    v128.store(newP + i, p0);
    v128.store(newP + i, p1, 16);
  }
  for (; i < bytes; i += 16) {
    const g = v128.load(gradient + i);
    const m = f32x4.add(f32x4.mul(v128.load(oldM + i), beta1), f32x4.mul(g, rest1));
    const v = f32x4.add(f32x4.mul(f32x4.mul(g, g), rest2), f32x4.mul(v128.load(oldV + i), beta2));
    const root = f32x4.add(f32x4.mul(f32x4.sqrt(v), correctionV), epsilon);
    const step = f32x4.div(f32x4.mul(m, correctionM), root);
    const p = f32x4.add(f32x4.mul(step, rate), v128.load(oldP + i));
    v128.store(newM + i, m);
    v128.store(newV + i, v);
    v128.store(newP + i, p);
  }
}
