import { describe, expect, test } from 'vitest';
import { random } from '../../src/random.js';
import { float } from '../../src/tune/distributions.js';
import {
  cumulative,
  density as densityAt,
  inverseCumulative,
  logCumulative,
  logMass,
  mass,
  millsRatio,
  millsRest,
} from '../../src/tune/samplers/normal-distribution.js';
import { column } from '../../src/tune/samplers/tpe/column.js';
import { type Dimension, dimensionOf } from '../../src/tune/samplers/tpe/dimension.js';
import { mixture } from '../../src/tune/samplers/tpe/mixture.js';
import { recencyWeights } from '../../src/tune/samplers/tpe/weights.js';
import { searchSpace } from '../../src/tune/space.js';

describe('the normal distribution', () => {
  // scipy.special.ndtr, log_ndtr and ndtri.
  const references = [
    [-38.0, 0.0, -726.5572160188201],
    [-10.0, 7.61985302416047e-24, -53.23128515051248],
    [-3.0, 0.0013498980316300933, -6.60772622151035],
    [-0.6, 0.2742531177500736, -1.2937038116140283],
    [0.0, 0.5, -Math.LN2],
    [0.3, 0.6179114221889526, -0.4814101615884813],
    [2.0, 0.9772498680518208, -0.023012909328963476],
    [7.0, 0.9999999999987201, -1.2798125438866539e-12],
  ] as const;
  const quantiles = [
    [1e-300, -37.0470962993612],
    [1e-12, -7.034483825301131],
    [0.03, -1.880793608151251],
    [0.3, -0.5244005127080409],
    [0.5, 0.0],
    [0.8, 0.8416212335729143],
    [0.999999, 4.753424308817087],
  ] as const;

  test('has the probabilities and quantiles of SciPy, to 1e-13 of themselves', () => {
    for (const [z, probability, log] of references) {
      if (z > -38) expect(Math.abs(cumulative(z) / probability - 1)).toBeLessThan(1e-13);
      expect(Math.abs(logCumulative(z) / log - 1)).toBeLessThan(1e-13);
    }
    for (const [p, z] of quantiles)
      expect(Math.abs(inverseCumulative(p) - z)).toBeLessThan(1e-13 * Math.max(1, Math.abs(z)));
  });

  test('has Mills’ ratio R(t) and 1 − t R(t) of mpmath, to 1e-14 and 4e-14 of themselves', () => {
    const reference = [
      [0, 1.2533141373155003, 1],
      [1e-9, 1.2533141363155003, 0.9999999987466859],
      [0.3, 1.0018374009921558, 0.6994487797023533],
      [0.662, 0.7926154302064945, 0.4752885852033006],
      [0.664, 0.791665808139993, 0.47433390339504466],
      [1, 0.6556795424187984, 0.34432045758120156],
      [2.5, 0.35426511132979366, 0.11433722167551583],
      [2.999, 0.3046765507712595, 0.08627502423699285],
      [3, 0.3045902987101033, 0.08622910386969011],
      [3.001, 0.304504092551937, 0.08618321825163704],
      [5, 0.19280810471531576, 0.03595947642342118],
      [5.66, 0.17161312299917833, 0.02866972382465072],
      [8, 0.1231319632579323, 0.01494429393654163],
      [20, 0.04987592598183679, 0.002481480363264327],
      [37.5, 0.02664774401489855, 0.0007095994413043625],
      [1000, 0.0009999990000029999, 9.99997000015e-7],
      [1e8, 9.999999999999999e-9, 1e-16],
    ] as const;
    for (const [t, ratio, rest] of reference) {
      expect(Math.abs(millsRatio(t) / ratio - 1)).toBeLessThan(1e-14);
      expect(Math.abs(millsRest(t) / rest - 1)).toBeLessThan(4e-14);
      // Far out the exponential amplifies the rounding of t².
      const tail = cumulative(-t);
      expect(Math.abs(densityAt(t) * millsRatio(t) - tail)).toBeLessThan(1e-12 * tail + 1e-300);
    }
  });

  test('has the mass of an interval as its logarithm has it, in both tails and across the middle', () => {
    for (const [a, b] of [
      [-9, -8.5],
      [-1, 2],
      [0, 0.5],
      [6, 6.25],
      [-40, 40],
    ] as const) {
      expect(Math.abs(mass(a, b) / Math.exp(logMass(a, b)) - 1)).toBeLessThan(1e-12);
    }
    expect(mass(3, 3)).toBe(0);
  });

  test('has in an interval the mass of its parts, in both tails, and that of its density where it is narrow', () => {
    for (const a of [-30, -8, -0.7, -0.1, 0, 0.4, 5, 25]) {
      for (const width of [1e-9, 1e-5, 9e-4, 1.1e-3, 0.1, 2]) {
        const parts = [logMass(a, a + width / 3), logMass(a + width / 3, a + width)] as const;
        const whole = parts[0] + Math.log1p(Math.exp(parts[1] - parts[0]));
        expect(Math.abs(logMass(a, a + width) - whole)).toBeLessThan(
          1e-6 * Math.max(1e-6, Math.min(1, 1e-3 / width)) + 1e-9,
        );
        expect(logMass(-a - width, -a)).toBeCloseTo(logMass(a, a + width), 9);
      }
    }
  });
});

