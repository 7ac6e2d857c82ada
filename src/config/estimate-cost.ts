import type { Device } from '../kernels/device.js';
import { sizeOf } from '../kernels/graph.js';
import { matmulSpeed } from '../kernels/survey-devices.js';
import type { Layer } from '../nn/layers/layer.js';
import { random } from '../random.js';
import type { StudyInfo } from '../tune/events.js';
import { quantile } from '../tune/hyperparameter.js';
import type { SearchSpace } from '../tune/space.js';
import { headFor } from './check-fit.js';
import { withSplit } from './check-search.js';
import type { CustomModules } from './custom-modules.js';
import { makeLayers } from './make-layers.js';
import type { DataFiles } from './open-data.js';
import type { TrainingFile } from './training-schema.js';

/** What one trial takes that is not stopped. */
export interface TrialCost {
  /** Trainable numbers of its network, or of each fold's. */
  readonly parameters: number;
  /** Epochs, of all folds together. */
  readonly epochs: number;
  /** Rows that are trained on, every repetition counted. */
  readonly rows: number;
  /** Multiplications and additions of its matrix products. */
  readonly flop: number;
}

/** So many points are drawn to look at what the space may cost. */
const DRAWN = 100;

/**
 * The cost of a trial: a row takes 2 operations for every weight forward, twice that backward, and 2 when it is validated.
 * Biases, activations and the optimizer are left out, as they are small beside the products of all but the smallest networks.
 */
export function trialCost(file: TrainingFile, files: DataFiles, custom: CustomModules): TrialCost {
  const data = files.prepare(file.data);
  const head = headFor(file, data);
  const layers = makeLayers(file.model, head.outputs, custom.activation);
  let [parameters, rows, flop] = [0, 0, 0];
  for (const { train, validation } of data.parts) {
    const size = sizeOfNetwork(layers, train.features);
    parameters = Math.max(parameters, size.parameters);
    rows += train.rows * file.epochs;
    flop += (6 * train.rows + 2 * (validation?.rows ?? 0)) * size.weights * file.epochs;
  }
  return { parameters, epochs: file.epochs * data.parts.length, rows, flop };
}

function sizeOfNetwork(layers: readonly Layer[], inputs: number): { parameters: number; weights: number } {
  let [width, parameters, weights] = [inputs, 0, 0];
  for (const layer of layers) {
    for (const { shape } of layer.parameters(width)) {
      parameters += sizeOf(shape);
      if (shape[0] > 1 || width === 1) weights += sizeOf(shape);
    }
    width = layer.outputs(width);
  }
  return { parameters, weights };
}

/** What a study would cost, as lines: of points drawn at random that the constraints allow, at the device's speed, which is measured. */
export async function estimateLines(
  space: SearchSpace,
  { trials, parallel }: StudyInfo,
  device: Device,
  costOf: (file: TrainingFile) => TrialCost,
  clock: () => number,
): Promise<string[]> {
  const costs: TrialCost[] = [];
  for (let point = 0; costs.length < DRAWN && point < 100 * DRAWN; point++) {
    const { hparams, value } = space.resolve(h => quantile(h, random(0, 'estimate', point, h.name).uniform()));
    if (space.allows(hparams)) costs.push(costOf(withSplit(value as TrainingFile)));
  }
  const gflops = await matmulSpeed(device, clock);
  const range = (of: (cost: TrialCost) => number) => {
    const [low, high] = [Math.min(...costs.map(of)), Math.max(...costs.map(of))].map(short);
    return low === high ? `${low}` : `${low} to ${high}`;
  };
  const mean = costs.reduce((sum, { flop }) => sum + flop, 0) / costs.length;
  const all = Number.isFinite(trials) ? (trials as number) : undefined;
  return [
    `a trial    ${range(cost => cost.parameters)} parameters, ${range(cost => cost.epochs)} epochs, ${range(cost => cost.rows)} rows, ${range(cost => cost.flop / 1e9)} GFLOP`,
    ...(all === undefined
      ? []
      : [
          `all        at most about ${short((mean * all) / 1e9)} GFLOP: ${timeOf((mean * all) / 1e9 / gflops)} or more of matrix products at ${short(gflops)} GFLOP/s, as measured`,
        ]),
    ...(parallel > 1 && all !== undefined ? [`           (${parallel} trials at a time share that speed)`] : []),
  ];
}

/** Three digits, thousands and more with a letter. */
function short(value: number): string {
  for (const [unit, letter] of [
    [1e12, ' T'],
    [1e9, ' G'],
    [1e6, ' M'],
    [1e4, ' k'],
  ] as const) {
    if (Math.abs(value) >= unit) return `${Number((value / (letter === ' k' ? 1e3 : unit)).toPrecision(3))}${letter}`;
  }
  return String(Number(value.toPrecision(3)));
}

function timeOf(seconds: number): string {
  if (seconds < 120) return `${Number(seconds.toPrecision(2))} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Number((seconds / 3600).toPrecision(2))} h`;
}
