import { asyncScheduler, type Observable, Subject } from 'rxjs';
import type { Rule, StudyView } from '../early-stopping/study-view.js';
import { InputError } from '../errors.js';
import { checkOptions } from '../option-names.js';
import { random } from '../random.js';
import type { Metrics, StopDecision } from '../train/report.js';
import { type CheckedTuneOptions, checkTuneOptions } from './check-tune-options.js';
import { openPoints } from './draw-point.js';
import type { Best, HParams, PlainReport, StudyEvent, UnstampedEvent } from './events.js';
import { finishedEvent } from './finished-event.js';
import { openJudging } from './judging.js';
import { openLedger } from './ledger.js';
import { plainReport } from './plain-report.js';
import type { StudyState, TrialRecord } from './study-state.js';
import { openStudyViews } from './study-views.js';
import { checkMetrics, resultOf, type TrialResult } from './trial-result.js';
import { concluded } from './trial-stops.js';
import type { SpaceValue, TrialContext, TuneOptions } from './tune.js';
import { studyOptionNames } from './tune-option-names.js';

/** A study whose trials somebody else runs; the options are those of `tune`. */
export type StudyOptions<Space> = Omit<
  TuneOptions<Space>,
  | 'objective'
  | 'parallel'
  | 'deterministic'
  | 'survives'
  | 'checkpoint'
  | 'resize'
  | 'control'
  | 'time'
  | 'stop$'
  | 'signal'
>;

/** A trial to run. */
export interface AskedTrial<Value> extends TrialContext {
  readonly number: number;
  /** The template with the point put in. */
  readonly value: Value;
  /**
   * Tells what it has come to meanwhile; the answer is the decision of the early-stopping rule, after which it should end: it is told
   * finished already.
   *
   * @param epoch from 1; the one after the last unless stated
   */
  report(metrics: Metrics, epoch?: number): StopDecision | undefined;
}

/** A study to ask for trials and to tell of their ends. */
export interface AskTellStudy<Value> {
  /**
   * A trial with a new point; any number may be open at a time.
   *
   * @throws InputError when the sampler has no more points, or all `trials` were asked for.
   */
  ask(): AskedTrial<Value>;
  /**
   * A trial that is open, by its number: after a restart from `history`, those that were open are.
   *
   * @throws InputError for one that is not.
   */
  trial(number: number): AskedTrial<Value>;
  /**
   * A trial has ended. Metrics are reported as its last epoch, unless `report` has told that already.
   *
   * @throws InputError for a trial that is not running, and when nothing says its value.
   */
  tell(trial: number, result: TrialResult): TrialRecord;
  /** Points to be asked for first; what one leaves out is drawn. */
  enqueue(hparams: HParams): number;
  readonly state: StudyState;
  readonly best: Best | undefined;
  /** Every event from now on: a journal, a live page or a terminal may listen. */
  readonly events$: Observable<StudyEvent>;
  /** Those until now. */
  readonly events: readonly StudyEvent[];
  /** Ends the study: nothing more can be asked. */
  finish(): StudyState;
}

/**
 * A study that is asked for trials and told of their ends, for objectives that cannot be called: experiments in a laboratory, programs
 * elsewhere.
 *
 * @throws InputError for options that are unknown or wrong.
 * @example
 * const study = createStudy({ space: { x: float(-5, 5) }, sampler: tpe({ seed: 0 }), minimize: 'loss' });
 * for (let i = 0; i < 50; i++) {
 *   const trial = study.ask();
 *   study.tell(trial.number, { loss: (trial.value.x - 2) ** 2 });
 * }
 */
export function createStudy<const Space>(options: StudyOptions<Space>): AskTellStudy<SpaceValue<Space>> {
  checkOptions('createStudy', options, studyOptionNames);
  const checked = checkTuneOptions({ ...options, objective: () => [] } as TuneOptions<Space>, false);
  return openStudy(options as unknown as StudyOptions<never>, checked);
}

