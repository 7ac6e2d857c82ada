/** From here on a continued fraction is as exact as the power series before it. */
const SWITCH = 3;

/** The density of a standard normal number. */
export function normalDensity(z: number): number {
  return Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
}

/** Mills' ratio R(t) = (1 − Φ(t)) / φ(t) for t ≥ 0, to about 1e-14 of its value. */
export function millsRatio(t: number): number {
  if (t >= SWITCH) return 1 / (t + millsTail(t));
  let term = t;
  let sum = t;
  for (let k = 3; term > 1e-17 * sum; k += 2) {
    term *= (t * t) / k;
    sum += term;
  }
  return Math.sqrt(Math.PI / 2) * Math.exp(0.5 * t * t) - sum;
}

/** 1 − t R(t) for t ≥ 0, without cancellation where it is small: c / (t + c). */
export function millsRest(t: number): number {
  if (t < SWITCH) return 1 - t * millsRatio(t);
  const c = millsTail(t);
  return c / (t + c);
}

/** The probability that a standard normal number lies between two others. */
export function normalMass(from: number, to: number): number {
  if (from >= 0) return upper(from) - upper(to);
  if (to <= 0) return upper(-to) - upper(-from);
  return 1 - upper(-from) - upper(to);
}

function upper(t: number): number {
  const density = normalDensity(t);
  return density === 0 ? 0 : density * millsRatio(t);
}

/** c in R(t) = 1 / (t + c), c = 1 / (t + 2 / (t + 3 / (t + …))), t ≥ 3. */
function millsTail(t: number): number {
  let c = 0;
  for (let k = 60; k > 0; k--) c = k / (t + c);
  return c;
}
