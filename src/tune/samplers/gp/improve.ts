import { settle, type UnitCoordinate } from '../unit-coordinates.js';
import type { Posterior } from './gaussian-process.js';
import { logImprovement } from './log-expected-improvement.js';
import { minimizeInBox } from './minimize-in-box.js';

/** The logarithm of the improvement to expect at coordinates, which are rounded to values first; the larger the better. */
export interface Acquisition {
  at(coordinates: ArrayLike<number>): number;
  /** A local maximum near a start: real coordinates by gradients, the others by trying their values one after another. */
  improve(start: Float64Array): Float64Array;
}

/** A hyperparameter with more values than this is followed like a real one, and then by steps to its neighbours. */
const MANY = 16;

/** What a Gaussian process sees of coordinates: those that do not exist lie in the middle, or are a category of their own. */
export function features(coordinates: readonly UnitCoordinate[], at: Float64Array): Float64Array {
  return at.map((value, i) => (Number.isNaN(value) ? (coordinates[i]?.categorical ? -1 : 0.5) : value));
}

/** Log expected improvement below `best`. */
export function acquisition(coordinates: readonly UnitCoordinate[], model: Posterior, best: number): Acquisition {
  const d = coordinates.length;
  const slopes = { mean: new Float64Array(d), variance: new Float64Array(d) };
  const value = (settled: Float64Array) => {
    const [mean, variance] = model.predict(features(coordinates, settled));
    const sd = Math.sqrt(variance);
    return Math.log(sd) + logImprovement((best - mean) / sd).value;
  };
  const at = (point: ArrayLike<number>) => value(settle(coordinates, point));

  const climb = (start: Float64Array): Float64Array => {
    const settled = settle(coordinates, start);
    const moving = [...coordinates.keys()].filter(
      i => (coordinates[i] as UnitCoordinate).count > MANY && !coordinates[i]?.categorical && !Number.isNaN(settled[i]),
    );
    if (moving.length === 0) return start;
    const point = features(coordinates, settled);
    const { x } = minimizeInBox(
      (some, gradient) => {
        for (const [k, i] of moving.entries()) point[i] = some[k] as number;
        const [mean, variance] = model.predict(point, slopes);
        const sd = Math.sqrt(variance);
        const z = (best - mean) / sd;
        const h = logImprovement(z);
        for (const [k, i] of moving.entries()) {
          const ofSd = (slopes.variance[i] as number) / (2 * sd);
          gradient[k] = -(ofSd + h.slope * (-(slopes.mean[i] as number) - z * ofSd)) / sd;
        }
        return -(Math.log(sd) + h.value);
      },
      moving.map(i => start[i] as number),
      { low: moving.map(() => 0), high: moving.map(() => 1), evaluations: 40, tolerance: 1e-4 },
    );
    const next = start.slice();
    for (const [k, i] of moving.entries()) next[i] = x[k] as number;
    return next;
  };

  const tryValues = (start: Float64Array): Float64Array => {
    let point = start;
    let height = at(point);
    for (const [i, { count, categorical }] of coordinates.entries()) {
      if (!Number.isFinite(count) || count === 1 || Number.isNaN(settle(coordinates, point)[i])) continue;
      const own = Math.min(count - 1, Math.floor((point[i] as number) * count));
      const values = categorical || count <= MANY ? [...Array(Math.min(count, 4 * MANY)).keys()] : [own - 1, own + 1];
      for (const index of values) {
        if (index === own || index < 0 || index >= count) continue;
        const other = point.slice();
        other[i] = (index + 0.5) / count;
        const there = at(other);
        if (there > height) [point, height] = [other, there];
      }
    }
    return point;
  };

  return {
    at,
    improve(start) {
      const climbed = climb(start);
      if (coordinates.every(({ count }) => !Number.isFinite(count))) return climbed;
      const tried = tryValues(climbed);
      return tried === climbed ? climbed : climb(tried);
    },
  };
}
