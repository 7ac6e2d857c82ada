import type { StopDecision } from '../train/report.js';
import type { PendingDecision } from './rule.js';

const gravity = ['complete', 'pruned', 'failed'] as const;

/** One decision made of several that agree: the first one's numbers, everyone's reasons, the gravest outcome; settling it settles each. */
export function combined(by: string, decisions: readonly PendingDecision[], epoch: number): PendingDecision {
  const decision = joined(by, decisions, epoch);
  if (decisions.every(({ settle }) => settle === undefined)) return decision;
  return {
    ...decision,
    settle: () => {
      const settled = decisions.map((each): StopDecision => each.settle?.() ?? each);
      const restored = settled.findLast(({ restoredEpoch }) => restoredEpoch !== undefined)?.restoredEpoch;
      return { ...joined(by, settled, epoch), restoredEpoch: restored };
    },
  };
}

function joined(by: string, decisions: readonly PendingDecision[], epoch: number): StopDecision {
  const reason = decisions.map(decision => `${decision.by}: ${decision.reason}`).join('; ');
  const outcome = gravity[Math.max(...decisions.map(decision => gravity.indexOf(decision.outcome)))] ?? 'complete';
  const { settle: _, ...numbers } = decisions[0] ?? {};
  return { ...numbers, by, reason, outcome, epoch };
}
