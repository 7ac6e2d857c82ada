import { random } from '../../src/random.js';
import type { LayerNorms, PredictionSummary } from '../../src/train/report.js';
import type { HParams, PlainReport, StudyEvent, StudyInfo } from '../../src/tune/events.js';

/** What a made-up study is like. */
export interface MadeUp {
  readonly name?: string;
  readonly trials: number;
  readonly epochs?: number;
  readonly parallel?: number;
  readonly seed?: number;
  /** Milliseconds since 1970 at which it begins. */
  readonly begin?: number;
  /** Milliseconds that an epoch takes. */
  readonly epochTime?: number;
  /** Two objectives: the loss, and the number of parameters. */
  readonly objectives?: boolean;
  /** Trials are compared at rungs, in place of the median. */
  readonly rungs?: boolean;
  /** Layers' norms and predictions with the reports. */
  readonly details?: boolean;
  /** The words of the study that a user chose, for those that mean something elsewhere. */
  readonly words?: { readonly activation?: string; readonly hparam?: string; readonly class?: string };
}

/** A plausible study, event by event: interleaved trials, pruned, failed and early-stopped ones, findings of sick gradients. */
export function* madeUpStudy(options: MadeUp): Generator<StudyEvent> {
  const { name = 'digits', trials, epochs = 30, parallel = 4, seed = 1, begin = 1.76e12, epochTime = 80 } = options;
  const { objectives = false, rungs = true, details = true, words = {} } = options;
  const { activation: odd = 'sigmoid', hparam: rate = 'rate', class: firstClass = '0' } = words;
  const classes = [firstClass, ...Array.from({ length: 9 }, (_, i) => String(i + 1))];
  const rungEpochs = [1, 3, 9, 27].filter(epoch => epoch < epochs);
  /** What was reported at each rung, to compare with. */
  const atRungs = new Map<number, number[]>();
  const free = Array.from({ length: parallel }, (_, slot) => slot);
  let seq = 0;
  let time = begin;
  const stamp = () => ({ seq: seq++, time: Math.round(time) });
  const study: StudyInfo = {
    name,
    objective: { metric: 'valLoss', direction: 'minimize' },
    space: [
      { name: 'layers', kind: 'int', low: 1, high: 3 },
      { name: 'units', kind: 'int', low: 16, high: 256, log: true },
      { name: 'activation', kind: 'choice', options: ['relu', 'tanh', odd] },
      { name: rate, kind: 'float', low: 0, high: 0.5 },
      { name: 'optimizer', kind: 'choice', options: ['adam', 'sgd'] },
      { name: 'learningRate', kind: 'float', low: 1e-4, high: 1, log: true },
      { name: 'momentum', kind: 'float', low: 0, high: 0.99, condition: 'optimizer is sgd' },
      { name: 'batchSize', kind: 'choice', options: ['16', '32', '64', '128'] },
    ],
    sampler: 'random',
    rules: ['diverged', 'patience', rungs ? 'successiveHalving' : 'median'],
    ...(objectives && {
      objectives: [
        { metric: 'valLoss', direction: 'minimize' },
        { metric: 'parameters', direction: 'minimize' },
      ],
    }),
    ...(rungs && {
      rungs: [
        {
          rule: 'successiveHalving',
          metric: 'valLoss',
          direction: 'minimize',
          reductionFactor: 3,
          brackets: [rungEpochs],
        },
      ],
    }),
    search: { path: 'examples/digits.search.json', json: searchFile(odd, rate) },
    dataset: {
      source: 'digits.csv',
      rows: 1797,
      features: 64,
      target: 'digit',
      task: 'classification',
      classes: classes.map((name, i) => ({ name, rows: 174 + ((i * 7) % 10) })),
      columns: [
        {
          name: 'digit',
          kind: 'category',
          missing: 0,
          categories: 10,
          top: classes.map((name, i) => ({ name, rows: 183 - i })),
        },
        ...Array.from({ length: 64 }, (_, i) => ({
          name: `pixel_${i >> 3}_${i % 8}`,
          kind: 'number' as const,
          missing: i === 5 ? 12 : 0,
          min: 0,
          max: 16,
          mean: 8 - Math.abs(4 - (i % 8)) * 1.7,
          deviation: 5.1,
          histogram: Array.from({ length: 20 }, (_, bin) =>
            Math.round(300 * Math.exp(-((bin - (i % 8) * 2) ** 2) / 30)),
          ),
        })),
      ],
      allColumns: 65,
      splits: [
        { name: 'train', rows: 1438 },
        { name: 'validation', rows: 359 },
      ],
    },
    trials,
    parallel,
    epochs,
    device: 'webasm',
    data: '1,797 rows, 64 features, 10 classes',
  };
  yield { ...stamp(), type: 'study-started', study };

  interface Running {
    readonly number: number;
    readonly hparams: HParams;
    readonly floor: number;
    readonly speed: number;
    readonly fate: 'runs' | 'median' | 'patience' | 'diverged' | 'error';
    readonly end: number;
    readonly slot: number;
    epoch: number;
    best: number;
    bestEpoch: number;
    readonly began: number;
  }
  const running: Running[] = [];
  const counts = { waiting: 0, running: 0, paused: 0, complete: 0, pruned: 0, failed: 0 };
  let best: { trial: number; value: number; epoch: number; hparams: HParams } | undefined;
  let samples = 0;
  let next = 0;
  while (next < trials || running.length > 0) {
    while (next < trials && running.length < parallel) {
      const draw = random(seed, 'made-up', next);
      const learningRate = 10 ** (-4 + 4 * draw.uniform());
      const adam = draw.uniform() < 0.6;
      const activation = ['relu', 'tanh', odd][draw.int(0, 2)] as string;
      const off = Math.abs(Math.log10(learningRate) - (adam ? -2.4 : -1)) + (activation === odd ? 0.6 : 0);
      const floor = 0.07 + 0.11 * off ** 2 + 0.05 * draw.uniform();
      const luck = draw.uniform();
      const fate =
        adam && learningRate > 0.3
          ? 'diverged'
          : luck < 0.03
            ? 'error'
            : floor > 0.2 && luck < 0.85
              ? 'median'
              : luck < 0.5
                ? 'patience'
                : 'runs';
      const hparams: HParams = {
        layers: draw.int(1, 3),
        units: Math.round(16 * 16 ** draw.uniform()),
        activation,
        [rate]: Math.round(50 * draw.uniform()) / 100,
        optimizer: adam ? 'adam' : 'sgd',
        learningRate,
        ...(adam ? {} : { momentum: draw.uniform() * 0.99 }),
        batchSize: 16 * 2 ** draw.int(0, 3),
      };
      const slot = free.shift() as number;
      const end = {
        runs: epochs,
        median: draw.int(4, 10),
        patience: draw.int(Math.ceil(epochs / 2), epochs - 1),
        diverged: draw.int(2, 5),
        error: draw.int(1, 4),
      }[fate];
      running.push({
        number: next,
        hparams,
        floor,
        speed: 0.15 + 0.5 * draw.uniform() - 0.05 * off,
        fate,
        slot,
        end: Math.min(end, epochs),
        epoch: 0,
        best: Number.POSITIVE_INFINITY,
        bestEpoch: 0,
        began: time,
      });
      yield { ...stamp(), type: 'trial-started', trial: next, hparams, slot };
      counts.running++;
      next++;
    }
    for (const trial of [...running]) {
      time += epochTime / running.length;
      const epoch = ++trial.epoch;
      const noise = random(seed, 'noise', trial.number, epoch);
      const fall = trial.floor + 2.2 * Math.exp(-Math.max(0.08, trial.speed) * epoch);
      const value =
        trial.fate === 'diverged'
          ? epoch === trial.end
            ? Number.NaN
            : 2.3 * 6 ** epoch
          : fall * (1 + 0.04 * noise.normal()) +
            Math.max(0, epoch - trial.end + 5) * (trial.fate === 'patience' ? 0.004 : 0);
      const better = value < trial.best;
      if (better) [trial.best, trial.bestEpoch] = [value, epoch];
      const parameters = parametersOf(trial.hparams);
      const sick = trial.hparams.activation === odd && trial.hparams.layers === 3 && epoch === 2;
      const report: PlainReport = {
        epoch,
        step: epoch * 45,
        samples: epoch * 1437,
        seconds: (time - trial.began) / 1000,
        metrics: {
          loss: value * 0.85,
          valLoss: value,
          valAccuracy: Math.max(0.1, 1 - 0.28 * value),
          ...(objectives && { parameters }),
        },
        ...(details && {
          norms: normsOf(trial.hparams, epoch, sick || trial.fate === 'diverged' ? trial.fate : 'well'),
        }),
        ...(details && better && { predictions: predictionsOf(classes, value, noise) }),
        ...(sick || (trial.fate === 'diverged' && epoch === 1)
          ? {
              health: [
                {
                  kind: sick ? ('vanishing' as const) : ('exploding' as const),
                  of: 'gradient' as const,
                  layer: sick ? 1 : 4,
                  layerName: sick ? '1 dense' : '4 dense',
                  norm: sick ? 3.1e-7 : 4.2e4,
                  limit: sick ? 1e-5 : 1e3,
                  steps: 3,
                  step: 40,
                  advice: sick
                    ? 'sigmoid saturates in deep networks: use relu with he initialization'
                    : 'use a smaller learning rate, or clip the gradients by their norm',
                },
              ],
            }
          : {}),
      };
      samples += 1437;
      yield { ...stamp(), type: 'trial-reported', trial: trial.number, report };
      if (rungEpochs.includes(epoch)) atRungs.set(epoch, [...(atRungs.get(epoch) ?? []), value]);
      const others = [...(atRungs.get(epoch) ?? [])].sort((a, b) => a - b);
      const cut = others[Math.max(0, Math.floor(others.length / 3) - 1)] ?? Number.NaN;
      // With rungs a trial falls at one of them, or runs on.
      const falls = rungs && trial.fate === 'median' && others.length >= 3 && value > cut;
      if (rungs && trial.fate === 'median' ? !falls && epoch < epochs : epoch < trial.end) continue;
      running.splice(running.indexOf(trial), 1);
      free.push(trial.slot);
      free.sort();
      const fate = trial.fate === 'median' && rungs ? (falls ? 'rung' : 'runs') : trial.fate;
      const state =
        fate === 'median' || fate === 'rung'
          ? 'pruned'
          : trial.fate === 'diverged' || trial.fate === 'error'
            ? 'failed'
            : 'complete';
      const shown = (x: number) => x.toFixed(4);
      const stop = {
        rung: {
          by: 'successiveHalving',
          reason: `valLoss ${shown(value)} is worse than ${shown(cut)}, the best third of ${others.length} trials at epoch ${epoch}`,
          metric: 'valLoss',
          value,
          threshold: cut,
          against: `best third of ${others.length} trials at epoch ${epoch}`,
        },
        runs: { by: 'epochs', reason: `ran all ${epochs} epochs` },
        median: {
          by: 'median',
          reason: `valLoss ${shown(value)} is worse than ${shown(value * 0.8)}, the median of ${trial.number} trials at epoch ${epoch}`,
          threshold: value * 0.8,
          against: `median of ${trial.number} trials at epoch ${epoch}`,
        },
        patience: {
          by: 'patience',
          reason: `valLoss ${shown(value)} did not improve on ${shown(trial.best)} (epoch ${trial.bestEpoch}) for 6 epochs`,
          restoredEpoch: trial.bestEpoch,
        },
        diverged: { by: 'diverged', reason: 'valLoss is NaN' },
        error: { by: 'error', reason: 'plateau.mjs: Cannot read properties of undefined (reading "metrics")' },
      }[fate];
      counts.running--;
      counts[state]++;
      const finite = Number.isFinite(trial.best);
      if (state === 'complete' && finite && trial.best < (best?.value ?? Number.POSITIVE_INFINITY)) {
        best = { trial: trial.number, value: trial.best, epoch: trial.bestEpoch, hparams: trial.hparams };
      }
      yield {
        ...stamp(),
        type: 'trial-finished',
        trial: trial.number,
        state,
        ...(finite ? { value: trial.best, bestEpoch: trial.bestEpoch } : {}),
        ...(finite && objectives && { values: [trial.best, parameters] }),
        epochs: epoch,
        seconds: (time - trial.began) / 1000,
        stop: { ...stop, outcome: state, epoch },
      };
    }
  }
  yield {
    ...stamp(),
    type: 'study-finished',
    reason: 'trials',
    ...(best ? { best } : {}),
    counts,
    seconds: (time - begin) / 1000,
    samples,
  };
}

