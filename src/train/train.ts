import type { Observable } from 'rxjs';
import type { Dataset } from '../data/dataset.js';
import { requireLoss } from '../nn/losses/checked.js';
import type { Loss } from '../nn/losses/loss.js';
import { toMetric } from '../nn/metrics/by-name.js';
import { type Optimizer, requireOptimizer } from '../nn/optimizers/optimizer.js';
import { checkOptions, type OptionNames } from '../option-names.js';
import { batchesAhead, requireBatches } from './batches.js';
import { type Checkpointing, openMemory, requireEvery } from './checkpointing.js';
import { clipNorm } from './clip-norm.js';
import { type EpochsOptions, epochs, requireReportEvery } from './epochs.js';
import { requireFit } from './evaluate.js';
import { forward } from './forward.js';
import { type GradientHealthOptions, gradientHealth, LOOK_EVERY } from './gradient-health.js';
import { gradients, requireParameters } from './gradients.js';
import { loss } from './loss.js';
import { oneTraining } from './one-training.js';
import type { Report } from './report.js';
import { requireDataset, requireNetwork } from './require-part.js';
import { runAhead } from './run-ahead.js';
import { requireOwnState, type StateOwner, stateOwner } from './training-state.js';
import { update } from './update.js';

/** A whole training. */
export interface TrainOptions extends EpochsOptions {
  readonly data: Dataset;
  readonly loss: Loss;
  readonly optimizer: Optimizer;
  /** Rows of a batch, or `'full'`; 32. */
  readonly batchSize?: number | 'full' | undefined;
  readonly epochs: number;
  /** Seed of the order of the rows, and of dropout; the network's. */
  readonly seed?: number | undefined;
  /** Whether the rows are put in another order for every epoch; true. */
  readonly shuffle?: boolean | undefined;
  /** The most that the norm of all gradients together may be; no limit. */
  readonly clipNorm?: number | undefined;
  /** Whether vanishing and exploding layers are looked for and put on the reports, or how; true. */
  readonly health?: boolean | GradientHealthOptions | undefined;
  /** Stores the training's state now and then, goes on from one, or both; not unless stated. */
  readonly checkpoint?: Checkpointing | undefined;
}

/**
 * The five stages put together: a cold stream of one report per epoch. Each subscription goes on from the weights that
 * the network has, with a new optimizer state; unsubscribing ends it within one batch and frees all but the network.
 * Throws an `InputError` at once when an option is unknown or wrong, or the data does not fit the network or the loss. A network has one
 * training at a time: a subscription while another one trains it errors with an `InputError`.
 *
 * @example train({ net, data, validation, loss: crossEntropy(), optimizer: adam(), epochs: 20, seed: 1, metrics: ['accuracy'] })
 */
export function train(options: TrainOptions): Observable<Report> {
  checkOptions('train', options, optionNames);
  requireNetwork('train', options.net);
  requireDataset('train', 'data', options.data);
  if (options.validation !== undefined) requireDataset('train', 'validation', options.validation);
  requireLoss('train', options.loss);
  requireOptimizer('train', '`optimizer`', options.optimizer);
  const { net, data, validation, batchSize = 32, seed = net.seed, clipNorm: max, health = true } = options;
  requireParameters(net);
  requireBatches(data, batchSize, options.epochs);
  requireFit(net, data, options.loss);
  if (validation !== undefined) {
    requireBatches(validation, 'full', 1);
    requireFit(net, validation, options.loss);
  }
  for (const metric of options.metrics ?? []) toMetric(metric);
  requireReportEvery(options);
  const { checkpoint } = options;
  if (checkpoint !== undefined) {
    requireEvery(checkpoint);
    if (typeof checkpoint.from === 'object') requireOwnState(checkpoint.from, ownerOf(options));
  }
  return oneTraining(net, () => {
    const memory = checkpoint && openMemory(net, ownerOf(options), checkpoint);
    // Nobody but the stages sees the batches.
    const after = memory?.from?.epoch;
    // Who hears reports within an epoch may change the data there.
    const ahead = runAhead(net.device, seenSteps(options), options.reportEvery === undefined);
    const computed = batchesAhead(data, { ...options, size: batchSize, seed, after, reuse: true }, ahead).pipe(
      forward(net),
      loss(options.loss),
      gradients(),
    );
    const clipped = max === undefined ? computed : computed.pipe(clipNorm(max));
    const steps = clipped.pipe(update(options.optimizer, { memory, ahead }));
    const watched = health === false ? steps : steps.pipe(gradientHealth(health === true ? {} : health, memory));
    return watched.pipe(epochs(options, memory, ahead));
  });
}

const optionNames: OptionNames<TrainOptions> = {
  net: true,
  data: true,
  validation: true,
  loss: true,
  optimizer: true,
  epochs: true,
  batchSize: true,
  seed: true,
  shuffle: true,
  metrics: true,
  clipNorm: true,
  health: true,
  checkpoint: true,
  reportEvery: true,
  summarize: true,
  chunk: true,
  prefetch: true,
  sliceMs: true,
  clock: true,
  yieldTo: true,
};

/** The steps that are looked at between the ends of epochs: those at which the network's health is, and at which a report is due. */
function seenSteps({ health = true, reportEvery }: TrainOptions): (step: number, index: number) => boolean {
  const every =
    health === false ? Number.POSITIVE_INFINITY : health === true ? LOOK_EVERY : (health.every ?? LOOK_EVERY);
  const due = reportEvery?.steps ?? Number.POSITIVE_INFINITY;
  return (step, index) => step % every === 0 || (index + 1) % due === 0;
}

/** What the states of a training belong to. */
export function ownerOf(options: TrainOptions): StateOwner {
  const { net, optimizer, data, batchSize = 32, seed = net.seed, shuffle = true } = options;
  const size = batchSize === 'full' ? data.rows : Math.min(batchSize, data.rows);
  return stateOwner(net, optimizer, { rows: data.rows, size, seed, shuffle });
}