function openStudy<Value>(options: StudyOptions<never>, checked: CheckedTuneOptions): AskTellStudy<Value> {
  const { space, objective, objectives, sampling, seed, history, limit, nan, duplicates } = checked;
  const metricNames = objectives.map(({ metric }) => metric);
  const clock = options.clock ?? (() => asyncScheduler.now());
  const startedAt = clock();
  const ledger = openLedger(clock, history);
  const points = openPoints({ space, sampling, seed, duplicates });
  const enter = openStudyViews(objective, { seed });
  const events: StudyEvent[] = [...history];
  const events$ = new Subject<StudyEvent>();
  const untold: StudyEvent[] = [];
  let telling = false;
  let finished = false;

  // Who asks or tells while hearing an event causes more events: they wait until everyone has heard this one.
  const emit = (event: UnstampedEvent): void => {
    const stamped = ledger.stamp(event);
    events.push(stamped);
    untold.push(stamped);
    if (telling) return;
    telling = true;
    for (let next = untold.shift(); next !== undefined; next = untold.shift()) events$.next(next);
    telling = false;
    if (finished) events$.complete();
  };
  const recordOf = (number: number): TrialRecord => {
    const record = ledger.state.trials.get(number);
    if (record !== undefined) return record;
    throw new InputError(`tell: there is no trial ${number}; ${ledger.state.trials.size} were asked for`);
  };
  const open = new Map<number, ReturnType<typeof openTrial>>();

  function openTrial(number: number, hparams: HParams) {
    const context: TrialContext = {
      trial: number,
      seed: random(seed, 'trial', number).int(0, 2 ** 31 - 1),
      hparams: { ...hparams },
    };
    const entry = enter(number);
    const { earlyStopping } = options;
    const rule = (study: StudyView): Rule => earlyStopping?.({ ...context, study }) ?? (reports$ => reports$);
    const judging = openJudging(() => rule(entry.view));
    const elapsed = () => (clock() - recordOf(number).startedAt) / 1000;
    let stop: StopDecision | undefined;
    judging.decided(decision => {
      stop = decision;
    });
    const report = (metrics: Metrics, epoch?: number): void => {
      const { epochs } = recordOf(number);
      const at = epoch ?? epochs + 1;
      if (!Number.isSafeInteger(at) || at <= epochs) {
        throw new InputError(`report: expected an epoch after ${epochs} for trial ${number}, got ${at}`);
      }
      checkMetrics(metrics, metricNames, epochs === 0);
      const plain = plainReport({ epoch: at, step: at, samples: 0, seconds: elapsed(), metrics });
      emit({ type: 'trial-reported', trial: number, report: plain });
      judging.hear(plain);
      entry.report(plain);
    };
    const end = (decision: StopDecision): TrialRecord => {
      const record = recordOf(number);
      const conclusion = concluded(decision, record, { metrics: metricNames, nan });
      open.delete(number);
      judging.unsubscribe();
      entry.finish(conclusion.outcome);
      emit(finishedEvent(number, record, conclusion, elapsed()));
      return recordOf(number);
    };
    /** What it reported before this process began. */
    const recall = (reports: readonly PlainReport[]) => {
      for (const each of reports) {
        judging.recall(each);
        entry.report(each);
      }
    };
    return { context, report, end, recall, decision: () => stop };
  }
  const requireUnfinished = (what: string) => {
    if (finished) throw new InputError(`${what}: the study is finished`);
  };
  const asked = (number: number, trial: ReturnType<typeof openTrial>): AskedTrial<Value> => ({
    ...trial.context,
    number,
    value: space.substitute(trial.context.hparams) as Value,
    report(metrics, epoch) {
      requireUnfinished('report');
      if (!open.has(number)) throw new InputError(`report: trial ${number} has ended`);
      trial.report(metrics, epoch);
      const stop = trial.decision();
      if (stop !== undefined) trial.end(stop);
      return stop;
    },
  });

  const enqueue = (given: HParams): number => {
    const number = ledger.state.trials.size;
    const hparams = Object.freeze({ ...points.complete(number, given, ledger.state.trials) });
    points.note(hparams);
    emit({ type: 'trial-enqueued', trial: number, hparams, origin: { kind: 'enqueued' } });
    return number;
  };

  if (history.length === 0) emit({ type: 'study-started', study: checked.study });
  else {
    emit({ type: 'study-resumed', study: checked.study });
    recall();
  }
  for (const point of options.enqueue?.slice(ledger.state.trials.size) ?? []) enqueue(point);

  /** Trials that were open are open again: whoever ran them may still tell of them. */
  function recall(): void {
    for (const { number, hparams, state, reports, slot } of ledger.state.trials.values()) {
      points.note(hparams);
      if (slot === undefined) continue;
      if (state === 'waiting' || state === 'paused') {
        emit({ type: 'trial-resumed', trial: number, epoch: reports.at(-1)?.epoch ?? 0, slot });
        const trial = openTrial(number, hparams);
        trial.recall(reports);
        open.set(number, trial);
        continue;
      }
      const entry = enter(number);
      for (const report of reports) entry.report(report);
      entry.finish(state);
    }
  }

  return {
    ask() {
      requireUnfinished('ask');
      const { trials, waiting } = ledger.state;
      const queued = waiting[0];
      const number = queued ?? trials.size;
      if (queued === undefined && number >= limit) throw new InputError(`ask: all ${limit} trials were asked for`);
      const hparams = queued === undefined ? points.draw(number, trials) : (trials.get(queued) as TrialRecord).hparams;
      if (hparams === undefined) throw new InputError('ask: the sampler has no more points');
      points.note(hparams);
      const origin = trials.get(number)?.origin;
      const slot = open.size;
      // Open before anybody hears of it, who may tell of it then.
      const trial = openTrial(number, hparams);
      open.set(number, trial);
      emit({
        type: 'trial-started',
        trial: number,
        hparams: Object.freeze({ ...hparams }),
        ...(origin && { origin }),
        slot,
      });
      return asked(number, trial);
    },
    trial(number) {
      const { state } = recordOf(number);
      const trial = open.get(number);
      if (trial === undefined) throw new InputError(`trial: trial ${number} is ${state}, and not open`);
      return asked(number, trial);
    },
    tell(number, result) {
      requireUnfinished('tell');
      const { state, epochs } = recordOf(number);
      const trial = open.get(number);
      if (trial === undefined) {
        const why = state === 'waiting' ? 'so it has not been asked for yet' : 'so it has been told already';
        throw new InputError(`tell: trial ${number} is ${state}, ${why}`);
      }
      const { metrics, outcome, reason } = resultOf(result);
      if (metrics !== undefined && Object.keys(metrics).length > 0) trial.report(metrics);
      const epoch = recordOf(number).epochs;
      if (outcome === 'complete' && epoch === 0) {
        throw new InputError(
          `tell: nothing says the value of trial ${number}; expected metrics such as { ${objective.metric}: 0.3 }`,
        );
      }
      const told = outcome === 'complete' ? 'epochs' : 'user';
      return trial.end({
        by: told,
        reason: reason ?? `told ${outcome} after epoch ${epochs === epoch ? epochs : epoch}`,
        outcome,
        epoch,
      });
    },
    enqueue,
    get state() {
      return ledger.state;
    },
    get best() {
      return ledger.state.best;
    },
    events$: events$.asObservable(),
    events,
    finish() {
      if (finished) return ledger.state;
      finished = true;
      const { best, counts, samples } = ledger.state;
      const seconds = (clock() - startedAt) / 1000;
      emit({
        type: 'study-finished',
        reason: 'trials',
        best,
        counts: { ...counts, running: 0, waiting: counts.waiting + counts.running },
        seconds,
        samples,
      });
      return ledger.state;
    },
  };
}
