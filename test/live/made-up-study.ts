import { random } from '../../src/random.js';
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
}

/** A plausible study, event by event: interleaved trials, pruned, failed and early-stopped ones, findings of sick gradients. */
export function* madeUpStudy(options: MadeUp): Generator<StudyEvent> {
  const { name = 'digits', trials, epochs = 30, parallel = 4, seed = 1, begin = 1.76e12, epochTime = 80 } = options;
  let seq = 0;
  let time = begin;
  const stamp = () => ({ seq: seq++, time: Math.round(time) });
  const study: StudyInfo = {
    name,
    objective: { metric: 'valLoss', direction: 'minimize' },
    space: [
      { name: 'layers', kind: 'int', low: 1, high: 3 },
      { name: 'units', kind: 'int', low: 16, high: 256, log: true },
      { name: 'activation', kind: 'choice', options: ['relu', 'tanh', 'sigmoid'] },
      { name: 'rate', kind: 'float', low: 0, high: 0.5 },
      { name: 'optimizer', kind: 'choice', options: ['adam', 'sgd'] },
      { name: 'learningRate', kind: 'float', low: 1e-4, high: 1, log: true },
      { name: 'momentum', kind: 'float', low: 0, high: 0.99, condition: 'optimizer is sgd' },
      { name: 'batchSize', kind: 'choice', options: ['16', '32', '64', '128'] },
    ],
    sampler: 'random',
    rules: ['diverged', 'patience', 'median'],
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
      const activation = ['relu', 'tanh', 'sigmoid'][draw.int(0, 2)] as string;
      const off = Math.abs(Math.log10(learningRate) - (adam ? -2.4 : -1)) + (activation === 'sigmoid' ? 0.6 : 0);
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
        rate: Math.round(50 * draw.uniform()) / 100,
        optimizer: adam ? 'adam' : 'sgd',
        learningRate,
        ...(adam ? {} : { momentum: draw.uniform() * 0.99 }),
        batchSize: 16 * 2 ** draw.int(0, 3),
      };
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
        end: Math.min(end, epochs),
        epoch: 0,
        best: Number.POSITIVE_INFINITY,
        bestEpoch: 0,
        began: time,
      });
      yield { ...stamp(), type: 'trial-started', trial: next, hparams };
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
      if (value < trial.best) [trial.best, trial.bestEpoch] = [value, epoch];
      const sick = trial.hparams.activation === 'sigmoid' && trial.hparams.layers === 3 && epoch === 2;
      const report: PlainReport = {
        epoch,
        step: epoch * 45,
        samples: epoch * 1437,
        seconds: (time - trial.began) / 1000,
        metrics: { loss: value * 0.85, valLoss: value, valAccuracy: Math.max(0.1, 1 - 0.28 * value) },
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
      if (epoch < trial.end) continue;
      running.splice(running.indexOf(trial), 1);
      const state =
        trial.fate === 'median'
          ? 'pruned'
          : trial.fate === 'diverged' || trial.fate === 'error'
            ? 'failed'
            : 'complete';
      const shown = (x: number) => x.toFixed(4);
      const stop = {
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
      }[trial.fate];
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
