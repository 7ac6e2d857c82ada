import { InputError } from '../errors.js';
import type { Metrics, Report } from '../train/report.js';
import { checkReport } from './check-report.js';

/** How a trial ended: its last metrics, or another end than complete. */
export type TrialResult =
  | Metrics
  | {
      readonly state: 'complete' | 'pruned' | 'failed';
      readonly reason?: string | undefined;
      readonly metrics?: Metrics;
    };

/** Throws an `InputError` for what is no metrics, and for the first ones of a trial if an objective is not among them. */
export function checkMetrics(metrics: Metrics, wanted: readonly string[], first: boolean): void {
  checkReport({ epoch: 1, metrics } as Report, wanted, first);
}

/**
 * What somebody has told of a trial's end.
 *
 * @throws InputError for what tells none.
 */
export function resultOf(result: TrialResult): {
  readonly metrics?: Metrics | undefined;
  readonly outcome: 'complete' | 'pruned' | 'failed';
  readonly reason?: string | undefined;
} {
  if (typeof result !== 'object' || result === null || Array.isArray(result)) {
    throw new InputError(`tell: expected metrics such as { loss: 0.3 }, or { state: 'failed' }, got ${String(result)}`);
  }
  const { state, reason, metrics } = result as { state?: unknown; reason?: string; metrics?: Metrics };
  if (typeof state !== 'string') return { metrics: result as Metrics, outcome: 'complete' };
  if (state === 'complete' || state === 'pruned' || state === 'failed') {
    return { outcome: state, ...(metrics && { metrics }), ...(reason !== undefined && { reason }) };
  }
  throw new InputError(`tell: expected \`state\` to be complete, pruned or failed, got ${JSON.stringify(state)}`);
}