describe('the density of TPE', () => {
  test('is the sum over kernels that it is by definition, however many there are and whichever have come and gone, to 1e-12', () => {
    const dimensions = searchSpace({ a: float(-5, 10), b: float(1e-5, 1, { log: true }) }).hyperparameters.map(
      dimensionOf,
    );
    const columns = dimensions.map(column);
    const density = mixture(dimensions, columns, 1);
    const draws = random(0, 'test');
    const place = ({ low, high }: Dimension) => low + (high - low) * draws.uniform() ** 3;
    const sides: number[] = [];
    for (let n = 0; n < 1700; n++) {
      for (const [d, dimension] of dimensions.entries()) columns[d]!.push(place(dimension));
      sides.push(draws.uniform() < 0.9 ? 0 : 1);
      if (n % 3 === 0) sides[draws.int(0, n)] = draws.int(0, 1);
      density.observe(0, Uint8Array.from(sides), recencyWeights);
      if (n % (n < 300 ? 47 : 139) !== 0) continue;
      const rows = sides.flatMap((side, row) => (side === 0 ? row : []));
      const places = columns.map(({ places: all }) => rows.map(row => all[row]!));
      const point = dimensions.map(place);
      expect(Math.abs(density.logDensity(point) - byDefinition(dimensions, places, point))).toBeLessThan(1e-12);
    }
  });
});

/** Every kernel anew, nothing left out. */
function byDefinition(dimensions: readonly Dimension[], places: readonly number[][], point: readonly number[]): number {
  const n = places[0]!.length;
  const weights = [...recencyWeights(n), 1];
  const total = weights.reduce((sum, weight) => sum + weight);
  const sorted = dimensions.map(({ low, high }, d) => [low, ...places[d]!.toSorted((a, b) => a - b), high]);
  const terms = weights.map((weight, k) =>
    dimensions.reduce(
      (sum, { low, high }, d) => {
        const [mu, sigma] =
          k === n ? [(low + high) / 2, high - low] : [places[d]![k]!, width(sorted[d]!, places[d]![k]!)];
        const mass = logMass((low - mu) / sigma, (high - mu) / sigma);
        return sum - 0.5 * ((point[d]! - mu) / sigma) ** 2 - Math.log(sigma * Math.sqrt(2 * Math.PI)) - mass;
      },
      Math.log(weight / total),
    ),
  );
  const largest = Math.max(...terms);
  return largest + Math.log(terms.reduce((sum, term) => sum + Math.exp(term - largest), 0));
}

/** Of the kernel at a place, among the sorted places between the ends of the line. */
function width(sorted: readonly number[], mu: number): number {
  const n = sorted.length - 2;
  const at = sorted.indexOf(mu, 1);
  const range = sorted[n + 1]! - sorted[0]!;
  const left = at === 1 && n > 1 ? 0 : mu - sorted[at - 1]!;
  const right = at === n && n > 1 ? 0 : sorted[at + 1]! - mu;
  return Math.min(range, Math.max(range / Math.min(100, n + 2), left, right));
}
