import { Subject } from 'rxjs';
import { better } from '../early-stopping/direction.js';
import { stopAtDecision } from '../early-stopping/rule.js';
import type { Rule, StudyView } from '../early-stopping/study-view.js';
import { trialValue } from '../early-stopping/trial-value.js';
import { annotating } from '../early-stopping/user-rule.js';
import { InputError } from '../errors.js';
import type { Report, StopDecision } from '../train/report.js';
import type { HParams, Objective, PlainReport, StudyEvent, TrialState } from './events.js';
import { foldEvent } from './fold-event.js';
import { emptyStudy, type StudyState, type TrialRecord } from './study-state.js';
import { openStudyViews, type TrialEntry } from './study-views.js';

/** A trial that the rules would have stopped. */
export interface ReplayedStop {
  readonly trial: number;
  readonly stop: StopDecision;
  /** Recorded epochs and training rows after the stop. */
  readonly epochs: number;
  readonly samples: number;
}

/** How much of something the record has, and how much of that the rules would have spent and saved. */
export interface Spending {
  readonly recorded: number;
  readonly spent: number;
  readonly saved: number;
}

/** What other rules would have made of a study. */
export interface RuleReplay {
  /** Trials with at least one report. */
  readonly trials: number;
  /** In the order in which they would have been stopped. */
  readonly stopped: readonly ReplayedStop[];
  readonly epochs: Spending;
  readonly samples: Spending;
  /**
   * The best complete trial of the record; absent if there is none. `lost`: by the decision `stop` it would not have been complete, or
   * not have reached its value. `remaining` is the value that it would have had, absent if none.
   */
  readonly best?:
    | {
        readonly trial: number;
        readonly value: number;
        readonly lost: boolean;
        readonly remaining?: number | undefined;
        readonly stop?: StopDecision | undefined;
      }
    | undefined;
  /** The best trial that would have been left: its value then, and its rank, from 1, among the complete trials of the record; absent if none. */
  readonly after?: { readonly trial: number; readonly value: number; readonly rank: number } | undefined;
  /** Trials that ended early in the record, and that these rules would have let go on: what would have become of them is not known. */
  readonly unknown: readonly number[];
}

/** Makes the rules for one of the recorded trials. */
export type ReplayedRule = (context: {
  readonly trial: number;
  readonly hparams: HParams;
  readonly study: StudyView;
}) => Rule;

/** One trial as it would have gone. */
interface Replayed {
  readonly entry: TrialEntry;
  readonly reports$: Subject<Report>;
  readonly seen: PlainReport[];
  stop?: StopDecision | undefined;
  failure?: { readonly error: unknown } | undefined;
}

/**
 * The recorded learning curves of a study under other rules: each is asked about every report in the order in which they were
 * recorded, and sees the other trials as they would have stood by then. Trials that would have been started in the time saved
 * are not made up.
 *
 * @param record the study's events; or its state, in which case the order of reports is that of their times
 * @throws InputError for a record without a study, and for rules that ask for a metric that it does not have.
 * @example replayRules(events, ({ study }) => median(study, { warmup: 5 })).best?.lost
 */
export function replayRules(
  record: StudyState | Iterable<StudyEvent>,
  rule: ReplayedRule,
  options: { /** The study's seed, for rules that draw lots; default 0. */ readonly seed?: number | undefined } = {},
): RuleReplay {
  const { state, moments } = Symbol.iterator in record ? ofEvents(record) : ofState(record);
  const objective = state.study?.objective;
  if (objective === undefined) throw new InputError('replayRules: the record does not begin with `study-started`');
  const enter = openStudyViews(objective, options);
  const trials = new Map<number, Replayed>();
  const stopped: { readonly trial: number; readonly stop: StopDecision }[] = [];

  const start = (trial: number): Replayed => {
    const entry = enter(trial);
    const replayed: Replayed = { entry, reports$: new Subject(), seen: [] };
    trials.set(trial, replayed);
    const { hparams } = state.trials.get(trial) as TrialRecord;
    const annotate = annotating(rule({ trial, hparams, study: entry.view }));
    replayed.reports$.pipe(annotate, stopAtDecision()).subscribe({
      next: ({ stop }) => {
        replayed.stop = stop;
      },
      error: error => {
        replayed.failure = { error };
      },
    });
    return replayed;
  };
  const tell = (replayed: Replayed, trial: number, report: PlainReport): void => {
    replayed.reports$.next(report);
    if (replayed.failure !== undefined) throw replayed.failure.error;
    replayed.entry.report(report);
    replayed.seen.push(report);
    if (replayed.stop === undefined) return;
    stopped.push({ trial, stop: replayed.stop });
    replayed.entry.finish(replayed.stop.outcome);
  };

  for (const { trial, report, finished } of moments) {
    const replayed = trials.get(trial) ?? start(trial);
    if (replayed.stop !== undefined) continue;
    if (report !== undefined) tell(replayed, trial, report);
    if (finished !== undefined) replayed.entry.finish(finished);
  }
  return summary(state, objective, trials, stopped);
}

