import { defer, EMPTY, from, Observable, type ObservableInput, Subject, Subscription, takeUntil } from 'rxjs';
import { guarded } from '../early-stopping/guarded.js';
import { watchRestores } from '../early-stopping/restores.js';
import type { Rule } from '../early-stopping/study-view.js';
import { verdictOf } from '../early-stopping/verdict.js';
import { InputError } from '../errors.js';
import type { Report, StopDecision } from '../train/report.js';
import { checkReport } from './check-report.js';
import type { HParams, PlainReport, UnstampedEvent } from './events.js';
import { plainReport } from './plain-report.js';
import type { TrialRecord } from './study-state.js';
import type { TrialEntry } from './study-views.js';
import { concluded, cutShort, endedBy, failure, ranToItsEnd, withRestored } from './trial-stops.js';
import { unsubscribe, watchedTraining } from './watched-training.js';

/** A trial that is about to run. */
export interface TrialPlan {
  readonly number: number;
  readonly hparams: HParams;
  /** Of the objective. */
  readonly metric: string;
  readonly entry: TrialEntry;
  /** Starts the training; may throw. */
  open(): ObservableInput<Report>;
  /** What the training's teardown has left going on; asked when it has returned. */
  pending(): readonly PromiseLike<unknown>[];
  /** Makes the early-stopping rule; may throw. */
  rule(): Rule;
  /** Emits when the whole study stops. */
  readonly stopping$: Observable<'time' | 'interrupted'>;
  /** What the events emitted so far say of this trial. */
  record(): TrialRecord | undefined;
  /** Milliseconds since 1970. */
  clock(): number;
}

/**
 * One trial as events: `trial-started`; `trial-reported` for every report as soon as it is there, before the rule is asked,
 * which may hold reports back, swallow them or never complete; `trial-finished` once the training is torn down and nothing of that is pending. Whatever throws, fails this trial only.
 */
export function runTrial(plan: TrialPlan): Observable<UnstampedEvent> {
  return new Observable<UnstampedEvent>(subscriber => {
    const { number: trial, hparams, metric, entry } = plan;
    const startedAt = plan.clock();
    const reports$ = new Subject<Report>();
    const ended$ = new Subject<void>();
    const judging = new Subscription();
    const restores = watchRestores();
    let last: PlainReport | undefined;
    let unseen: PlainReport | undefined;
    let ranOut = false;
    let stop: StopDecision | undefined;
    let stopping = false;
    let tornDown = false;
    let leak: { readonly error: unknown } | undefined;

    const leaked = (error: unknown) => {
      leak ??= { error };
    };

    const show = () => {
      if (unseen !== undefined) entry.report(unseen);
      unseen = undefined;
    };
    const finishWhenTornDown = () => {
      if (stop === undefined || stopping || !tornDown) return;
      const { value, bestEpoch, epochs = 0 } = plan.record() ?? {};
      const conclusion = leak ? failure(leak.error, last, 'while it was torn down') : concluded(stop, value, metric);
      const state = conclusion.outcome;
      const seconds = (plan.clock() - startedAt) / 1000;
      show();
      entry.finish(state);
      subscriber.next({ type: 'trial-finished', trial, state, value, bestEpoch, epochs, seconds, stop: conclusion });
      subscriber.complete();
    };
    const end = (decision: StopDecision) => {
      if (stop !== undefined) return;
      stop = withRestored(decision, restores.epoch());
      stopping = true;
      unsubscribe(judging, leaked);
      ended$.next();
      stopping = false;
      finishWhenTornDown();
    };

    const failJudging = (error: unknown) => end(failure(error, last, 'in early stopping'));
    const judge = () => {
      let rule: Rule | undefined;
      return defer(() => {
        rule = plan.rule();
        if (typeof rule !== 'function') {
          throw new InputError(`expected an operator on reports, such as patience({ epochs: 5 }), got ${typeof rule}`);
        }
        return from(rule(guarded(reports$, failJudging)));
      }).subscribe({
        next: report => {
          try {
            const verdict = verdictOf(report);
            if (verdict !== undefined) end(verdict);
          } catch (error) {
            failJudging(error);
          }
        },
        error: failJudging,
        complete: () => end(ranOut ? ranToItsEnd(last) : endedBy(rule, last)),
      });
    };
    const receive = (report: Report) => {
      if (stop !== undefined) return;
      try {
        checkReport(report, metric, last === undefined);
      } catch (error) {
        return end(failure(error, last));
      }
      last = plainReport(report);
      unseen = last;
      subscriber.next({ type: 'trial-reported', trial, report: last });
      // Nobody listens any more if whoever heard that has stopped the study.
      reports$.next(restores.watched(report));
      show();
    };

    subscriber.next({ type: 'trial-started', trial, hparams });
    subscriber.add(plan.stopping$.subscribe(by => end(cutShort(by, last))));
    subscriber.add(judging);
    judging.add(judge());
    const allFreed = () => {
      tornDown = true;
      finishWhenTornDown();
    };
    const training$ = watchedTraining(() => (stop === undefined ? plan.open() : EMPTY), {
      leaked,
      tornDown() {
        const pending = plan.pending();
        if (pending.length === 0) return allFreed();
        Promise.allSettled(pending).then(outcomes => {
          for (const outcome of outcomes) if (outcome.status === 'rejected') leaked(outcome.reason);
          allFreed();
        });
      },
    });
    subscriber.add(
      training$.pipe(takeUntil(ended$)).subscribe({
        next: receive,
        error: error => end(failure(error, last)),
        complete: () => {
          ranOut = true;
          if (stop !== undefined) return;
          reports$.complete();
          // The rule may have forgotten to complete, or do so later: no decision can matter any more.
          end(ranToItsEnd(last));
        },
      }),
    );
  });
}
