import { InputError } from '../../errors.js';
import { type Node, shapeText } from '../../kernels/graph.js';
import { add, mul, neg } from '../../kernels/ops/arithmetic.js';
import { equal } from '../../kernels/ops/comparison.js';
import { gather } from '../../kernels/ops/gather.js';
import { mean } from '../../kernels/ops/reduce.js';
import { logSoftmax, softmax } from '../../kernels/ops/softmax.js';
import { checkOptions } from '../options.js';
import {
  CLASSIFICATION_RULES,
  type ClassificationOptions,
  classificationConfig,
  totalClassWeight,
} from './class-options.js';
import type { Loss } from './loss.js';
import { weightedMean } from './weighted-mean.js';

/**
 * Cross-entropy of one class out of several from logits: mean of −log softmax(x)[class]. The link is the softmax.
 * prediction: [rows, classes], at least two; target: class indices [rows, 1].
 *
 * With label smoothing s the target of a row is (1 − s) on its class plus s / classes on each; class weights multiply the
 * weight of a row by that of its class, smoothed or not.
 */
export function crossEntropy(options: ClassificationOptions = {}): Loss {
  const { labelSmoothing: s = 0, classWeights } = checkOptions('crossEntropy', options, CLASSIFICATION_RULES);
  return {
    name: 'crossEntropy',
    config: classificationConfig('crossEntropy', options),
    targets: 'classes',
    apply({ prediction, target, weights }) {
      checkShapes(prediction, target, classWeights);
      const logs = logSoftmax(prediction);
      const likelihood = gather(logs, target);
      const smoothed = s === 0 ? likelihood : add(mul(likelihood, 1 - s), mul(mean(logs, 1), s));
      return weightedMean(neg(smoothed), rowWeights(target, weights, classWeights));
    },
    totalWeight: classWeights && (rows => totalClassWeight(rows, target => classWeights[target] ?? 0)),
    link: prediction => softmax(prediction),
  };
}

function rowWeights(target: Node, weights: Node | undefined, classWeights: readonly number[] | undefined) {
  if (classWeights === undefined) return weights;
  const ofClass = classWeights.map((weight, index) => mul(equal(target, index), weight)).reduce((a, b) => add(a, b));
  return weights === undefined ? ofClass : mul(ofClass, weights);
}

function checkShapes(prediction: Node, target: Node, classWeights: readonly number[] | undefined): void {
  const [rows, classes] = prediction.shape;
  if (classes < 2) {
    throw new InputError(
      'crossEntropy needs one output per class, at least 2, got 1; for one output take binaryCrossEntropy',
    );
  }
  if (target.shape[0] !== rows || target.shape[1] !== 1) {
    throw new InputError(`crossEntropy takes class indices [${rows}, 1], got targets ${shapeText(target.shape)}`);
  }
  if (classWeights !== undefined && classWeights.length !== classes) {
    throw new InputError(
      `crossEntropy: classWeights must be one number per class, ${classes}, got ${classWeights.length}`,
    );
  }
}
