import type { CurveAxis } from '../../src/live/protocol.js';
import type { TrialRecord } from '../../src/tune/study-state.js';
import { type Curve, firstFrom } from './chart/curves-data.js';
import type { CurveSet, CurveSets } from './page.js';
import type { StudyFold } from './study-fold.js';

/** Curves as they were at a moment; of the present where there is none. */
export interface CutCurves extends CurveSets {
  /** Another moment is shown. */
  cut(fold: StudyFold | undefined): void;
}

/** Cuts curves off where their trials were; the complete ones come from elsewhere. */
export function cutCurves(whole: CurveSets): CutCurves {
  let fold: StudyFold | undefined;
  let moments = 0;
  let views = new WeakMap<Curve, Curve>();
  /** What was cut at this moment, and at which version of the complete curves. */
  let sets = new Map<CurveSet, { readonly version: number; readonly cut: CurveSet }>();
  return {
    cut(next) {
      fold = next;
      moments++;
      views = new WeakMap();
      sets = new Map();
    },
    get(metric, by) {
      const set = whole.get(metric, by);
      if (fold === undefined) return set;
      const { version } = set;
      let known = sets.get(set);
      if (known?.version !== version) {
        known = { version, cut: cutSet(set, by, fold, moments, views) };
        sets.set(set, known);
      }
      return known.cut;
    },
  };
}

function cutSet(
  set: CurveSet,
  by: CurveAxis,
  { study, seconds }: StudyFold,
  moments: number,
  views: WeakMap<Curve, Curve>,
): CurveSet {
  const get = (number: number): Curve | undefined => {
    const trial = study.trials.get(number);
    const curve = trial && set.get(number);
    if (trial === undefined || curve === undefined) return undefined;
    let view = views.get(curve);
    if (view === undefined) {
      const end = firstFrom(curve.xs, Math.fround(reached(trial, by, seconds)) * (1 + 1e-6));
      const { xs, ys } = curve as { xs: Float32Array; ys: Float32Array };
      view = end === xs.length ? curve : { xs: xs.subarray(0, end), ys: ys.subarray(0, end) };
      views.set(curve, view);
    }
    return view.xs.length === 0 ? undefined : view;
  };
  let counted: { points: number; last: number } | undefined;
  const count = () => {
    if (counted !== undefined) return counted;
    counted = { points: 0, last: 1 };
    for (const number of study.trials.keys()) {
      const curve = get(number);
      for (const y of curve?.ys ?? []) if (Number.isFinite(y)) counted.points++;
      counted.last = Math.max(counted.last, curve?.xs.at(-1) ?? 0);
    }
    return counted;
  };
  return {
    get,
    points: () => count().points,
    // The axis of the whole study: what is to come has its place.
    last: () => set.last(),
    sample: (size, wanted, from, to) => set.sample(size, trial => study.trials.has(trial) && wanted(trial), from, to),
    complete: set.complete,
    version: set.version + moments,
  };
}

/** Where on the axis a trial was. */
function reached(trial: TrialRecord, by: CurveAxis, seconds: ReadonlyMap<number, number>): number {
  if (by === 'epoch') return trial.epochs;
  if (by === 'samples') return trial.samples;
  return trial.stop === undefined ? (seconds.get(trial.number) ?? 0) : Number.POSITIVE_INFINITY;
}
