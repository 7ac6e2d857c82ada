import type { HParamValue } from '../../events.js';
import type { Hyperparameter } from '../../hyperparameter.js';
import type { SearchSpace } from '../../space.js';

/** Hyperparameters that always exist together, and so are drawn together. */
export interface Group {
  readonly hyperparameters: readonly Hyperparameter[];
  /** When they exist: a hyperparameter that comes before them, and its value; always, if absent. */
  readonly condition?: { readonly name: string; readonly value: HParamValue } | undefined;
}

/**
 * The groups of a space, in its order. What has one value only belongs to none; what depends on that value, to the group around it.
 * With `together` false, conditional hyperparameters are groups of their own.
 */
export function groupsOf(space: SearchSpace, together = true): readonly Group[] {
  const groups = new Map<string, Hyperparameter[]>();
  const conditions = new Map<string, Group['condition']>();
  for (const hyperparameter of space.hyperparameters) {
    if (hyperparameter.labels.length === 1) continue;
    const condition = conditionOf(hyperparameter);
    const key = condition === undefined ? '' : JSON.stringify([condition, ...(together ? [] : [hyperparameter.name])]);
    conditions.set(key, condition);
    groups.set(key, [...(groups.get(key) ?? []), hyperparameter]);
  }
  return [...groups].map(([key, hyperparameters]) => ({ hyperparameters, condition: conditions.get(key) }));
}

function conditionOf({ parent }: Hyperparameter): Group['condition'] {
  if (parent === undefined) return undefined;
  const { hyperparameter, option } = parent;
  if (hyperparameter.labels.length === 1) return conditionOf(hyperparameter);
  return { name: hyperparameter.name, value: hyperparameter.labels[option] as HParamValue };
}
