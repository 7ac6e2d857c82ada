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
import { trainingSubscriber } from './training-subscriber.js';
import { concluded, cutShort, endedBy, failure, ranToItsEnd, withRestored } from './trial-stops.js';

/** A trial that is about to run. */
export interface TrialPlan {
  readonly number: number;
  readonly hparams: HParams;
  /** Of the objective. */
  readonly metric: string;
  readonly entry: TrialEntry;
  /** Starts the training; may throw. */
  open(): ObservableInput<Report>;
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
 * which may hold reports back, swallow them or never complete; `trial-finished` once the training is torn down. Whatever throws, fails this trial only.
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
    const tearDown = (subscription: Subscription) => {
      try {
        subscription.unsubscribe();
      } catch (error) {
        leaked(error);
      }
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
      tearDown(judging);
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
    // A subscription of its own, so that we know when it is torn down, and whether that went well.
    const training$ = new Observable<Report>(receiver => {
      const training = trainingSubscriber(
        {
          next: report => receiver.next(report),
          error: error => receiver.error(error),
          complete: () => receiver.complete(),
        },
        leaked,
      );
      // Before it is subscribed to: an endless training that emits all at once only ends here.
      receiver.add(() => tearDown(training));
      try {
        from(stop === undefined ? plan.open() : EMPTY).subscribe(training);
      } catch (error) {
        training.error(error);
      }
      return () => {
        tornDown = true;
        finishWhenTornDown();
      };
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
