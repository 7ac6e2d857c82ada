import type { HParamValue } from '../../events.js';
import { cardinality, type Hyperparameter, valueAt } from '../../hyperparameter.js';

/**
 * A hyperparameter as kernels see it: a line of real numbers (of their logarithms, for log ranges); the same line in cells, one
 * for each whole number, step or rank of an ordinal; or options without order. A value has a `place`, its coordinate on the line
 * (its index among options), and a `point`: the coordinate, or the index of its cell or option.
 */
export interface Dimension {
  readonly name: string;
  readonly kind: 'line' | 'cells' | 'options';
  /** The ends of the line; half a step outside the first and the last value of cells. */
  readonly low: number;
  readonly high: number;
  /** How many cells or options there are; 0 on a line. */
  readonly count: number;
  /** NaN for a value that the hyperparameter cannot have. */
  place(value: HParamValue | undefined): number;
  /** The point at a coordinate between the ends. */
  point(place: number): number;
  value(point: number): HParamValue;
  /** Where a cell begins; the one of index `count` would begin where the last one ends. */
  edge(cell: number): number;
}

/** The dimension of a hyperparameter. */
export function dimensionOf(hyperparameter: Hyperparameter): Dimension {
  const { name, distribution, labels } = hyperparameter;
  if ('options' in distribution) {
    const indices = new Map(labels.map((label, index) => [label, index]));
    return {
      name,
      kind: distribution.kind === 'ordinal' ? 'cells' : 'options',
      low: -0.5,
      high: labels.length - 0.5,
      count: labels.length,
      place: value => indices.get(value as HParamValue) ?? Number.NaN,
      point: place => clamp(Math.round(place), 0, labels.length - 1),
      value: point => labels[point] as HParamValue,
      edge: cell => cell - 0.5,
    };
  }
  const { low, high, log, step = 1 } = distribution;
  // The difference of the ends may be more than a number can be.
  const scale = high - low < Number.MAX_VALUE / 4 ? 1 : 2 ** -4;
  const onLine = log ? Math.log : (value: number) => value * scale;
  const offLine = log ? Math.exp : (place: number) => place / scale;
  const place = (value: HParamValue | undefined) =>
    typeof value === 'number' && value >= low && value <= high ? onLine(value) : Number.NaN;
  const count = cardinality(hyperparameter);
  if (!Number.isFinite(count)) {
    const [first, last] = [onLine(low), onLine(high)];
    return {
      name,
      kind: 'line',
      low: first,
      high: last,
      count: 0,
      place,
      point: coordinate => clamp(coordinate, first, last),
      // exp(log(high)) may be a little more than high.
      value: point => clamp(offLine(point), low, high),
      edge: () => Number.NaN,
    };
  }
  return {
    name,
    kind: 'cells',
    low: onLine(low - step / 2),
    high: onLine(low + (count - 0.5) * step),
    count,
    place,
    point: coordinate => clamp(Math.round((offLine(coordinate) - low) / step), 0, count - 1),
    value: point => valueAt(hyperparameter, point),
    edge: cell => onLine(low + (cell - 0.5) * step),
  };
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
