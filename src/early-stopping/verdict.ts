import { InputError } from '../errors.js';
import type { Report, StopDecision } from '../train/report.js';

const outcomes: readonly unknown[] = ['complete', 'pruned', 'failed'] satisfies StopDecision['outcome'][];

/**
 * The decision on a report that a user's operator has emitted; undefined when it goes on.
 *
 * @throws InputError for what is no report, and for a `stop` that is no decision.
 */
export function verdictOf(emitted: Report): StopDecision | undefined {
  if (typeof emitted !== 'object' || emitted === null) {
    throw new InputError(`expected the operator to emit reports, got ${shown(emitted)}`);
  }
  const stop: unknown = emitted.stop;
  if (stop === undefined) return undefined;
  const { by, reason, outcome, epoch } = (stop ?? {}) as Partial<StopDecision>;
  if (typeof by === 'string' && typeof reason === 'string' && outcomes.includes(outcome) && Number.isFinite(epoch)) {
    return stop as StopDecision;
  }
  const form = '{ by: "mine", reason: "it is flat", outcome: "complete", "pruned" or "failed", epoch: 3 }';
  throw new InputError(`expected \`stop\` to be a decision such as ${form}, got ${shown(stop)}`);
}

function shown(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}
