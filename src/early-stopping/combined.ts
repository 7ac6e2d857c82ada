import type { PendingDecision } from './rule.js';

const gravity = ['complete', 'pruned', 'failed'] as const;

/** One decision made of several that agree: the first one's numbers, everyone's reasons, the gravest outcome; settling it settles each. */
export function combined(by: string, decisions: readonly PendingDecision[], epoch: number): PendingDecision {
  const [first] = decisions;
  const reason = decisions.map(decision => `${decision.by}: ${decision.reason}`).join('; ');
  const outcome = gravity[Math.max(...decisions.map(decision => gravity.indexOf(decision.outcome)))] ?? 'complete';
  const { settle: _, ...numbers } = first ?? {};
  const decision = { ...numbers, by, reason, outcome, epoch };
  if (decisions.every(({ settle }) => settle === undefined)) return decision;
  return {
    ...decision,
    settle: () => {
      const restored = decisions.map(({ settle }) => settle?.().restoredEpoch);
      return { ...decision, restoredEpoch: restored.findLast(restoredEpoch => restoredEpoch !== undefined) };
    },
  };
}
