import type { Objective } from '../../events.js';
import type { TrialRecord } from '../../study-state.js';
import { steadied } from './steadied.js';

/** What a trial has shown so far, as the split sees it. */
export interface Standing {
  readonly number: number;
  /** `open`: not finished; `asked`: the one that a point is being drawn for. */
  readonly state: 'complete' | 'pruned' | 'failed' | 'open' | 'asked';
  /** The last step that was reported: its epoch, or how many folds were done; 0 before the first report. */
  readonly step: number;
  /** The smaller the better: of a complete trial its value, of a pruned one that of its last step; infinite if that is no number. */
  readonly loss: number;
  /** Of every objective, if there are several. */
  readonly losses?: readonly number[] | undefined;
  /** Of a complete or pruned trial without folds and with one objective: how good it is after each report (`steadied`). */
  readonly steady?: (() => Float64Array) | undefined;
}

/** Where a trial stands. */
export function standing(record: TrialRecord, objectives: readonly Objective[]): Standing {
  const { number, state, reports, value, values } = record;
  const last = reports.at(-1);
  const step = last === undefined ? 0 : last.fold === undefined ? last.epoch : last.fold + 1;
  const lossOf = (result: number | undefined, { direction }: Objective) =>
    typeof result !== 'number' || Number.isNaN(result)
      ? Number.POSITIVE_INFINITY
      : direction === 'maximize'
        ? -result
        : result;
  const [first] = objectives as [Objective];
  let curve: Float64Array | undefined;
  const steady = () => {
    curve ??= steadied(reports.map(({ metrics }) => lossOf(metrics[first.metric], first)));
    return curve;
  };
  const smoothed = objectives.length === 1 && last?.fold === undefined ? { steady } : {};
  if (state === 'pruned') {
    return { number, state, step, loss: lossOf(last?.metrics[first.metric], first), ...smoothed };
  }
  if (state === 'complete') {
    const loss = lossOf(value, first);
    if (objectives.length === 1) return { number, state, step, loss, ...smoothed };
    return { number, state, step, loss, losses: objectives.map((objective, i) => lossOf(values?.[i], objective)) };
  }
  return { number, state: state === 'failed' ? state : 'open', step, loss: Number.POSITIVE_INFINITY };
}
