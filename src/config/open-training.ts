import { defer, finalize, map, type Observable } from 'rxjs';
import type { Dataset } from '../data/dataset.js';
import type { Device } from '../kernels/device.js';
import { parameterCount } from '../nn/describe.js';
import { type Network, network } from '../nn/network.js';
import { bestPredictions } from '../train/best-predictions.js';
import type { GradientHealthOptions } from '../train/gradient-health.js';
import type { Report } from '../train/report.js';
import { type TrainOptions, train } from '../train/train.js';
import { fileCheckpoint, foldCheckpoints } from '../tune/checkpoint-files.js';
import type { CheckpointTask } from '../tune/checkpoint-task.js';
import { crossValidate } from '../tune/cross-validation.js';
import type { FoldEnd } from '../tune/folds-in-turn.js';
import { type Head, headFor } from './check-fit.js';
import type { CustomModules } from './custom-modules.js';
import { makeLayers } from './make-layers.js';
import { makeOptimizer } from './make-optimizer.js';
import { metricsWanted, type Wanted } from './metrics-wanted.js';
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
  { metrics, parameters }: Pick<Wanted, 'metrics' | 'parameters'>,
  epochs = file.epochs,
  { checkpoint, summarize, sliceMs }: Pick<TrainOptions, 'checkpoint' | 'summarize' | 'sliceMs'> = {},
): Observable<Report> {
  const { batchSize = 32, seed = 0, health = true, reportEvery } = file;
  const reports$ = train({
    net,
    data,
    validation,
    loss,
    metrics,
    batchSize,
    epochs,
    seed,
    checkpoint,
    summarize,
    ...(sliceMs !== undefined && { sliceMs }),
    health: health as boolean | GradientHealthOptions,
    optimizer: makeOptimizer(file, stepsOf(data, batchSize, epochs)),
    ...(reportEvery === undefined ? {} : { reportEvery }),
  });
  if (!parameters) return reports$;
  const count = parameterCount(net);
  return reports$.pipe(map(report => ({ ...report, metrics: { ...report.metrics, parameters: count } })));
}

/** What else a trial is run with. */
export interface TrialWays {
  readonly checkpoint?: CheckpointTask | undefined;
  readonly ended?: ((end: FoldEnd) => void) | undefined;
  /** Whether reports that are better than all before say what the validation rows were taken for; true. */
  readonly summarize?: boolean | undefined;
  /** How long a training works before it lets the event loop run, in ms; as `train` has it. */
  readonly sliceMs?: number | undefined;
}

/**
 * One trial: a new network is trained, or one for every fold, and freed when the trial ends, or its fold where they run in turn. Where
 * it is stored, it goes on from its last state: its reports are those after it. Folds in turn go on with the first that has no report yet.
 *
 * @param ended told of every fold that has ended, where they run in turn
 */
export function runTrial(
  file: TrainingFile,
  data: TrialData,
  workplace: Workplace,
  { checkpoint, ended, summarize = true, sliceMs }: TrialWays = {},
): Observable<Report> {
  const head = headFor(file, data);
  const wanted = metricsWanted(file, true);
  const inTurn = stepsAreFolds(file);
  return defer(() => {
    // The networks of folds side by side live until the last has ended: a rule may put weights back then.
    const opened: Network[] = [];
    const stored = data.folds ? foldCheckpoints(checkpoint, data.parts.length) : [fileCheckpoint(checkpoint)];
    const trainings = data.parts.map((part, fold) =>
      defer(() => {
        const net = openNetwork(file, part.train.features, head, workplace);
        const ways = { checkpoint: inTurn ? undefined : stored[fold], summarize, sliceMs };
        const training = trainNetwork(net, file, part, head, wanted, file.epochs, ways);
        if (inTurn) return training.pipe(finalize(() => net.dispose()));
        opened.push(net);
        return training;
      }),
    );
    const { objective } = wanted;
    const reports$ = data.folds
      ? crossValidate(trainings, { steps: inTurn ? 'folds' : 'epochs', objective, ended, after: checkpoint?.last })
      : trainings[0]!;
    return reports$.pipe(
      bestPredictions({ ...objective, than: checkpoint?.best }),
      finalize(() => {
        for (const net of opened) net.dispose();
      }),
    );
  });
}

/** Whether each fold is a step of the trial, and not each epoch of all of them. */
export function stepsAreFolds({ data: { folds } }: TrainingFile): boolean {
  return typeof folds === 'object' && folds.steps === 'folds';
}

/** How many reports a training makes that is not stopped, of a file whose data is divided into so many parts. */
export function reportsOf(file: TrainingFile, { parts }: Pick<TrialData, 'parts'>): number {
  return stepsAreFolds(file) ? parts.length : file.epochs;
}

function stepsOf({ rows }: Dataset, batchSize: number | 'full', epochs: number): number {
  return epochs * (batchSize === 'full' ? 1 : Math.ceil(rows / batchSize));
}
