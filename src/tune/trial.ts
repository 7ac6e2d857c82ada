import { EMPTY, Observable, Subject, takeUntil } from 'rxjs';
import type { NanPolicy } from '../early-stopping/nan.js';
import type { Report, StopDecision } from '../train/report.js';
import { checkEpoch, checkReport } from './check-report.js';
import { completeReports } from './complete-reports.js';
import type { PlainReport, UnstampedEvent } from './events.js';
import { finishedEvent } from './finished-event.js';
import type { Judging } from './judging.js';
import type { ObjectiveResult } from './objective-result.js';
import { plainReport } from './plain-report.js';
import type { TrialRecord } from './study-state.js';
import type { TrialEntry } from './study-views.js';
import { concluded, cutShort, failure, ranToItsEnd, withRestored } from './trial-stops.js';
import { watchedTraining } from './watched-training.js';

/** What somebody wants of a running trial: an end, or that it gives its place away for a while. */
export type TrialCommand = { readonly stop: StopDecision } | { readonly pause: string };

/** When a trial may compute and be heard, where that is not whenever it likes. */
export interface Gate {
  /** Calls `open` when the trial may begin to compute. */
  enter(open: () => void): void;
  /**
   * Calls `hear` when it is the trial's turn: it says whether the trial goes on. `release` lets the training, which keeps still
   * meanwhile, go on when it may.
   */
  pass(hear: () => boolean, release?: () => void): void;
}

/** A trial that is about to run. */
export interface TrialPlan {
  readonly number: number;
  /** Its first event. */
  readonly begin: UnstampedEvent;
  /** Those of the objectives, the first one's first. */
  readonly metrics: readonly string[];
  readonly entry: TrialEntry;
  /** What it reported before it was paused or its process ended; its training may tell that again, or go on after some of it. */
  readonly before: readonly PlainReport[];
  /** Starts the training, which may go `ahead` while a report of it is heard if nobody asks for the weights behind it; may throw. */
  open(ahead: boolean): ObjectiveResult;
  /** What the training's teardown has left going on; asked when it has returned. */
  pending(): readonly PromiseLike<unknown>[];
  /** Its early-stopping rule, which has heard what the trial reported before; opened when this is first asked. */
  judging(): Judging;
  /** Emits when the whole study stops. */
  readonly stopping$: Observable<'time' | 'interrupted'>;
  /** Whether the end of the study only pauses it, to go on when the study does. */
  readonly survives: boolean;
  readonly commands$: Observable<TrialCommand>;
  readonly nan: NanPolicy;
  readonly gate?: Gate | undefined;
  /** What the events emitted so far say of this trial. */
  record(): TrialRecord | undefined;
  /** Milliseconds since 1970. */
  clock(): number;
}

const AT_ONCE: Gate = {
  enter: open => open(),
  pass(hear, release) {
    hear();
    release?.();
  },
};

/**
 * One trial as events: `trial-started` or `trial-resumed`; `trial-reported` for every report as soon as it is there, before the rule is
 * asked, which may hold reports back, swallow them or never complete; `trial-finished` or `trial-paused` once the training is torn down
 * and nothing of that is pending. Whatever throws, fails this trial only.
 */
