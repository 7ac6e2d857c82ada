import { withDeed } from './deeds.js';
import type { Best, Direction, PlainReport, Stamp, StudyEvent, StudyInfo, TrialOrigin, TrialState } from './events.js';
import { emptyStudy, type Stretch, type StudyState, type TrialRecord } from './study-state.js';

/**
 * The state after one more event, in constant time: the returned object is new, but it shares `trials` and the arrays of
 * reports with the given state, which must not be used any more. `study-started` starts anew; another event that was
 * folded already (by its `seq`) changes nothing, so an overlapping replay is harmless. Knows neither RxJS nor Node.js.
 *
 * @example events$.pipe(scan(foldEvent, emptyStudy))
 */
export function foldEvent(state: StudyState, event: StudyEvent): StudyState {
  return fold(state, event, true);
}

/** `foldEvent` that keeps no reports: `reports` stay empty, everything else is the same. For those who keep them in another form. */
export function foldWithoutReports(state: StudyState, event: StudyEvent): StudyState {
  return fold(state, event, false);
}

function fold(state: StudyState, event: StudyEvent, keepsReports: boolean): StudyState {
  if (event.type === 'study-started') {
    return {
      ...emptyStudy,
      trials: new Map(),
      study: event.study,
      startedAt: event.time,
      lastSeq: event.seq,
      lastTime: event.time,
    };
  }
  if (event.seq <= state.lastSeq) return state;
  // `emptyStudy` is everyone's: only a map made here may grow.
  const trials = state.lastSeq < 0 ? new Map<number, TrialRecord>() : (state.trials as Map<number, TrialRecord>);
  const next = copyOfState(state);
  next.trials = trials;
  next.lastSeq = event.seq;
  next.lastTime = event.time;
  if (event.type !== 'trial-reported') next.deeds = withDeed(state.deeds, event);
  switch (event.type) {
    case 'study-finished':
      allWait(next, trials, event.time);
      next.finishedAt = event.time;
      next.finishReason = event.reason;
      next.stopped = event.stopped;
      return next;
    case 'study-resumed':
      // What ran when the process died rested from then on, as far as anybody knows.
      allWait(next, trials, state.lastTime ?? event.time);
      return {
        ...next,
        study: event.study,
        finishedAt: undefined,
        finishReason: undefined,
        stopped: undefined,
        paused: false,
      };
    case 'study-changed': {
      const { parallel, trials: limit, paused = state.paused } = event;
      const changes = { ...(parallel !== undefined && { parallel }), ...(limit !== undefined && { trials: limit }) };
      return { ...next, paused, study: state.study && { ...state.study, ...changes } };
    }
    case 'trial-enqueued':
    case 'trial-started':
      setTrial(next, trials, beginning(event, trials.get(event.trial)?.origin));
      return next;
    default:
      foldTrial(next, trials, event, keepsReports);
      return next;
  }
}

/** The same, to be changed. */
export type Writable<Value> = { -readonly [Key in keyof Value]: Value[Key] };

// Copies are written out: every event makes one or two, a spread takes a hundred times as long, and so all have one shape.

/** A copy that may be changed. */
export function copyOfState(state: StudyState): Writable<StudyState> {
  return {
    study: state.study,
    trials: state.trials,
    running: state.running,
    waiting: state.waiting,
    best: state.best,
    counts: state.counts,
    epochs: state.epochs,
    samples: state.samples,
    startedAt: state.startedAt,
    finishedAt: state.finishedAt,
    finishReason: state.finishReason,
    stopped: state.stopped,
    lastSeq: state.lastSeq,
    lastTime: state.lastTime,
    paused: state.paused,
    deeds: state.deeds,
  };
}

/** A copy that may be changed. */
export function copyOfTrial(record: TrialRecord): Writable<TrialRecord> {
  return {
    number: record.number,
    state: record.state,
    hparams: record.hparams,
    reports: record.reports,
    value: record.value,
    values: record.values,
    bestEpoch: record.bestEpoch,
    metrics: record.metrics,
    origin: record.origin,
    slot: record.slot,
    stretches: record.stretches,
    epochs: record.epochs,
    samples: record.samples,
    seconds: record.seconds,
    stop: record.stop,
    startedAt: record.startedAt,
    finishedAt: record.finishedAt,
  };
}

type OfTrial = Extract<StudyEvent, { readonly trial: number }>;

function beginning(
  event: Extract<OfTrial, { type: 'trial-enqueued' | 'trial-started' }> & Stamp,
  enqueued: TrialOrigin | undefined,
): TrialRecord {
  return {
    number: event.trial,
    state: event.type === 'trial-enqueued' ? 'waiting' : 'running',
    hparams: event.hparams,
    reports: [],
    value: undefined,
    values: undefined,
    bestEpoch: undefined,
    metrics: undefined,
    origin: event.origin ?? enqueued,
    slot: event.type === 'trial-started' ? event.slot : undefined,
    stretches: undefined,
    epochs: 0,
    samples: 0,
    seconds: undefined,
    stop: undefined,
    startedAt: event.time,
    finishedAt: undefined,
  };
}

