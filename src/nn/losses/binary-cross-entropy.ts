import { InputError } from '../../errors.js';
import type { Node } from '../../kernels/graph.js';
import { sigmoid, softplus } from '../../kernels/ops/activations.js';
import { add, mul, neg, sub } from '../../kernels/ops/arithmetic.js';
import { checkOptions } from '../options.js';
import {
  CLASSIFICATION_RULES,
  type ClassificationOptions,
  classificationConfig,
  totalClassWeight,
} from './class-options.js';
import type { Loss } from './loss.js';
import { checkValues, weightedMean } from './weighted-mean.js';

/**
 * Cross-entropy of yes-or-no outputs from logits: mean of −y·log σ(x) − (1 − y)·log(1 − σ(x)).
 * target: [rows, outputs] of 0 or 1 (or a probability between). The link is the sigmoid.
 *
 * Written as y·softplus(−x) + (1 − y)·softplus(x), which neither overflows nor loses a small loss at any logit;
 * its derivative is σ(x) − y, at x = 0 too. `classWeights` are [of class 0, of class 1]; with several outputs they
 * weigh each element, and the mean is over elements.
 */
export function binaryCrossEntropy(options: ClassificationOptions = {}): Loss {
  const { labelSmoothing = 0, classWeights } = checkOptions('binaryCrossEntropy', options, CLASSIFICATION_RULES);
  if (classWeights !== undefined && classWeights.length !== 2) {
    throw new InputError(`binaryCrossEntropy: classWeights must be two numbers, got ${classWeights.length}`);
  }
  return {
    name: 'binaryCrossEntropy',
    config: classificationConfig('binaryCrossEntropy', options),
    targets: 'values',
    apply({ prediction: x, target, weights }) {
      checkValues('binaryCrossEntropy', x, target);
      const y = labelSmoothing === 0 ? target : add(mul(target, 1 - labelSmoothing), labelSmoothing / 2);
      const losses = add(mul(y, softplus(neg(x))), mul(sub(1, y), softplus(x)));
      return weightedMean(losses, elementWeights(target, weights, classWeights));
    },
    totalWeight: classWeights && (rows => totalClassWeight(rows, target => weightOf(classWeights, target))),
    link: prediction => sigmoid(prediction),
  };
}

/** Between the two weights for a target between 0 and 1. */
const weightOf = ([no, yes]: readonly number[], target: number): number => no! + (yes! - no!) * target;

function elementWeights(target: Node, weights: Node | undefined, classWeights: readonly number[] | undefined) {
  if (classWeights === undefined) return weights;
  const [no, yes] = classWeights as [number, number];
  const ofClass = add(mul(target, yes - no), no);
  return weights === undefined ? ofClass : mul(ofClass, weights);
}
