import { fraction, type OptionRule } from '../options.js';
import type { WeightedTargets } from './loss.js';

/** Options of the cross-entropies. */
export interface ClassificationOptions {
  /** Moves this share of each target to all classes alike, 0 ≤ share < 1; 0 unless stated (Szegedy et al., 2016). */
  readonly labelSmoothing?: number | undefined;
  /** One weight per class, in the order of their indices; multiplies the weights of the rows of that class. */
  readonly classWeights?: readonly number[] | undefined;
}

const weights: OptionRule = {
  accepts: 'a list of numbers from 0 up, one per class, not all 0',
  test: value =>
    Array.isArray(value) &&
    value.length > 1 &&
    value.every(weight => Number.isFinite(weight) && weight >= 0) &&
    value.some(weight => weight > 0),
};

/** What their options accept. */
export const CLASSIFICATION_RULES = { labelSmoothing: fraction, classWeights: weights };

/** What a file says of a loss with these options: only what was stated. */
export function classificationConfig(name: string, { labelSmoothing, classWeights }: ClassificationOptions) {
  const stated = {
    ...(labelSmoothing === undefined ? {} : { labelSmoothing }),
    ...(classWeights === undefined ? {} : { classWeights }),
  };
  return Object.keys(stated).length === 0 ? name : { [name]: stated };
}

/** Σ over all targets of the weight of their class times that of their row. */
export function totalClassWeight({ y, weights }: WeightedTargets, ofClass: (target: number) => number): number {
  const columns = weights === undefined ? 1 : y.length / weights.length;
  return y.reduce((total, target, i) => total + ofClass(target) * (weights?.[Math.floor(i / columns)] ?? 1), 0);
}