function parametersOf({ layers, units }: HParams): number {
  const [depth, width] = [Number(layers), Number(units)];
  return 65 * width + (depth - 1) * (width + 1) * width + 10 * (width + 1);
}

/** Gradients that vanish towards the first layer, or explode, or are well. */
function normsOf({ layers }: HParams, epoch: number, fate: string): LayerNorms {
  const depth = Number(layers) + 1;
  const shrink = fate === 'well' ? 0.7 : fate === 'diverged' ? 30 : 0.004;
  const back = (layer: number) => 0.05 * shrink ** (depth - 1 - layer) * (fate === 'diverged' ? 8 ** epoch : 1);
  return {
    layers: Array.from({ length: depth }, (_, layer) => `${layer} dense`),
    gradients: Array.from({ length: depth }, (_, layer) => back(layer) / Math.sqrt(epoch)),
    activations: Array.from({ length: depth }, (_, layer) =>
      fate === 'diverged' ? 5 ** (epoch + layer) : 0.9 - 0.1 * layer,
    ),
  };
}

function predictionsOf(classes: readonly string[], value: number, noise: ReturnType<typeof random>): PredictionSummary {
  const wrong = Math.min(0.9, 0.28 * Math.max(0, value));
  const counts = classes.map((_, truth) =>
    classes.map((_, taken) =>
      truth === taken
        ? Math.round(36 * (1 - wrong))
        : Math.floor(36 * wrong * noise.uniform() * (taken === (truth + 5) % 10 ? 0.6 : 0.15)),
    ),
  );
  return { kind: 'confusion', classes, counts };
}