export function runTrial(plan: TrialPlan): Observable<UnstampedEvent> {
  return new Observable<UnstampedEvent>(subscriber => {
    const { number: trial, metrics, entry, gate = AT_ONCE } = plan;
    const startedAt = plan.clock();
    const ended$ = new Subject<void>();
    let judging: Judging | undefined;
    let last: PlainReport | undefined = plan.before.at(-1);
    const known = last?.epoch ?? 0;
    let unseen: PlainReport | undefined;
    let stop: StopDecision | undefined;
    let pausedBy: string | undefined;
    let studyOver = false;
    let stopping = false;
    let tornDown = false;
    let leak: { readonly error: unknown } | undefined;

    const elapsed = () => secondsBefore(plan.before) + (plan.clock() - startedAt) / 1000;
    const over = () => stop !== undefined || pausedBy !== undefined;
    const leaked = (error: unknown) => {
      leak ??= { error };
    };
    const attempt = (teardown: () => void) => {
      try {
        teardown();
      } catch (error) {
        leaked(error);
      }
    };

    const show = () => {
      if (unseen !== undefined) entry.report(unseen);
      unseen = undefined;
    };
    const finishWhenTornDown = () => {
      if (!over() || stopping || !tornDown) return;
      show();
      if (stop === undefined && leak === undefined) {
        entry.finish('paused');
        // What the end of the study says of all trials that still run need not be said of each.
        if (!studyOver)
          subscriber.next({ type: 'trial-paused', trial, epoch: last?.epoch ?? 0, by: pausedBy as string });
        return subscriber.complete();
      }
      const record = plan.record() ?? {};
      const conclusion =
        leak === undefined
          ? concluded(stop as StopDecision, record, { metrics, nan: plan.nan })
          : failure(leak.error, last, 'while it was torn down');
      entry.finish(conclusion.outcome);
      subscriber.next(finishedEvent(trial, record, conclusion, elapsed()));
      subscriber.complete();
    };
    const tearDown = () => {
      stopping = true;
      if (stop !== undefined) attempt(() => judging?.unsubscribe());
      else judging?.restores.leave();
      ended$.next();
      stopping = false;
      finishWhenTornDown();
    };
    const end = (decision: StopDecision) => {
      if (over()) return;
      stop = withRestored(decision, judging?.restores.epoch());
      tearDown();
    };
    const pause = (by: string) => {
      if (over()) return;
      pausedBy = by;
      tearDown();
    };

    const hear = (report: Report): boolean => {
      if (over()) return false;
      try {
        checkReport(report, metrics, last === undefined && report?.within === undefined);
        if (report.within === undefined) checkEpoch(report.epoch, last?.epoch ?? 0);
      } catch (error) {
        end(failure(error, last));
        return false;
      }
      if (report.within !== undefined) {
        judging?.hear(report);
        return !over();
      }
      last = plainReport(report);
      unseen = last;
      subscriber.next({ type: 'trial-reported', trial, report: last });
      // Nobody listens any more if whoever heard that has stopped the study.
      judging?.hear(report);
      show();
      return !over();
    };
    const receive = (report: Report) => {
      // A training that goes on from before the last report tells some of them again.
      const epoch = report?.within === undefined ? report?.epoch : report.epoch + 1;
      if (over() || (plan.before.length > 0 && epoch <= known)) return;
      gate.pass(() => hear(report), gate === AT_ONCE ? undefined : report?.model?.hold());
    };

    subscriber.next(plan.begin);
    subscriber.add(
      plan.stopping$.subscribe(by => {
        if (!plan.survives) return end(cutShort(by, last));
        studyOver = true;
        pause(by);
      }),
    );
    subscriber.add(plan.commands$.subscribe(command => ('stop' in command ? end(command.stop) : pause(command.pause))));
    judging = plan.judging();
    subscriber.add(() => pausedBy === undefined && attempt(() => judging?.unsubscribe()));
    judging.decided(end);

    const allFreed = () => {
      tornDown = true;
      finishWhenTornDown();
    };
    const training$ = watchedTraining(
      () => (over() ? EMPTY : plan.open(gate === AT_ONCE && judging?.looksOnly === true)),
      {
        leaked,
        tornDown() {
          const pending = plan.pending();
          if (pending.length === 0) return allFreed();
          Promise.allSettled(pending).then(outcomes => {
            for (const outcome of outcomes) if (outcome.status === 'rejected') leaked(outcome.reason);
            allFreed();
          });
        },
      },
    );
    const ranOutNow = (): boolean => {
      if (over()) return false;
      judging?.complete();
      // The rule may have forgotten to complete, or do so later: no decision can matter any more.
      end(ranToItsEnd(last));
      return false;
    };
    const failed = (error: unknown): boolean => {
      end(failure(error, last));
      return false;
    };
    if (over()) return allFreed();
    gate.enter(() => {
      subscriber.add(
        training$.pipe(takeUntil(ended$), completeReports(elapsed)).subscribe({
          next: receive,
          error: error => gate.pass(() => failed(error)),
          complete() {
            // Its network is gone when its turn comes.
            if (gate !== AT_ONCE) judging?.restores.leave();
            gate.pass(ranOutNow);
          },
        }),
      );
    });
  });
}

/** Seconds that a trial took before it was resumed, as far as its reports tell. */
function secondsBefore(before: readonly PlainReport[]): number {
  return before.at(-1)?.seconds ?? 0;
}
