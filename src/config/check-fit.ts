import { InputError } from '../errors.js';
import { input } from '../kernels/ops/leaves.js';
import type { Loss } from '../nn/losses/loss.js';
import { namedForm } from '../nn/plain.js';
import { makeLoss } from './make-loss.js';
import { OF_VALUES, type Wanted } from './metrics-wanted.js';
import type { PreparedData, TrialData } from './open-data.js';
import type { TrainingFile } from './training-schema.js';

/** The loss of a training and the width of the output layer that it needs. */
export interface Head {
  readonly loss: Loss;
  readonly outputs: number;
}

/**
 * The loss of a file, crossEntropy for classes and meanSquaredError for numbers unless stated, and the outputs that it
 * takes with this data: one per class for crossEntropy, else one per target (for two classes, 0 and 1).
 *
 * @throws InputError with the path of what does not fit the data.
 */
export function headFor(file: TrainingFile, { task, classes, parts }: TrialData): Head {
  const form = file.loss ?? (task === 'classification' ? 'crossEntropy' : 'meanSquaredError');
  const loss = makeLoss(form);
  const { name } = namedForm(form)!;
  const wrong = (problem: string, path = 'loss') => new InputError(problem, { path });
  const { train } = parts[0]!;
  if (task === 'regression' && loss.targets === 'classes') {
    throw wrong(
      `${name} is for classes, and the target "${train.targetNames.join(', ')}" is numbers; take meanSquaredError`,
    );
  }
  if (task === 'classification' && loss.targets === 'values' && classes.length > 2) {
    throw wrong(`${name} is for two classes, and the target has ${classes.length}; take crossEntropy`);
  }
  if (task === 'regression' && name === 'binaryCrossEntropy' && train.y.some(value => !(value >= 0 && value <= 1))) {
    throw wrong('binaryCrossEntropy is for targets from 0 to 1, and there are others; take meanSquaredError');
  }
  const activation = file.model.output?.activation ?? 'linear';
  if (name.endsWith('rossEntropy') && activation !== 'linear') {
    throw wrong(
      `${name} takes the output before ${name === 'crossEntropy' ? 'softmax' : 'sigmoid'}, which it applies itself; leave the activation out`,
      'model.output.activation',
    );
  }
  const outputs = loss.targets === 'classes' ? classes.length : train.targets;
  try {
    loss.apply({ prediction: input([1, outputs]), target: input([1, train.targets]) });
  } catch (error) {
    throw error instanceof InputError ? error.at({ path: 'loss' }) : error;
  }
  return { loss, outputs };
}

/** Throws an `InputError`, with the metric's path, for a metric that has no meaning for the data. */
export function checkMetrics({ metrics, places }: Wanted, { outputs }: Head, { task, parts }: PreparedData): void {
  const { targets } = parts[0]!.train;
  for (const [index, metric] of metrics.entries()) {
    const ofValues = OF_VALUES.includes(metric.name);
    const fits = ofValues ? outputs === targets : task === 'classification';
    if (fits) continue;
    throw new InputError(
      ofValues
        ? `${metric.name} compares numbers, and the target is a class; take accuracy`
        : `${metric.name} is for classes, and the target is numbers; take ${OF_VALUES.join(', ')}`,
      { path: places[index] },
    );
  }
}
