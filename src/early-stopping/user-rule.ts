import { from, type MonoTypeOperatorFunction, Observable, Subject } from 'rxjs';
import { checkOptions } from '../option-names.js';
import type { Report, StopDecision } from '../train/report.js';
import { guarded } from './guarded.js';
import { type AnnotatingRule, isAnnotating, isForJudging, rule, withDecision } from './rule.js';
import type { Rule } from './study-view.js';
import { verdictOf } from './verdict.js';
import { checkWithin, type WithinOption } from './within.js';

/** The decision of an operator that ended the stream of its own accord, without saying why: the trial counts as complete. */
export function describeStop(by: string, report: Report): StopDecision {
  return {
    by,
    reason: `${by} ended the training after epoch ${report.epoch}`,
    outcome: 'complete',
    epoch: report.epoch,
  };
}

/** A rule's name: its own, else the function's, else `operator`. */
export function nameOf(rule: Rule): string {
  return isAnnotating(rule) ? rule.ruleName : rule.name || 'operator';
}

/** A rule's `annotate`; for a user's plain operator one that watches when it completes. */
export function annotating(rule: Rule): MonoTypeOperatorFunction<Report> {
  return isAnnotating(rule) ? rule.annotate : watch(nameOf(rule), rule, rule.within);
}

/**
 * Gives a user's operator a name and makes it a rule: completing before its source does is its decision, as is a report with `stop`.
 * Every report passes at once, even one that the operator holds back (`bufferCount`): its own version of it if it emits one, else
 * the one it was given. When it decides between two reports, the last one is emitted again, with the decision. Whatever it
 * throws, also in its own handlers and while it is torn down, is an error of the stream.
 *
 * It is given the reports at the end of an epoch only, unless `within` says otherwise, here or as a property of the operator. One with
 * the property `looksOnly: true` promises not to ask for a report's weights, and keeps it.
 */
export function named(name: string, operator: Rule, options: WithinOption = {}): AnnotatingRule {
  checkOptions(name, options, { within: true });
  const { within = operator.within } = options;
  checkWithin(name, within);
  return rule(name, isAnnotating(operator) ? operator.annotate : watch(name, operator, within), {
    within: isAnnotating(operator) ? operator.within : within,
    looksOnly: operator.looksOnly,
  });
}

function watch(name: string, operator: Rule, within: WithinOption['within']): MonoTypeOperatorFunction<Report> {
  return reports$ =>
    new Observable(subscriber => {
      const input = new Subject<Report>();
      let last: Report | undefined;
      let asking = false;
      let ended = false;
      let latched: StopDecision | undefined;
      let version: Report | undefined;
      let verdict: StopDecision | undefined;

      const fail = (error: unknown) => subscriber.error(error);
      // What is thrown while the operator is torn down comes out here.
      const attempt = (call: () => void): void => {
        try {
          call();
        } catch (error) {
          fail(error);
        }
      };
      const decideBetweenReports = (stop: StopDecision): void => {
        latched ??= stop;
        if (last !== undefined) subscriber.next({ ...last, stop: latched });
      };
      subscriber.add(
        from(operator(guarded(input, fail))).subscribe({
          next: report =>
            attempt(() => {
              const stop = verdictOf(report);
              if (!asking) {
                if (stop !== undefined && latched === undefined) decideBetweenReports(stop);
                return;
              }
              if (report.epoch === last?.epoch && report.within === last.within) version = report;
              verdict = stop;
            }),
          error: fail,
          complete: () => {
            if (ended) return;
            ended = true;
            if (!asking && last !== undefined && latched === undefined) decideBetweenReports(describeStop(name, last));
          },
        }),
      );

      subscriber.add(
        reports$.subscribe({
          next: report => {
            if (!isForJudging(report, within)) return subscriber.next(report);
            last = report;
            version = undefined;
            verdict = undefined;
            asking = true;
            attempt(() => input.next(report));
            asking = false;
            if (ended) latched ??= verdict ?? describeStop(name, report);
            subscriber.next(withDecision(version ?? report, latched ?? verdict));
          },
          error: fail,
          complete: () => {
            ended = true;
            attempt(() => input.complete());
            subscriber.complete();
          },
        }),
      );
    });
}
