import { UnsubscriptionError } from 'rxjs';
import type { NanPolicy } from '../early-stopping/nan.js';
import type { Rule } from '../early-stopping/study-view.js';
import { describeStop, nameOf } from '../early-stopping/user-rule.js';
import type { Report, StopDecision } from '../train/report.js';
import type { TrialRecord } from './study-state.js';

/** The training came to its own end. */
export function ranToItsEnd(last: Report | undefined): StopDecision {
  if (last === undefined) return failure(new Error('the objective ended without a report'), last);
  return { by: 'epochs', reason: `ran to its end, epoch ${last.epoch}`, outcome: 'complete', epoch: last.epoch };
}

/** The user's early-stopping operator ended the stream without saying why. */
export function endedBy(rule: Rule | undefined, last: Report | undefined): StopDecision {
  const name = rule === undefined ? '' : nameOf(rule);
  // `operator` stands for a function without a name, `piped` is what RxJS calls the result of `pipe`.
  const by = ['', 'operator', 'piped'].includes(name) ? 'earlyStopping' : name;
  if (last === undefined) return failure(new Error(`${by} ended the trial before its first report`), last);
  return describeStop(by, last);
}

/** With the epoch whose weights were restored, also if it was not the decision that did so. */
export function withRestored(stop: StopDecision, restoredEpoch: number | undefined): StopDecision {
  return restoredEpoch === undefined || stop.restoredEpoch !== undefined ? stop : { ...stop, restoredEpoch };
}

/** The whole study was stopped while the trial was running. */
export function cutShort(by: 'interrupted' | 'time', last: Report | undefined): StopDecision {
  const cause = by === 'time' ? "the study's time was up" : 'the study was interrupted';
  return {
    by,
    reason: `${cause} after epoch ${last?.epoch ?? 0} of this trial`,
    outcome: 'pruned',
    epoch: last?.epoch ?? 0,
  };
}

/** Something threw; `where` says what, if not the objective. */
export function failure(error: unknown, last: Report | undefined, where?: string): StopDecision {
  const reason = where === undefined ? messageOf(error) : `${where}: ${messageOf(error)}`;
  return { by: 'error', reason, outcome: 'failed', epoch: last?.epoch ?? 0 };
}

/** Somebody ended the trial. */
export function stoppedByUser(
  epoch: number,
  reason: string | undefined,
  outcome: StopDecision['outcome'] = 'pruned',
): StopDecision {
  return { by: 'user', reason: reason ?? `stopped by hand after epoch ${epoch}`, outcome, epoch };
}

/** What a trial is judged by in the end. */
export interface Goals {
  /** Those of the objectives. */
  readonly metrics: readonly string[];
  readonly nan: NanPolicy;
}

/**
 * A trial without a number of every objective has nothing to complete with, unless that is to count as the worst. One that was stopped
 * before its first report, by a budget within its first epoch or by somebody, has gone wrong in nothing: it is pruned.
 */
export function concluded(
  stop: StopDecision,
  { value, values, epochs = 0 }: Partial<Pick<TrialRecord, 'value' | 'values' | 'epochs'>>,
  { metrics, nan }: Goals,
): StopDecision {
  if (stop.outcome === 'complete' && epochs === 0 && value === undefined && stop.by !== 'epochs') {
    return { ...stop, outcome: 'pruned', reason: `${stop.reason}; it had not reported ${metrics[0]} yet` };
  }
  const missing = value === undefined ? 0 : (values?.findIndex(each => !Number.isFinite(each)) ?? -1);
  if (stop.outcome !== 'complete' || missing < 0 || nan === 'worst') return stop;
  const outcome = nan === 'fail' ? 'failed' : 'pruned';
  const when = missing === 0 ? 'was never a finite number' : 'was no finite number at its best epoch';
  return { ...stop, outcome, reason: `${stop.reason}; ${metrics[missing]} ${when}` };
}

function messageOf(error: unknown): string {
  if (error instanceof UnsubscriptionError) return messageOf(error.errors[0]);
  if (!(error instanceof Error)) return String(error);
  const plain = ['Error', 'InputError', 'DeviceError'].includes(error.name);
  return plain ? error.message : `${error.name}: ${error.message}`;
}
