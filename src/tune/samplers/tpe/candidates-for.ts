import { cardinality } from '../../hyperparameter.js';
import type { Group } from './groups.js';

/** How many points are drawn at least, and at most, unless it is stated, and how many for each real number that is drawn together. */
const [LEAST, MOST, EACH] = [24, 80, 12];

/**
 * How many points are drawn of which the most promising is taken: Optuna's 24 up to two real numbers drawn together, and in proportion
 * to them above, up to 80. The more of them, the less likely a draw is good in all; what has values that can be counted is often
 * drawn as it was in a good trial. A draw's time grows as the number.
 */
export function candidatesFor(groups: readonly Group[]): number {
  const counts = groups.map(({ hyperparameters }) =>
    hyperparameters.filter(some => !Number.isFinite(cardinality(some))),
  );
  return Math.min(MOST, Math.max(LEAST, ...counts.map(({ length }) => EACH * length)));
}
