import { InputError } from '../errors.js';

/** What becomes of a trial whose metric is NaN: it fails, is pruned, or the value counts as the worst there is and is compared as such. */
export type NanPolicy = 'fail' | 'prune' | 'worst';

/** The names of the policies. */
export const nanPolicies = ['fail', 'prune', 'worst'] as const satisfies readonly NanPolicy[];

/** Checks the option `nan`. */
export function checkNan(ruleName: string, nan: unknown): void {
  if (nanPolicies.some(policy => policy === nan)) return;
  throw new InputError(
    `${ruleName}: expected \`nan\` to be "fail", "prune" or "worst", got ${JSON.stringify(nan) ?? String(nan)}`,
  );
}

/** The outcome of a trial that is stopped because a metric is NaN. */
export const outcomeOfNan = { fail: 'failed', prune: 'pruned', worst: 'failed' } as const;

/** The worst value there is. */
export function worstOf(direction: 'minimize' | 'maximize'): number {
  return direction === 'minimize' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
}
