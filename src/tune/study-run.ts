import {
  asyncScheduler,
  concat,
  defer,
  EMPTY,
  identity,
  map,
  Observable,
  of,
  ReplaySubject,
  Subject,
  throwError,
} from 'rxjs';
import { random } from '../random.js';
import { answerCommand } from './answer-command.js';
import type { CheckedTuneOptions } from './check-tune-options.js';
import { openPoints } from './draw-point.js';
import type { HParams, StudyEvent, StudyStop, TrialOrigin, UnstampedEvent } from './events.js';
import { finishedEvent } from './finished-event.js';
import { type Judging, openJudging } from './judging.js';
import { openLedger } from './ledger.js';
import { mergeFreed } from './merge-freed.js';
import { stopRequests } from './stop-requests.js';
import type { StudyState, TrialRecord } from './study-state.js';
import { openStudyViews, type TrialEntry } from './study-views.js';
import { takeTurns } from './take-turns.js';
import { type Gate, runTrial, type TrialCommand } from './trial.js';
import type { TuneOptions } from './tune.js';

/** The events of a study from where its history ends: to be subscribed to once that is told. */
export function runStudy(options: TuneOptions<never>, checked: CheckedTuneOptions): Observable<StudyEvent> {
  const { space, objective, objectives, sampler, seed, history, lanes, survives, nan } = checked;
  return defer(() => {
    const clock = options.clock ?? (() => asyncScheduler.now());
    const ledger = openLedger(clock, history);
    const { count } = checked.sampling;
    const sampling = sampler.begin(checked.samplerContext);
    const points = openPoints({ space, sampling, seed, duplicates: checked.duplicates });
    const enter = openStudyViews(objective, { seed });
    const entries = new Map<number, TrialEntry>();
    const judgings = new Map<number, Judging>();
    const commands = new Map<number, Subject<TrialCommand>>();
    // Replayed to a trial that is just being started: whoever hears of its start may say so at once.
    const stopping$ = new ReplaySubject<'time' | 'interrupted'>(1);
    const nudge$ = new Subject<void>();
    const told$ = new Subject<UnstampedEvent>();
    let { limit, parallel } = checked;
    let stopped: 'time' | 'interrupted' | undefined;
    let stoppedBy: StudyStop | undefined;
    let failure: { readonly error: unknown } | undefined;
    let exhausted = false;
    let openedAt: number | undefined;

    recall(history);
    if (history.length > 0 && isOver()) return EMPTY;

    /** What happened before, in its order: to whom sampling owes it, and to the rules of the trials that go on, as they saw it then. */
    function recall(events: readonly StudyEvent[]): void {
      for (const { hparams } of ledger.state.trials.values()) points.note(hparams);
      for (const event of events) {
        if (!('trial' in event)) continue;
        const record = ledger.state.trials.get(event.trial) as TrialRecord;
        if (event.type === 'trial-started') entryOf(event.trial);
        const entry = entries.get(event.trial);
        if (event.type === 'trial-reported') {
          if (!hasEnded(record)) judgingOf(record).recall(event.report);
          entry?.report(event.report);
        }
        if (event.type === 'trial-finished') entry?.finish(event.state);
      }
    }

    /** Whether a study that ended has nothing left to do. */
    function isOver(): boolean {
      const { finishReason, running, waiting, counts, trials } = ledger.state;
      const ended = finishReason === 'trials' || finishReason === 'exhausted';
      return (
        ended && running.length + waiting.length + counts.paused === 0 && trials.size >= Math.min(limit, count ?? limit)
      );
    }

    function entryOf(number: number): TrialEntry {
      const entry = entries.get(number) ?? enter(number);
      entries.set(number, entry);
      return entry;
    }
    function contextOf({ number, hparams }: Pick<TrialRecord, 'number' | 'hparams'>) {
      return { trial: number, seed: random(seed, 'trial', number).int(0, 2 ** 31 - 1), hparams: { ...hparams } };
    }
    function judgingOf(trial: Pick<TrialRecord, 'number' | 'hparams'>): Judging {
      const { number } = trial;
      const { earlyStopping = () => identity } = options;
      const judging =
        judgings.get(number) ?? openJudging(() => earlyStopping({ ...contextOf(trial), study: entryOf(number).view }));
      judgings.set(number, judging);
      return judging;
    }

    const stop = (reason: 'time' | 'interrupted') => {
      stopped ??= reason;
      stopping$.next(stopped);
      nudge$.next();
    };

    const nextTrial = (slot: number, gate?: Gate): Observable<UnstampedEvent> | 'later' | undefined => {
      if (stopped !== undefined) return undefined;
      const { state } = ledger;
      if (state.paused) return 'later';
      const waiting = waitingFor(slot);
      if (waiting !== undefined) return goOn(waiting, slot, gate);
      if (!exhausted && state.trials.size < limit) {
        const number = state.trials.size;
        const drawn = attempt(() => points.draw(number, state.trials));
        if ('error' in drawn || drawn.value !== undefined) return begin(number, drawn, slot, gate);
        exhausted = true;
      }
      return state.counts.paused > 0 ? 'later' : undefined;
    };
    /** In turns a trial keeps its place. */
    const waitingFor = (slot: number): TrialRecord | undefined => {
      const { waiting, trials } = ledger.state;
      const own = lanes === undefined ? undefined : waiting.find(number => trials.get(number)?.slot === slot);
      return trials.get(own ?? waiting[0] ?? -1);
    };
    const begin = (
      number: number,
      drawn: { readonly value?: HParams | undefined; readonly error?: unknown },
      slot: number,
      gate: Gate | undefined,
    ) => {
      // Nobody's own: neither the sampler nor the objective nor a rule alters what the record says.
      const hparams = Object.freeze({ ...drawn.value });
      points.note(hparams);
      return run(number, hparams, { type: 'trial-started', trial: number, hparams, slot }, gate, () => {
        if ('error' in drawn) throw drawn.error;
      });
    };
    const goOn = (
      { number, hparams, epochs, origin, slot: before }: TrialRecord,
      slot: number,
      gate: Gate | undefined,
    ) =>
      run(
        number,
        hparams,
        before !== undefined
          ? { type: 'trial-resumed', trial: number, epoch: epochs, slot }
          : { type: 'trial-started', trial: number, hparams, ...(origin && { origin }), slot },
        gate,
      );

    const run = (
      number: number,
      hparams: HParams,
      first: UnstampedEvent,
      gate: Gate | undefined,
      check: () => void = () => {},
    ): Observable<UnstampedEvent> => {
      const pending: PromiseLike<unknown>[] = [];
      const { reports: before = [], value: best } = ledger.state.trials.get(number) ?? {};
      const last = before.at(-1);
      const upTo = last?.epoch ?? 0;
      const entry = entryOf(number);
      entry.finish('running');
      const commands$ = new ReplaySubject<TrialCommand>();
      commands.set(number, commands$);
      return runTrial({
        number,
        begin: first,
        metrics: objectives.map(({ metric }) => metric),
        entry,
        before: [...before],
        open: ahead => {
          check();
          const waitFor = (teardown: PromiseLike<unknown>) => void pending.push(teardown);
          const recorded = { upTo, ...(best !== undefined && { best }), ...(last && { last }) };
          const checkpoint = options.checkpoint && { ...options.checkpoint, trial: number, ...recorded };
          return options.objective(space.substitute(hparams) as never, {
            ...contextOf({ number, hparams }),
            waitFor,
            ahead,
            ...(checkpoint && { checkpoint }),
          });
        },
        pending: () => pending,
        judging: () => judgingOf({ number, hparams }),
        stopping$,
        survives,
        commands$,
        nan,
        gate,
        record: () => ledger.state.trials.get(number),
        clock,
      });
    };

    const enqueue = (given: HParams, origin: TrialOrigin, meant?: HParams): number => {
      const { trials } = ledger.state;
      const number = trials.size;
      const hparams = Object.freeze({ ...points.complete(number, given, trials, meant) });
      points.note(hparams);
      told$.next({ type: 'trial-enqueued', trial: number, hparams, origin });
      if (number < limit) return number;
      limit = number + 1;
      told$.next({ type: 'study-changed', trials: limit, by: 'enqueue' });
      return number;
    };
    const takeCommands = () =>
      options.control?.listen((command, by) => {
        const answer = answerCommand(command, by, {
          state: () => ledger.state,
          tell: event => told$.next(event),
          toTrial: (number, wish) => commands.get(number)?.next(wish),
          finish: (record, stop) => {
            entries.get(record.number)?.finish(stop.outcome);
            told$.next(finishedEvent(record.number, record, stop, record.reports.at(-1)?.seconds ?? 0));
          },
          enqueue,
          setTrials: trials => {
            limit = trials;
          },
          setParallel: wanted => {
            parallel = wanted;
            options.resize?.(wanted);
          },
          stop: wish => {
            if (stopped === undefined) stoppedBy = wish;
            stop('interrupted');
          },
        });
        nudge$.next();
        return answer;
      });

    const trials$ = new Observable<UnstampedEvent>(subscriber => {
      subscriber.add(
        stopRequests(options).subscribe({
          next: stop,
          error: error => {
            failure = { error };
            stop('interrupted');
          },
        }),
      );
      const feed = { parallel: () => parallel, nudge$ };
      const merged$ =
        lanes === undefined
          ? mergeFreed({ ...feed, next: nextTrial })
          : takeTurns({ ...feed, next: nextTrial, lanes, ...turnsBefore(history, ledger.state, lanes) });
      subscriber.add(takeCommands());
      subscriber.add(merged$.subscribe(subscriber));
    });

    const opening$ = defer(() => {
      const { note } = sampling;
      const study = { ...checked.study, ...(note !== undefined && { samplerNote: note }) };
      return of<UnstampedEvent>({ type: history.length === 0 ? 'study-started' : 'study-resumed', study });
    });
    const startingPoints$ = new Observable<UnstampedEvent>(subscriber => {
      const forwarded = told$.subscribe(event => subscriber.next(event));
      // Those that the history does not have yet.
      for (const point of options.enqueue?.slice(ledger.state.trials.size) ?? []) enqueue(point, { kind: 'enqueued' });
      forwarded.unsubscribe();
      subscriber.complete();
    });
    const finished$ = defer(() => {
      const { best, counts, samples, trials } = ledger.state;
      const all = trials.size >= limit;
      const reason = stopped ?? (exhausted && !all ? 'exhausted' : 'trials');
      return of<UnstampedEvent>({
        type: 'study-finished',
        reason,
        ...(stoppedBy && { stopped: stoppedBy }),
        best,
        counts: { ...counts, running: 0, waiting: counts.waiting + counts.running },
        seconds: secondsOf(history) + (clock() - (openedAt ?? 0)) / 1000,
        samples,
      });
    });
    const failed$ = defer(() => (failure === undefined ? EMPTY : throwError(() => failure?.error)));

    const running$ = new Observable<UnstampedEvent>(subscriber => {
      subscriber.add(told$.subscribe(event => subscriber.next(event)));
      subscriber.add(trials$.subscribe(subscriber));
    });
    return concat(opening$, startingPoints$, running$, finished$, failed$).pipe(
      map(event => {
        const stamped = ledger.stamp(event);
        openedAt ??= stamped.time;
        return stamped;
      }),
    );
  });
}

