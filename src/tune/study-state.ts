import type { StopDecision } from '../train/report.js';
import type { Best, Counts, Direction, HParams, PlainReport, StudyEvent, StudyInfo, TrialState } from './events.js';

/** A trial as its events tell it. A new object after each of its events, so views may compare by identity. */
export interface TrialRecord {
  /** From 0, in the order in which trials were started. */
  readonly number: number;
  readonly state: TrialState;
  readonly hparams: HParams;
  /** Every report so far; this array grows in place. */
  readonly reports: readonly PlainReport[];
  /** The best finite value of the objective so far, and its epoch; absent until there is one. */
  readonly value?: number | undefined;
  readonly bestEpoch?: number | undefined;
  /** The last reported epoch; 0 before the first report. */
  readonly epochs: number;
  /** Training rows seen so far. */
  readonly samples: number;
  /** Who stopped it, when, against what; from `trial-finished` on. */
  readonly stop?: StopDecision | undefined;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly finishedAt?: number | undefined;
}

/** A study as its events tell it. */
export interface StudyState {
  /** What `study-started` said. */
  readonly study?: StudyInfo | undefined;
  /** By number, in the order of starting; this map grows in place. */
  readonly trials: ReadonlyMap<number, TrialRecord>;
  /** The numbers of the running trials, in the order of starting. */
  readonly running: readonly number[];
  /** The best of the complete trials (a pruned or failed one is never the best); of equal ones the one with the smallest number. */
  readonly best?: Best | undefined;
  readonly counts: Counts;
  /** Epochs and training rows of all trials together. */
  readonly epochs: number;
  readonly samples: number;
  /** Milliseconds since 1970. */
  readonly startedAt?: number | undefined;
  readonly finishedAt?: number | undefined;
  readonly finishReason?: 'trials' | 'exhausted' | 'time' | 'interrupted' | undefined;
  /** The sequence number of the last event folded; −1 before the first. */
  readonly lastSeq: number;
}

/** No trial in any state. */
export const noCounts: Counts = { waiting: 0, running: 0, paused: 0, complete: 0, pruned: 0, failed: 0 };

/** The state before any event. */
export const emptyStudy: StudyState = {
  trials: new Map(),
  running: [],
  counts: noCounts,
  epochs: 0,
  samples: 0,
  lastSeq: -1,
};

/**
 * The state after one more event, in constant time: the returned object is new, but it shares `trials` and the arrays of
 * reports with the given state, which must not be used any more. `study-started` starts anew; another event that was
 * folded already (by its `seq`) changes nothing, so an overlapping replay is harmless. Knows neither RxJS nor Node.js.
 *
 * @example events$.pipe(scan(foldEvent, emptyStudy))
 */
export function foldEvent(state: StudyState, event: StudyEvent): StudyState {
  if (event.type === 'study-started') {
    return { ...emptyStudy, trials: new Map(), study: event.study, startedAt: event.time, lastSeq: event.seq };
  }
  if (event.seq <= state.lastSeq) return state;
  const next = { ...state, lastSeq: event.seq };
  if (event.type === 'study-finished') {
    return { ...next, finishedAt: event.time, finishReason: event.reason };
  }

  // `emptyStudy` is everyone's: only a map made here may grow.
  const trials = state.lastSeq < 0 ? new Map<number, TrialRecord>() : (state.trials as Map<number, TrialRecord>);
  if (event.type === 'trial-started') {
    const record: TrialRecord = {
      number: event.trial,
      state: 'running',
      hparams: event.hparams,
      reports: [],
      epochs: 0,
      samples: 0,
      startedAt: event.time,
    };
    trials.set(event.trial, record);
    return {
      ...next,
      trials,
      running: [...state.running, event.trial],
      counts: { ...state.counts, running: state.counts.running + 1 },
    };
  }

  const record = trials.get(event.trial);
  if (record === undefined) return { ...next, trials };
  if (event.type === 'trial-reported') {
    const reported = withReport(record, event.report, state.study);
    trials.set(event.trial, reported);
    return {
      ...next,
      trials,
      epochs: state.epochs + reported.epochs - record.epochs,
      samples: state.samples + reported.samples - record.samples,
    };
  }

  const { value, bestEpoch, stop } = event;
  const finished = { ...record, state: event.state, value, bestEpoch, stop, finishedAt: event.time };
  trials.set(event.trial, finished);
  return {
    ...next,
    trials,
    running: state.running.filter(number => number !== event.trial),
    counts: {
      ...state.counts,
      [record.state]: state.counts[record.state] - 1,
      [event.state]: state.counts[event.state] + 1,
    },
    best: bestOf(state.best, finished, state.study?.objective.direction),
  };
}

function withReport(record: TrialRecord, report: PlainReport, study: StudyInfo | undefined): TrialRecord {
  (record.reports as PlainReport[]).push(report);
  const next = { ...record, epochs: report.epoch, samples: report.samples };
  const value = study && report.metrics[study.objective.metric];
  if (!isNumber(value) || !isBetter(value, record.value, study?.objective.direction)) return next;
  return { ...next, value, bestEpoch: report.epoch };
}

function bestOf(best: Best | undefined, trial: TrialRecord, direction: Direction | undefined): Best | undefined {
  const { number, state, value, bestEpoch, hparams } = trial;
  if (state !== 'complete' || !isNumber(value)) return best;
  const first = value === best?.value && number < best.trial;
  if (!first && !isBetter(value, best?.value, direction)) return best;
  return { trial: number, value, epoch: bestEpoch ?? trial.epochs, hparams };
}

// A metric that was NaN arrives as null when the events went through JSON.
function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isBetter(value: number, than: number | undefined, direction: Direction | undefined): boolean {
  if (than === undefined) return true;
  return direction === 'maximize' ? value > than : value < than;
}
