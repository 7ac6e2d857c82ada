/**
 * Losses made about normal: centred on their median and scaled by their quartiles, then Yeo and Johnson's power transformation
 * ("A new family of power transformations", 2000) of the largest likelihood, then standardized. Losses span many powers of
 * ten, and a Gaussian process expects them to be alike everywhere. Their order stays.
 */
export function normalize(losses: Float64Array): Float64Array {
  const sorted = losses.slice().sort();
  const at = (q: number) => sorted[Math.floor(q * (sorted.length - 1))] as number;
  const scale = (at(0.75) - at(0.25)) / 1.35 || deviation(losses) || 1;
  const centred = losses.map(loss => Math.max(-FAR, Math.min(FAR, (loss - at(0.5)) / scale)));
  const power = bestPower(centred);
  return standardize(centred.map(value => yeoJohnson(value, power)));
}

/** In scales from the median: powers of what is farther away would overflow. */
const FAR = 1e9;

function yeoJohnson(y: number, power: number): number {
  if (y >= 0) return Math.abs(power) < 1e-9 ? Math.log1p(y) : Math.expm1(power * Math.log1p(y)) / power;
  const other = 2 - power;
  return Math.abs(other) < 1e-9 ? -Math.log1p(-y) : -Math.expm1(other * Math.log1p(-y)) / other;
}

/** The most likely power, by golden sections: the likelihood has one maximum. */
function bestPower(values: Float64Array): number {
  const stretch = values.reduce((sum, y) => sum + Math.sign(y) * Math.log1p(Math.abs(y)), 0);
  const likelihood = (power: number) => {
    const sd = deviation(values.map(y => yeoJohnson(y, power)));
    return -values.length * Math.log(sd + 1e-300) + (power - 1) * stretch;
  };
  const ratio = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [-1, 3];
  let [a, b] = [high - ratio * (high - low), low + ratio * (high - low)];
  let [atA, atB] = [likelihood(a), likelihood(b)];
  while (high - low > 1e-2) {
    if (atA > atB) {
      [high, b, atB] = [b, a, atA];
      a = high - ratio * (high - low);
      atA = likelihood(a);
    } else {
      [low, a, atA] = [a, b, atB];
      b = low + ratio * (high - low);
      atB = likelihood(b);
    }
  }
  return (low + high) / 2;
}

function standardize(values: Float64Array): Float64Array {
  const mean = average(values);
  const sd = deviation(values) || 1;
  return values.map(value => (value - mean) / sd);
}

function average(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function deviation(values: Float64Array): number {
  const mean = average(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}
