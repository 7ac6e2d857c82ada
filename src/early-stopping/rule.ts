import { defer, type MonoTypeOperatorFunction, map, takeWhile } from 'rxjs';
import type { Report, StopDecision } from '../train/report.js';
import type { Rule, RuleTraits } from './study-view.js';
import type { WithinOption } from './within.js';

/** A decision that nobody has acted on yet; `settle` does what is due once it is final (restoring weights, finding words) and returns the decision to publish. */
export interface PendingDecision extends StopDecision {
  readonly settle?: (() => StopDecision) | undefined;
}

/** A decision whose words are found when it is final, as that takes longer than all the rest; until then it has a few that always fit. */
export function worded(
  decision: Omit<StopDecision, 'reason' | 'against' | 'restoredEpoch'>,
  words: () => Required<Pick<StopDecision, 'reason' | 'against'>>,
): PendingDecision {
  // One by one: V8 takes several times as long to add to a copy made by spreading.
  return {
    by: decision.by,
    outcome: decision.outcome,
    epoch: decision.epoch,
    metric: decision.metric,
    value: decision.value,
    threshold: decision.threshold,
    reason: 'it is worse than others',
    settle: () => ({ ...decision, ...words() }),
  };
}

/** A rule that combinators can ask at every report: used directly it ends the stream at its decision. */
export interface AnnotatingRule extends Rule {
  readonly ruleName: string;
  /**
   * Sets `stop` on every report at which the rule would stop, and never ends the stream. Reports from within an epoch pass
   * untouched unless the rule asks for them (`within`).
   */
  readonly annotate: MonoTypeOperatorFunction<Report>;
}

/**
 * Makes a rule from an operator that annotates: the rule emits the first report with a decision and completes.
 * The operator must emit each report once, synchronously, and leave alone those that already carry `stop`, and those from
 * within an epoch if the rule does not ask for them.
 */
export function rule(
  ruleName: string,
  annotate: MonoTypeOperatorFunction<Report>,
  { within, looksOnly }: RuleTraits = {},
): AnnotatingRule {
  const operator: Rule = reports$ => reports$.pipe(annotate, stopAtDecision());
  return Object.assign(operator, { ruleName, annotate, ...(within && { within }), ...(looksOnly && { looksOnly }) });
}

/** Ends a stream of reports at the first that carries a decision, which becomes final and is emitted last. */
export function stopAtDecision(): MonoTypeOperatorFunction<Report> {
  return reports$ =>
    reports$.pipe(
      map(settled),
      takeWhile(report => report.stop === undefined, true),
    );
}

function settled(report: Report): Report {
  const stop: PendingDecision | undefined = report.stop;
  return stop?.settle === undefined ? report : { ...report, stop: stop.settle() };
}

/** Whether a rule can be asked at every report, as the built-in ones can. */
export function isAnnotating(rule: Rule): rule is AnnotatingRule {
  return typeof (rule as Partial<AnnotatingRule>).annotate === 'function';
}

/** A judgement of one report: the decision to stop at it, or undefined to go on. */
export type Judge = (report: Report) => PendingDecision | undefined;

/**
 * Makes a rule from a judge, which is asked at every report that carries no decision yet, in order; at those from within an
 * epoch only with `within`. It is given nothing but its metrics, so it must not ask for the model. `start` makes a new one for every subscription, so that its state starts clean.
 */
export function judgingRule(ruleName: string, start: () => Judge, { within }: WithinOption = {}): AnnotatingRule {
  return rule(
    ruleName,
    reports$ =>
      defer(() => {
        const judge = start();
        return reports$.pipe(
          map(report => (isForJudging(report, within) ? withDecision(report, judge(report)) : report)),
        );
      }),
    { within, looksOnly: true },
  );
}

/** Whether a rule is to look at a report: nobody has decided yet, and the epoch is over or the rule asks for others too. */
export function isForJudging(report: Report, within?: 'epoch'): boolean {
  return report.stop === undefined && (report.within === undefined || within !== undefined);
}

/** The report with a decision on it; itself when there is none. */
export function withDecision(report: Report, stop: StopDecision | undefined): Report {
  return stop === undefined ? report : Object.assign({}, report, { stop });
}
