import type { CurveAxis } from '../../../src/live/protocol.js';
import { calmRange, type Range, robustRange } from '../chart/range.js';
import type { CurveSet } from '../page.js';

/** Milliseconds between two looks at which values there are. */
const calm = 300;

/** The vertical range of learning curves, which follows their values now and then: an axis that moves with each of them cannot be read. */
export interface CurvesRange {
  /** The range of the values that are `wanted`; another `key` (what is shown, and how) looks at them at once. */
  look(key: string, curves: CurveSet, log: boolean, wanted: (trial: number) => boolean, window?: Range): Range;
  /** Whether there are values that were not looked at, and it is time to. */
  waits(curves: CurveSet): boolean;
  /** Whether there was none to look at. */
  readonly empty: boolean;
  /** Whether some of the values that were looked at lie beyond a range. */
  beyond(range: Range & { readonly log: boolean }): boolean;
}

/** Nothing was looked at yet. */
export function curvesRange(): CurvesRange {
  let lookedFor = '';
  let lookedAt = Number.NEGATIVE_INFINITY;
  let points = -1;
  let values: number[] = [];
  let range: Range = { low: 0, high: 1 };
  const isTime = () => performance.now() - lookedAt > calm;
  return {
    look(key, curves, log, wanted, window) {
      if (key === lookedFor && !isTime() && points > 0) return range;
      if (key !== lookedFor || points !== curves.points()) {
        values = curves.sample(6000, wanted, window?.low, window?.high);
        range = calmRange(key === lookedFor ? range : undefined, robustRange(values, log), log);
      }
      [lookedFor, lookedAt, points] = [key, performance.now(), curves.points()];
      return range;
    },
    get empty() {
      return values.length === 0;
    },
    waits: curves => points !== curves.points() && isTime(),
    beyond: ({ low, high, log }) => values.some(value => value > high || value < low || (log && value <= 0)),
  };
}

/** The horizontal axis: to the last planned epoch once a quarter of it is there, else with some room while trials go on. */
export function wholeAxis(by: CurveAxis, last: number, planned: number, over: boolean): Range {
  const high = Math.max(2, planned > 0 && last >= planned / 4 ? Math.max(last, planned) : over ? last : roomy(last));
  return { low: by === 'epoch' ? Math.min(1, high - 1) : 0, high };
}

/** More than there is, in steps, so that an axis that grows does not do so all the time. */
function roomy(last: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, last)));
  return power * ([1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].find(step => step * power >= last) ?? 10);
}
