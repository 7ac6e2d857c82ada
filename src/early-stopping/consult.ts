import { type MonoTypeOperatorFunction, Observable, Subject } from 'rxjs';
import type { Report, StopDecision } from '../train/report.js';
import { isForJudging, type PendingDecision, withDecision } from './rule.js';
import type { Rule, RuleTraits } from './study-view.js';
import { annotating } from './user-rule.js';
import { seesWithin } from './within.js';

/**
 * The operator that asks several rules at every report and decides by their verdicts, which come in the rules' order.
 * Every rule sees every report; none of them ends the stream, and none sees a report that already carries a decision. At a report
 * from within an epoch a rule that does not ask for those has no verdict; if none of them does, nothing is decided there.
 */
export function consult(
  rules: readonly Rule[],
  decide: (verdicts: readonly (PendingDecision | undefined)[], report: Report) => PendingDecision | undefined,
): MonoTypeOperatorFunction<Report> {
  const { within } = traitsOf(rules);
  return reports$ =>
    new Observable(subscriber => {
      const inputs = rules.map(() => new Subject<Report>());
      const verdicts: (PendingDecision | undefined)[] = rules.map(() => undefined);
      for (const [i, rule] of rules.entries()) {
        subscriber.add(
          annotating(rule)(inputs[i]!).subscribe({
            next: report => {
              verdicts[i] = report.stop;
            },
            error: error => subscriber.error(error),
          }),
        );
      }
      subscriber.add(
        reports$.subscribe({
          next: report => {
            if (!isForJudging(report, within)) return subscriber.next(report);
            verdicts.fill(undefined);
            for (const input of inputs) input.next(report);
            if (subscriber.closed) return;
            let stop: StopDecision | undefined;
            try {
              stop = decide(verdicts, report);
            } catch (error) {
              return subscriber.error(error);
            }
            subscriber.next(withDecision(report, stop));
          },
          error: error => subscriber.error(error),
          complete: () => {
            for (const input of inputs) input.complete();
            subscriber.complete();
          },
        }),
      );
    });
}

/** A combination asks for reports from within an epoch if one of its rules does, and for weights unless none of them does. */
export function traitsOf(rules: readonly Rule[]): RuleTraits {
  return {
    ...(rules.some(seesWithin) && { within: 'epoch' }),
    ...(rules.every(({ looksOnly }) => looksOnly) && { looksOnly: true }),
  };
}
