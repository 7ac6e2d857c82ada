import { defer, finalize, type Observable } from 'rxjs';
import type { Dataset } from '../data/dataset.js';
import type { Device } from '../kernels/device.js';
import type { Metric } from '../nn/metrics/metric.js';
import { type Network, network } from '../nn/network.js';
import type { Checkpointing } from '../train/checkpointing.js';
import type { GradientHealthOptions } from '../train/gradient-health.js';
import type { Report } from '../train/report.js';
import { train } from '../train/train.js';
import { fileCheckpoint, foldCheckpoints } from '../tune/checkpoint-files.js';
import type { CheckpointTask } from '../tune/checkpoint-task.js';
import { crossValidate } from '../tune/cross-validation.js';
import { type Head, headFor } from './check-fit.js';
import type { CustomModules } from './custom-modules.js';
import { makeLayers } from './make-layers.js';
import { makeOptimizer } from './make-optimizer.js';
import { metricsWanted } from './metrics-wanted.js';
import type { Part, TrialData } from './open-data.js';
import type { TrainingFile } from './training-schema.js';

/** What a training runs with besides its file and data. */
export interface Workplace {
  readonly device: Device;
  readonly custom: CustomModules;
}

/** The network of a training file, for rows with so many features. The seed is the file's, whoever trains it. */
export function openNetwork(
  file: TrainingFile,
  inputs: number,
  { outputs }: Head,
  { device, custom }: Workplace,
): Network {
  return network(makeLayers(file.model, outputs, custom.activation), { inputs, seed: file.seed, device });
}

/** The training of a network as its file asks, without the early-stopping rules. */
export function trainNetwork(
  net: Network,
  file: TrainingFile,
  { train: data, validation }: Part,
  { loss }: Head,
  metrics: readonly Metric[],
  epochs = file.epochs,
  checkpoint?: Checkpointing,
): Observable<Report> {
  const { batchSize = 32, seed = 0, health = true } = file;
  return train({
    net,
    data,
    validation,
    loss,
    metrics,
    batchSize,
    epochs,
    seed,
    checkpoint,
    health: health as boolean | GradientHealthOptions,
    optimizer: makeOptimizer(file, stepsOf(data, batchSize, epochs)),
  });
}

/**
 * One trial: a new network is trained, or one for every fold, and freed when the trial ends. Where it is stored, it goes on from its
 * last state: its reports are those after it.
 */
export function runTrial(
  file: TrainingFile,
  data: TrialData,
  workplace: Workplace,
  checkpoint?: CheckpointTask,
): Observable<Report> {
  const head = headFor(file, data);
  const { metrics } = metricsWanted(file, true);
  return defer(() => {
    // The networks of all folds live until the last has ended: a rule may put weights back then.
    const opened: Network[] = [];
    const stored = data.folds ? foldCheckpoints(checkpoint, data.parts.length) : [fileCheckpoint(checkpoint)];
    const trainings = data.parts.map((part, fold) =>
      defer(() => {
        const net = openNetwork(file, part.train.features, head, workplace);
        opened.push(net);
        return trainNetwork(net, file, part, head, metrics, file.epochs, stored[fold]);
      }),
    );
    return (data.folds ? crossValidate(trainings) : trainings[0]!).pipe(
      finalize(() => {
        for (const net of opened) net.dispose();
      }),
    );
  });
}

function stepsOf({ rows }: Dataset, batchSize: number | 'full', epochs: number): number {
  return epochs * (batchSize === 'full' ? 1 : Math.ceil(rows / batchSize));
}
