import type { HParams } from '../../events.js';
import type { SearchSpace } from '../../space.js';
import type { Candidates } from './group-model.js';
import type { Group } from './groups.js';

/** A group with its candidates, the best first; they are drawn when they are asked for. */
export interface RankedGroup {
  readonly group: Group;
  readonly candidates: () => Candidates;
}

/**
 * The point of the best candidates that is allowed: those of the unconditional group in their order, with each the ones of the
 * conditional groups that then exist, the best of all together, then the second best of all, …; if none is allowed, the best.
 */
export function rankedPoint(
  space: SearchSpace,
  groups: readonly RankedGroup[],
  n: number,
  allows: (hparams: HParams) => boolean,
): HParams {
  const groupOf = new Map(groups.flatMap(some => some.group.hyperparameters.map(({ name }) => [name, some] as const)));
  let conditional = false;
  const pointOf = (outer: number, inner: number) => {
    conditional = false;
    return space.resolve(({ name, labels }) => {
      const some = groupOf.get(name);
      // What has one value only belongs to no group.
      if (some === undefined) return labels[0] ?? null;
      conditional ||= some.group.condition !== undefined;
      const rank = some.group.condition === undefined ? outer : inner;
      return some.candidates().at(rank)[name] ?? null;
    }).hparams;
  };
  for (let outer = 0; outer < n; outer++) {
    for (let inner = 0; inner < n; inner++) {
      const point = pointOf(outer, inner);
      if (allows(point)) return point;
      if (!conditional) break;
    }
  }
  return pointOf(0, 0);
}