/** Something that the record says of a trial; its beginning when there is nothing else. */
interface Moment {
  readonly trial: number;
  readonly report?: PlainReport | undefined;
  readonly finished?: TrialState | undefined;
}

function ofEvents(events: Iterable<StudyEvent>): { readonly state: StudyState; readonly moments: readonly Moment[] } {
  let state = emptyStudy;
  const moments: Moment[] = [];
  for (const event of events) {
    if (event.type !== 'study-started' && event.seq <= state.lastSeq) continue;
    state = foldEvent(state, event);
    if (event.type === 'trial-started') moments.push({ trial: event.trial });
    if (event.type === 'trial-reported') moments.push({ trial: event.trial, report: event.report });
    if (event.type === 'trial-finished') moments.push({ trial: event.trial, finished: event.state });
  }
  return { state, moments };
}

function ofState(state: StudyState): { readonly state: StudyState; readonly moments: readonly Moment[] } {
  const timed = [...state.trials.values()].flatMap(({ number: trial, state: end, reports, startedAt, finishedAt }) => {
    // A trial that was paused reported later than its own seconds say, but never after its end.
    const last = finishedAt ?? Number.POSITIVE_INFINITY;
    return [
      { time: startedAt, moment: { trial } },
      ...reports.map(report => ({
        time: Math.min(startedAt + 1000 * report.seconds, last),
        moment: { trial, report },
      })),
      ...(finishedAt === undefined ? [] : [{ time: finishedAt, moment: { trial, finished: end } }]),
    ];
  });
  // The sort is stable, so what a trial did at the same time stays in order.
  const moments = timed.toSorted((a, b) => a.time - b.time).map(({ moment }) => moment);
  return { state, moments };
}

function summary(
  { trials: records, best }: StudyState,
  objective: Objective,
  trials: ReadonlyMap<number, Replayed>,
  stops: readonly { readonly trial: number; readonly stop: StopDecision }[],
): RuleReplay {
  const reported = [...records.values()].filter(({ reports }) => reports.length > 0);
  const spending = (of: (reports: readonly PlainReport[]) => number): Spending => {
    const recorded = reported.reduce((sum, { reports }) => sum + of(reports), 0);
    const spent = [...trials.values()].reduce((sum, { seen }) => sum + of(seen), 0);
    return { recorded, spent, saved: recorded - spent };
  };
  const stopped = stops.map(({ trial, stop }): ReplayedStop => {
    const all = (records.get(trial) as TrialRecord).reports;
    const { seen } = trials.get(trial) as Replayed;
    return { trial, stop, epochs: epochsOf(all) - epochsOf(seen), samples: samplesOf(all) - samplesOf(seen) };
  });
  return {
    trials: reported.length,
    stopped,
    epochs: spending(epochsOf),
    samples: spending(samplesOf),
    best: best && leftOf(best, objective, trials.get(best.trial)),
    after: bestAfter(reported, objective, trials),
    unknown: reported
      .filter(({ number, stop: ended }) => trials.get(number)?.stop === undefined && endedEarly(ended))
      .map(({ number }) => number),
  };
}

/** What the rules would have left of the best trial. */
function leftOf(
  { trial, value }: { readonly trial: number; readonly value: number },
  objective: Objective,
  replayed: Replayed | undefined,
): RuleReplay['best'] {
  const stop = replayed?.stop;
  if (replayed === undefined || stop === undefined) return { trial, value, lost: false, remaining: value };
  const remaining = trialValue(replayed.seen, objective);
  const short = remaining === undefined || better(value, remaining, objective.direction);
  return { trial, value, lost: short || stop.outcome !== 'complete', remaining, stop };
}

function bestAfter(
  reported: readonly TrialRecord[],
  objective: Objective,
  trials: ReadonlyMap<number, Replayed>,
): RuleReplay['after'] {
  let after: { readonly trial: number; readonly value: number } | undefined;
  for (const { number, state } of reported) {
    const { stop, seen } = trials.get(number) as Replayed;
    const value = (stop?.outcome ?? state) === 'complete' ? trialValue(seen, objective) : undefined;
    if (value === undefined) continue;
    if (after === undefined || better(value, after.value, objective.direction)) after = { trial: number, value };
  }
  if (after === undefined) return undefined;
  const { value: than = after.value } = reported.find(({ number }) => number === after?.trial) ?? {};
  const ahead = reported.filter(
    ({ state, value }) => state === 'complete' && value !== undefined && better(value, than, objective.direction),
  );
  return { ...after, rank: ahead.length + 1 };
}

const epochsOf = (reports: readonly PlainReport[]) => reports.at(-1)?.epoch ?? 0;
const samplesOf = (reports: readonly PlainReport[]) => reports.at(-1)?.samples ?? 0;

/** Whether a trial could have gone on. */
function endedEarly(stop: StopDecision | undefined): boolean {
  return stop !== undefined && stop.by !== 'epochs' && stop.by !== 'error';
}
