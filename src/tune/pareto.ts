import { InputError } from '../errors.js';
import type { Direction, Objective } from './events.js';
import type { TrialRecord } from './study-state.js';

/** Values of several objectives, less being better in each. */
export type Losses = readonly number[];

/** A trial's values with less being better in each; undefined unless every objective has a number. */
export function lossesOf(
  { value, values }: TrialRecord,
  objectives: readonly Pick<Objective, 'direction'>[],
): Losses | undefined {
  const own = objectives.length === 1 ? [value] : values;
  if (own?.length !== objectives.length || !own.every(Number.isFinite)) return undefined;
  return own.map((v, i) => (objectives[i]?.direction === 'maximize' ? -(v as number) : (v as number)));
}

/** Whether one is at least as good as another in every objective, and better in one. */
export function dominates(a: Losses, b: Losses): boolean {
  let better = false;
  for (let i = 0; i < a.length; i++) {
    const [own, other] = [a[i] as number, b[i] as number];
    if (own > other) return false;
    if (own < other) better = true;
  }
  return better;
}

/**
 * The fronts that points form: those that none dominates, those that only they dominate, and so on; each a list of indices, in
 * order. Deb, Pratap, Agarwal, Meyarivan, "A Fast and Elitist Multiobjective Genetic Algorithm: NSGA-II" (2002).
 */
export function fronts(points: readonly Losses[]): readonly (readonly number[])[] {
  const worse = points.map((): number[] => []);
  const dominators = new Int32Array(points.length);
  for (const [i, point] of points.entries()) {
    for (let j = 0; j < i; j++) {
      const other = points[j] as Losses;
      if (dominates(point, other)) {
        worse[i]?.push(j);
        dominators[j] = (dominators[j] as number) + 1;
      } else if (dominates(other, point)) {
        worse[j]?.push(i);
        dominators[i] = (dominators[i] as number) + 1;
      }
    }
  }
  const found: (readonly number[])[] = [];
  let front = [...points.keys()].filter(i => dominators[i] === 0);
  while (front.length > 0) {
    found.push(front);
    const next: number[] = [];
    for (const i of front) {
      for (const j of worse[i] as readonly number[]) {
        dominators[j] = (dominators[j] as number) - 1;
        if (dominators[j] === 0) next.push(j);
      }
    }
    front = next.sort((a, b) => a - b);
  }
  return found;
}

/**
 * The complete trials that no other one beats: none is at least as good in every objective and better in one. Trials with equal
 * values are all there; in the order of the first objective, the best first, then by number. Trials without a number for every
 * objective are left out.
 *
 * @example paretoFront(state.trials.values(), [{ direction: 'minimize' }, { direction: 'maximize' }])
 */
export function paretoFront(
  trials: Iterable<TrialRecord>,
  objectives: readonly Pick<Objective, 'direction'>[],
): readonly TrialRecord[] {
  const complete = [...trials].flatMap(record => {
    const losses = record.state === 'complete' ? lossesOf(record, objectives) : undefined;
    return losses === undefined ? [] : [{ record, losses }];
  });
  // In lexical order no point is dominated by a later one, and what dominates a point is, or is dominated by, one of the front.
  complete.sort((a, b) => lexically(a.losses, b.losses) || a.record.number - b.record.number);
  const front: typeof complete = [];
  for (const one of complete) if (!front.some(({ losses }) => dominates(losses, one.losses))) front.push(one);
  return front.map(({ record }) => record);
}

/**
 * How much of the space between some points and a reference point is dominated by the points: an area, a volume, … Exact for
 * any number of objectives (While, Bradstreet, Barone, "A Fast Way of Calculating Exact Hypervolumes", 2012); points that are
 * not better than the reference in every objective add nothing, nor do points that are not numbers.
 *
 * @param points each with a value for every objective
 * @param reference values that are worse than those of interest
 * @param directions default: less is better in each
 * @throws InputError when a point or the directions are not as many as the reference.
 * @example hypervolume([[1, 2], [2, 1]], [3, 3]) // 3
 */
export function hypervolume(
  points: readonly (readonly number[])[],
  reference: readonly number[],
  directions: readonly Direction[] = reference.map(() => 'minimize'),
): number {
  const n = reference.length;
  for (const [what, list] of [
    ['directions', directions] as const,
    ...points.map(point => ['a point', point] as const),
  ]) {
    if (list.length !== n)
      throw new InputError(`hypervolume: expected ${what} of length ${n}, as the reference, got ${list.length}`);
  }
  const sign = directions.map(direction => (direction === 'maximize' ? -1 : 1));
  // What lies between the reference and a point, so that more is better.
  const gaps = points.map(point => point.map((value, i) => (sign[i] as number) * ((reference[i] as number) - value)));
  return volume(undominated(gaps.filter(gap => gap.every(length => length > 0))));
}

/** The volume of the union of boxes from 0 to each of some points, none of which lies within another's box. */
function volume(boxes: readonly (readonly number[])[]): number {
  const [first] = boxes;
  if (first === undefined) return 0;
  if (boxes.length === 1) return first.reduce((a, b) => a * b, 1);
  const sorted = boxes.toSorted((a, b) => (a.at(-1) as number) - (b.at(-1) as number) || lexically(a, b));
  if (first.length === 2) {
    // Wider and wider as they become lower.
    let area = 0;
    let width = 0;
    for (const [x, y] of sorted.toReversed() as [number, number][]) {
      area += Math.max(0, x - width) * y;
      width = Math.max(width, x);
    }
    return area;
  }
  // Each box, less what those after it cover; they are all at least as long in the last direction, so that it is a factor.
  let sum = 0;
  for (const [i, box] of sorted.entries()) {
    const flat = box.slice(0, -1);
    const cut = sorted.slice(i + 1).map(other => flat.map((length, k) => Math.min(length, other[k] as number)));
    sum += (box.at(-1) as number) * (flat.reduce((a, b) => a * b, 1) - volume(undominated(cut)));
  }
  return sum;
}

/** The boxes that lie within no other one; of equal ones, one. */
function undominated(boxes: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const kept: (readonly number[])[] = [];
  for (const box of boxes.toSorted((a, b) => lexically(b, a))) {
    if (!kept.some(other => box.every((length, i) => length <= (other[i] as number)))) kept.push(box);
  }
  return kept;
}

function lexically(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return (a[i] as number) - (b[i] as number);
  return 0;
}
