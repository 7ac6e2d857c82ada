import { defer, from, identity, Subject, Subscription } from 'rxjs';
import { guarded } from '../early-stopping/guarded.js';
import { type Restores, watchRestores } from '../early-stopping/restores.js';
import type { Rule } from '../early-stopping/study-view.js';
import { verdictOf } from '../early-stopping/verdict.js';
import { seesWithin } from '../early-stopping/within.js';
import { InputError } from '../errors.js';
import type { Report, StopDecision } from '../train/report.js';
import type { PlainReport } from './events.js';
import { endedBy, failure, ranToItsEnd } from './trial-stops.js';

/** A trial's rule at work. It outlives a pause of the trial, and can be told what happened before this process began. */
export interface Judging {
  /** Tells the rule. */
  hear(report: Report): void;
  /** Tells it a report of before; what it decides there counts only if nothing came after. */
  recall(report: PlainReport): void;
  /** The training has come to its own end, which is the decision unless the rule has another at the last moment. */
  complete(): void;
  /** Who is to be told of the decision, once; at once if it has fallen. */
  decided(listener: (stop: StopDecision) => void): void;
  /** Whether the rule never asks for the weights behind a report. */
  readonly looksOnly: boolean;
  /** The last report that it was told. */
  readonly last: Report | undefined;
  readonly restores: Restores;
  /** Ends the rule; throws what its teardown throws. */
  unsubscribe(): void;
}

/** Subscribes a rule; whatever it throws is a decision too, by which the trial has failed. */
export function openJudging(make: () => Rule): Judging {
  const reports$ = new Subject<Report>();
  const subscription = new Subscription();
  const restores = watchRestores();
  let rule: Rule | undefined;
  let last: Report | undefined;
  let stop: StopDecision | undefined;
  let listener: ((stop: StopDecision) => void) | undefined;
  let ranOut = false;

  const decide = (decision: StopDecision) => {
    if (stop !== undefined) return;
    stop = decision;
    listener?.(decision);
  };
  const fail = (error: unknown) => decide(failure(error, last, 'in early stopping'));
  subscription.add(
    defer(() => {
      rule = make();
      if (typeof rule !== 'function') {
        throw new InputError(`expected an operator on reports, such as patience({ epochs: 5 }), got ${typeof rule}`);
      }
      return from(rule(guarded(reports$, fail)));
    }).subscribe({
      next: report => {
        try {
          const verdict = verdictOf(report);
          if (verdict !== undefined) decide(verdict);
        } catch (error) {
          fail(error);
        }
      },
      error: fail,
      complete: () => decide(ranOut ? ranToItsEnd(last) : endedBy(rule, last)),
    }),
  );
  return {
    hear(report) {
      if (report.within === undefined) last = report;
      else if (rule === undefined || !seesWithin(rule)) return;
      reports$.next(restores.watched(report));
    },
    recall(report) {
      last = report;
      reports$.next(restores.recalled(report));
    },
    complete() {
      ranOut = true;
      reports$.complete();
    },
    decided(told) {
      listener = told;
      if (stop !== undefined) told(stop);
    },
    get looksOnly() {
      return rule === identity || rule?.looksOnly === true;
    },
    get last() {
      return last;
    },
    restores,
    unsubscribe: () => subscription.unsubscribe(),
  };
}
