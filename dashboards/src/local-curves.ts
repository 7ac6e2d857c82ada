import type { CurveAxis } from '../../src/live/protocol.js';
import type { TrialRecord } from '../../src/tune/study-state.js';
import { type Curves, curvesOf } from './chart/curves-data.js';
import type { Changed, CurveSet, CurveSets, Model } from './page.js';

/** Curves made of the reports that the page has. */
export interface LocalCurves extends CurveSets {
  /** Takes in what changed; before the views draw. */
  update(model: Model, changed: Changed): void;
}

/** No curves yet. */
export function localCurves(): LocalCurves {
  let trials: ReadonlyMap<number, TrialRecord> = new Map();
  const sets = new Map<string, { readonly curves: Curves; version: number }>();
  return {
    update({ study }, changed) {
      if (study.trials !== trials) {
        trials = study.trials;
        sets.clear();
      }
      if (changed !== 'all' && changed.size === 0) return;
      for (const set of sets.values()) {
        set.curves.update(changed === 'all' ? trials.values() : [...changed].flatMap(n => trials.get(n) ?? []));
        set.version++;
      }
    },
    get(metric: string, by: CurveAxis): CurveSet {
      const key = `${by} ${metric}`;
      let set = sets.get(key);
      if (set === undefined) {
        set = { curves: curvesOf(metric, by), version: 0 };
        set.curves.update(trials.values());
        sets.set(key, set);
      }
      return { ...set.curves, complete: true, version: set.version };
    },
  };
}
