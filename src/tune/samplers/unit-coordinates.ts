import type { HParams, HParamValue } from '../events.js';
import { cardinality, type Hyperparameter, quantile } from '../hyperparameter.js';
import type { SearchSpace } from '../space.js';

/** One hyperparameter as a coordinate in [0, 1], the inverse of `quantile`; values that count lie in the middles of equal cells. */
export interface UnitCoordinate {
  readonly hyperparameter: Hyperparameter;
  /** How many values there are; infinite for a range of real numbers. */
  readonly count: number;
  /** Whether neighbouring values are not alike: the options of a choice. */
  readonly categorical: boolean;
  /** Whether equal steps of the coordinate are equal steps between values: not for whole numbers in a log range. */
  readonly even: boolean;
  /** The option of another coordinate at which this one exists. */
  readonly parent?: { readonly index: number; readonly count: number; readonly option: number } | undefined;
  /** Where a value lies. */
  position(value: HParamValue): number;
  /** The middle of the cell around a position; the position itself for real numbers. */
  snap(position: number): number;
}

/** The coordinates of a space, in the order of its hyperparameters. */
export function unitCoordinates(space: SearchSpace): readonly UnitCoordinate[] {
  const { hyperparameters } = space;
  return hyperparameters.map(hyperparameter => {
    const { parent } = hyperparameter;
    const index = parent === undefined ? -1 : hyperparameters.indexOf(parent.hyperparameter);
    const coordinate = unitCoordinate(hyperparameter);
    if (parent === undefined) return coordinate;
    return { ...coordinate, parent: { index, count: parent.hyperparameter.labels.length, option: parent.option } };
  });
}

/** The point of the space at some coordinates: only the hyperparameters that exist there. */
export function pointAt(space: SearchSpace, coordinates: ArrayLike<number>): HParams {
  // By name: `resolve` visits only what exists.
  const places = placesOf(space);
  return space.resolve(h => quantile(h, Math.min(BELOW_ONE, coordinates[places.get(h) as number] as number))).hparams;
}

/** The coordinates of a point; NaN where a hyperparameter does not exist there. */
export function coordinatesOf(coordinates: readonly UnitCoordinate[], hparams: HParams): Float64Array {
  return Float64Array.from(coordinates, ({ hyperparameter: { name }, position }) =>
    Object.hasOwn(hparams, name) ? position(hparams[name] as HParamValue) : Number.NaN,
  );
}

/** Whether two points are the same one. */
export function samePoint(a: HParams, b: HParams): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every(name => a[name] === b[name]);
}

/**
 * Rounds coordinates to values of their hyperparameters, and sets to NaN those of hyperparameters that do not exist there;
 * writes them into `out`.
 */
export function settle(
  coordinates: readonly UnitCoordinate[],
  at: ArrayLike<number>,
  out: Float64Array = new Float64Array(coordinates.length),
): Float64Array {
  for (const [i, { parent, snap }] of coordinates.entries()) {
    // A parent comes before its children, and one that does not exist is NaN, which is no option.
    const exists = parent === undefined || Math.floor((out[parent.index] as number) * parent.count) === parent.option;
    out[i] = exists ? snap(at[i] as number) : Number.NaN;
  }
  return out;
}

const BELOW_ONE = 1 - 2 ** -53;

const places = new WeakMap<SearchSpace, ReadonlyMap<Hyperparameter, number>>();

function placesOf(space: SearchSpace): ReadonlyMap<Hyperparameter, number> {
  const known = places.get(space) ?? new Map(space.hyperparameters.map((h, index) => [h, index]));
  places.set(space, known);
  return known;
}

function unitCoordinate(hyperparameter: Hyperparameter): UnitCoordinate {
  const { distribution, labels } = hyperparameter;
  const count = cardinality(hyperparameter);
  const cell = (index: number) => (index + 0.5) / count;
  const whole = (position: number) => cell(Math.min(count - 1, Math.floor(position * count)));
  const categorical = distribution.kind === 'choice';
  if ('options' in distribution) {
    return {
      hyperparameter,
      count,
      categorical,
      even: true,
      position: value => cell(labels.indexOf(value)),
      snap: whole,
    };
  }
  const { kind, low, high, log, step = 1 } = distribution;
  if (log) {
    const margin = kind === 'int' ? 0.5 : 0;
    const [from, to] = [Math.log(low - margin), Math.log(high + margin)];
    const position = (value: HParamValue) => (Math.log(value as number) - from) / (to - from);
    const snap = (at: number) => position(quantile(hyperparameter, Math.min(BELOW_ONE, at)));
    return { hyperparameter, count, categorical, even: false, position, snap: kind === 'int' ? snap : at => at };
  }
  if (Number.isFinite(count)) {
    // Somebody's own point may lie between the steps.
    const index = (value: HParamValue) => Math.min(count - 1, Math.round(((value as number) - low) / step));
    return { hyperparameter, count, categorical, even: true, position: value => cell(index(value)), snap: whole };
  }
  // Halved before they are subtracted: the width of the widest ranges overflows.
  const position = (value: HParamValue) => ((value as number) / 2 - low / 2) / (high / 2 - low / 2);
  return { hyperparameter, count, categorical, even: true, position, snap: at => at };
}
