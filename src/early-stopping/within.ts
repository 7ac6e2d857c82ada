import { InputError } from '../errors.js';
import type { Report } from '../train/report.js';
import type { Rule } from './study-view.js';

/** The option of rules that can judge before an epoch is over. */
export interface WithinOption {
  /**
   * `epoch`: reports from within an epoch are judged too, if they have the metric, so a trial may stop in its first one. Default: only
   * those at the end of an epoch.
   */
  readonly within?: 'epoch' | undefined;
}

/** Checks the option `within`. */
export function checkWithin(ruleName: string, within: unknown): void {
  if (within === undefined || within === 'epoch') return;
  throw new InputError(
    `${ruleName}: expected \`within\` to be "epoch" or left out, got ${JSON.stringify(within) ?? String(within)}`,
  );
}

/** Whether a rule asks for the reports from within an epoch. What RxJS's `pipe` makes of rules does not; `any` of them does. */
export function seesWithin(rule: Rule): boolean {
  return rule.within === 'epoch';
}

/** The epoch that a report belongs to, from 1; that of one from within an epoch is not over. */
export function epochOf({ epoch, within }: Report): number {
  return within === undefined ? epoch : epoch + 1;
}