function foldTrial(
  state: Writable<StudyState>,
  trials: Map<number, TrialRecord>,
  event: Exclude<OfTrial, { type: 'trial-enqueued' | 'trial-started' }> & Stamp,
  keepsReports: boolean,
): void {
  const before = trials.get(event.trial);
  if (before === undefined) return;
  const record = copyOfTrial(before);
  switch (event.type) {
    case 'trial-reported':
      if (keepsReports) (record.reports as PlainReport[]).push(event.report);
      addReport(record, event.report, state.study);
      state.epochs += record.epochs - before.epochs;
      state.samples += record.samples - before.samples;
      break;
    case 'trial-paused':
      record.state = 'paused';
      record.stretches = rested(before, event.time);
      break;
    case 'trial-waits':
      record.state = 'waiting';
      break;
    case 'trial-resumed':
      record.state = 'running';
      record.slot = event.slot ?? record.slot;
      if (record.stretches !== undefined) {
        record.stretches = [...record.stretches, { from: event.time, slot: record.slot }];
      }
      break;
    case 'trial-finished':
      record.state = event.state;
      record.value = event.value;
      record.values = event.values ?? record.values;
      record.bestEpoch = event.bestEpoch;
      record.stop = event.stop;
      record.finishedAt = event.time;
      if (record.stretches !== undefined) record.stretches = rested(before, event.time);
      state.best = bestOf(state.best, record, state.study?.objective.direction);
  }
  setTrial(state, trials, record);
}

/** Puts a trial's new record in its place, and counts it where it now belongs. */
function setTrial(state: Writable<StudyState>, trials: Map<number, TrialRecord>, record: TrialRecord): void {
  const before = trials.get(record.number)?.state;
  trials.set(record.number, record);
  if (before === record.state) return;
  const moved = (numbers: readonly number[], of: TrialState) =>
    record.state === of
      ? [...numbers, record.number]
      : before === of
        ? numbers.filter(n => n !== record.number)
        : numbers;
  const { waiting, running, paused, complete, pruned, failed } = state.counts;
  const counts = { waiting, running, paused, complete, pruned, failed };
  counts[record.state] += 1;
  if (before !== undefined) counts[before] -= 1;
  state.counts = counts;
  state.running = moved(state.running, 'running');
  state.waiting = moved(state.waiting, 'waiting');
}

/** What still runs when the study ends, or its process has died, waits until the study goes on, before all others. */
function allWait(state: Writable<StudyState>, trials: Map<number, TrialRecord>, time: number): void {
  const { waiting, running } = state;
  if (running.length === 0) return;
  for (const number of running) {
    const record = copyOfTrial(trials.get(number) as TrialRecord);
    record.state = 'waiting';
    record.stretches = rested(record, time);
    setTrial(state, trials, record);
  }
  state.waiting = [...running, ...waiting];
}

/** The stretches of a trial that rests from now on: the last one gets its end, if it has none. */
function rested({ stretches, startedAt, slot }: TrialRecord, to: number): readonly Stretch[] {
  const [last, ...earlier] = [...(stretches ?? [{ from: startedAt, slot }])].reverse() as [Stretch, ...Stretch[]];
  return last.to === undefined ? [...earlier.reverse(), { ...last, to }] : (stretches ?? []);
}

function addReport(record: Writable<TrialRecord>, report: PlainReport, study: StudyInfo | undefined): void {
  record.epochs = report.epoch;
  record.samples = report.samples;
  record.seconds = report.seconds;
  if (record.value === undefined) record.metrics = report.metrics;
  if (study === undefined) return;
  const { objective, objectives } = study;
  const value = report.metrics[objective.metric];
  if (!isNumber(value)) return;
  // One fold after another: the last report is the mean over the most folds.
  if (report.fold === undefined && !isBetter(value, record.value, objective.direction)) return;
  record.value = value;
  record.bestEpoch = report.epoch;
  record.metrics = report.metrics;
  if (objectives !== undefined) record.values = objectives.map(({ metric }) => report.metrics[metric] as number);
}

function bestOf(best: Best | undefined, trial: TrialRecord, direction: Direction | undefined): Best | undefined {
  const { number, state, value, values, bestEpoch, hparams } = trial;
  if (state !== 'complete' || !isNumber(value)) return best;
  const first = value === best?.value && number < best.trial;
  if (!first && !isBetter(value, best?.value, direction)) return best;
  return { trial: number, value, epoch: bestEpoch ?? trial.epochs, hparams, ...(values && { values }) };
}

// A metric that was NaN arrives as null when the events went through JSON.
function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/** Whether a value is better than the best so far. */
export function isBetter(value: number, than: number | undefined, direction: Direction | undefined): boolean {
  if (than === undefined) return true;
  return direction === 'maximize' ? value > than : value < than;
}
