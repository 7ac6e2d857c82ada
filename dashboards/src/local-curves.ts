import type { CurveAxis } from '../../src/live/protocol.js';
import type { TrialRecord } from '../../src/tune/study-state.js';
import { type Curves, curvesData } from './chart/curves-data.js';
import type { Changed, CurveSet, CurveSets, Model } from './page.js';

/** Curves made of the reports that the page has. */
export interface LocalCurves extends CurveSets {
  /** Takes in what changed; before the views draw. */
  update(model: Model, changed: Changed): void;
}

interface Set {
  readonly curves: Curves;
  readonly metric: string;
  readonly by: CurveAxis;
  version: number;
}

/** No curves yet. */
export function localCurves(): LocalCurves {
  let trials: ReadonlyMap<number, TrialRecord> = new Map();
  const sets = new Map<string, Set>();
  const add = ({ curves, metric, by }: Set, { number, reports }: TrialRecord) => {
    for (let i = curves.get(number)?.xs.length ?? 0; i < reports.length; i++) {
      const { metrics, ...report } = reports[i] as TrialRecord['reports'][number];
      const value: unknown = metrics[metric];
      curves.append(number, report[by], typeof value === 'number' ? value : Number.NaN);
    }
  };
  return {
    update({ study }, changed) {
      if (study.trials !== trials) {
        trials = study.trials;
        sets.clear();
      }
      if (changed !== 'all' && changed.size === 0) return;
      for (const set of sets.values()) {
        for (const trial of changed === 'all' ? trials.values() : changed) {
          const record = typeof trial === 'number' ? trials.get(trial) : trial;
          if (record !== undefined) add(set, record);
        }
        set.version++;
      }
    },
    get(metric: string, by: CurveAxis): CurveSet {
      const key = `${by} ${metric}`;
      let set = sets.get(key);
      if (set === undefined) {
        set = { curves: curvesData(), metric, by, version: 0 };
        for (const trial of trials.values()) add(set, trial);
        sets.set(key, set);
      }
      return { ...set.curves, complete: true, version: set.version };
    },
  };
}