function searchFile(odd: string, rate: string): unknown {
  return {
    name: 'digits',
    data: {
      source: 'digits.csv',
      target: 'digit',
      scale: 'standard',
      split: { validation: 0.2, stratify: true, seed: 0 },
    },
    model: {
      layers: [
        {
          repeat: { int: [1, 3], name: 'layers' },
          dense: { units: { int: [16, 256], log: true }, activation: { choice: ['relu', 'tanh', odd] } },
        },
        { dropout: { rate: { float: [0, 0.5], name: rate } } },
      ],
    },
    loss: 'crossEntropy',
    optimizer: {
      choice: [
        { adam: { learningRate: { float: [1e-4, 1], log: true, name: 'learningRate' } } },
        {
          sgd: { learningRate: { float: [1e-4, 1], log: true, name: 'learningRate' }, momentum: { float: [0, 0.99] } },
        },
      ],
    },
    batchSize: { choice: [16, 32, 64, 128] },
    epochs: 30,
    objective: { minimize: 'valLoss' },
    sampler: 'random',
    earlyStopping: [
      'diverged',
      { patience: { metric: 'valLoss', epochs: 6 } },
      { successiveHalving: { minResource: 1, reductionFactor: 3 } },
    ],
    trials: 60,
    parallel: 4,
  };
}