function hasEnded({ state }: TrialRecord): boolean {
  return state === 'complete' || state === 'pruned' || state === 'failed';
}

/** Seconds that a study has taken so far, those between its death and its resurrection left out. */
function secondsOf(history: readonly StudyEvent[]): number {
  let seconds = 0;
  let from: number | undefined;
  let last = 0;
  for (const { type, time } of history) {
    if (type === 'study-started' || type === 'study-resumed') {
      if (from !== undefined) seconds += (last - from) / 1000;
      from = time;
    }
    last = time;
  }
  return from === undefined ? 0 : seconds + (last - from) / 1000;
}

/** Who was heard last when the history ended, and who had a place then. */
function turnsBefore(history: readonly StudyEvent[], { trials, waiting }: StudyState, lanes: number) {
  const heard = history.findLast(({ type }) =>
    ['trial-started', 'trial-reported', 'trial-finished', 'trial-paused'].includes(type),
  );
  const reopened = waiting.flatMap(trial => trials.get(trial)?.slot ?? []).filter(slot => slot < lanes);
  const last = heard !== undefined && 'trial' in heard ? trials.get(heard.trial)?.slot : undefined;
  return { reopened, last: last === undefined ? undefined : last % lanes };
}

function attempt<T>(f: () => T): { readonly value: T } | { readonly error: unknown } {
  try {
    return { value: f() };
  } catch (error) {
    return { error };
  }
}
