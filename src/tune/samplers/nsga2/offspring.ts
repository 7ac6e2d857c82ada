import type { Random } from '../../../random.js';
import type { UnitCoordinate } from '../unit-coordinates.js';

/** Distribution indices: the larger, the nearer to the parents. */
const CROSSOVER_INDEX = 15;
const MUTATION_INDEX = 20;
const CROSSOVER = 0.9;
/** Up to this many values are exchanged and drawn anew like options. */
const FEW = 16;

/**
 * The coordinates of a point between and around those of two parents, NaN where they do not exist there: simulated binary
 * crossover (Deb and Agrawal, 1995) and polynomial mutation (Deb and Goyal, 1996), one coordinate on average; options, and numbers of few
 * values, are either parent's.
 */
export function offspring(
  coordinates: readonly UnitCoordinate[],
  a: Float64Array,
  b: Float64Array,
  draws: Random,
): Float64Array {
  const crossed = draws.uniform() < CROSSOVER;
  const likeA = draws.uniform() < 0.5;
  return Float64Array.from(coordinates, ({ categorical, count }, i) => {
    // Always as many numbers drawn, so that a coordinate's do not depend on those before it.
    const [mixing, spread, other, mutated, amount] = Array.from({ length: 5 }, () => draws.uniform()) as [
      number,
      number,
      number,
      number,
      number,
    ];
    const [first, second] = likeA ? [a[i] as number, b[i] as number] : [b[i] as number, a[i] as number];
    const options = categorical || count <= FEW;
    const [own, mate] = [Number.isNaN(first) ? second : first, Number.isNaN(second) ? first : second];
    if (Number.isNaN(own)) return amount;
    let value = own;
    if (crossed && mixing < 0.5) value = options ? mate : binary(own, mate, spread, other < 0.5);
    if (mutated * coordinates.length < 1) value = options ? amount : polynomial(value, amount);
    return Math.min(1, Math.max(0, value));
  });
}

/** One of the two children of simulated binary crossover: about as far from their parents as these are from each other, at most. */
function binary(own: number, mate: number, u: number, near: boolean): number {
  const power = 1 / (CROSSOVER_INDEX + 1);
  const beta = u <= 0.5 ? (2 * u) ** power : (1 / (2 * (1 - u))) ** power;
  const half = 0.5 * beta * (own - mate);
  return 0.5 * (own + mate) + (near ? half : -half);
}

/** A step with most of its probability near 0, that stays within [0, 1]. */
function polynomial(value: number, u: number): number {
  const power = 1 / (MUTATION_INDEX + 1);
  if (u < 0.5) return value + ((2 * u + (1 - 2 * u) * (1 - value) ** (MUTATION_INDEX + 1)) ** power - 1);
  return value + 1 - (2 * (1 - u) + (2 * u - 1) * value ** (MUTATION_INDEX + 1)) ** power;
}
