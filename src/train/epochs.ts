import {
  concatMap,
  defer,
  filter,
  finalize,
  forkJoin,
  from,
  map,
  type Observable,
  type OperatorFunction,
  of,
} from 'rxjs';
import type { Dataset } from '../data/dataset.js';
import { InputError } from '../errors.js';
import { requireLoss } from '../nn/losses/checked.js';
import type { Loss } from '../nn/losses/loss.js';
import type { MetricName } from '../nn/metrics/by-name.js';
import type { Metric } from '../nn/metrics/metric.js';
import type { Network, Snapshot } from '../nn/network.js';
import type { TrainingMemory } from './checkpointing.js';
import { epochLoss } from './epoch-loss.js';
import { type Evaluated, type Evaluation, openEvaluation } from './evaluate.js';
import { holdMap } from './hold-map.js';
import { type LayerLook, layerNorms } from './layer-look.js';
import type { Pace } from './pull.js';
import type { HealthFinding, Metrics, Report } from './report.js';
import { requireInteger } from './require-integer.js';
import { requireDataset, requireNetwork } from './require-part.js';
import { openResources } from './resources.js';
import type { RunAhead } from './run-ahead.js';
import type { Step } from './update.js';

/** Options of `epochs`. */
export interface EpochsOptions extends Pace {
  readonly net: Network;
  /** Rows to evaluate after each epoch: the report then has `valLoss` and the metrics as `valAccuracy`, … */
  readonly validation?: Dataset | undefined;
  /** What to compute on the validation rows besides the loss; nothing. */
  readonly metrics?: readonly (MetricName | Metric)[] | undefined;
  /** The loss to validate by; the one that is trained on. */
  readonly loss?: Loss | undefined;
  /** Validation rows that are computed at a time; 1024. */
  readonly chunk?: number | undefined;
  /**
   * Also reports every so many steps of an epoch, but not at its end: `within: 'epoch'`, with the mean loss over the epoch's rows so
   * far. The reports of the epochs stay the same. Each reads one number back; none unless stated.
   */
  readonly reportEvery?: { readonly steps: number } | undefined;
  /**
   * Whether a report's model can tell what the validation rows were taken for (`model.predictions()`, `bestPredictions`); false.
   * Predictions are then read back after each epoch, as metrics need them too, and live as long as the report.
   */
  readonly summarize?: boolean | undefined;
}

/** A step that may say something about the network's health, and at which its layers may have been looked at. */
type HealthyStep = Step & {
  readonly health?: readonly HealthFinding[] | undefined;
  readonly look?: LayerLook | undefined;
};

/**
 * Steps → one report per epoch. `loss` is the mean over the epoch's rows of the losses that were trained on, summed on
 * the device and read once. The batch is held until the report has been delivered, so a report's weights are those
 * after its epoch.
 *
 * @example batches(train, { size: 32, epochs: 20 }).pipe(forward(net), loss(crossEntropy()), gradients(), update(adam()),
 *   epochs({ net, validation, metrics: ['accuracy'] }))
 */
export function epochs<T extends HealthyStep>(
  options: EpochsOptions,
  memory?: TrainingMemory,
  ahead?: RunAhead,
): OperatorFunction<T, Report> {
  if (typeof options !== 'object' || options === null) {
    throw new InputError(`epochs: expected options such as { net: … }, got ${String(options)}`);
  }
  requireNetwork('epochs', options.net);
  if (options.validation !== undefined) requireDataset('epochs', 'validation', options.validation);
  if (options.loss !== undefined) requireLoss('epochs', options.loss);
  const { net, validation, clock = () => performance.now(), reportEvery } = options;
  requireReportEvery(options);
  const { samples: samplesBefore = 0, seconds: secondsBefore = 0 } = memory?.from ?? {};
  const isDue =
    reportEvery === undefined ? isLast : (step: Step) => isLast(step) || (step.index + 1) % reportEvery.steps === 0;
  return source =>
    defer(() => {
      const start = clock();
      const resources = openResources();
      const trained = resources.own(epochLoss());
      let evaluation: Evaluation | undefined;
      let samples = samplesBefore;
      ahead?.counts(rows => {
        trained.count(rows);
        samples += rows;
      });
      const secondsNow = () => secondsBefore + (clock() - start) / 1000;
      let health: HealthFinding[] = [];
      let look: LayerLook | undefined;
      const validate = (lossFunction: Loss): Observable<Partial<Evaluated>> => {
        if (validation === undefined) return of({});
        evaluation ??= resources.own(openEvaluation(net, validation, { ...options, loss: lossFunction }));
        return evaluation.run;
      };
      const model = (step: Step, predictions?: Evaluated['predictions']) => ({
        snapshot: () => net.snapshot(),
        restore: (s: Snapshot) => net.restore(s),
        read: () => net.read(),
        hold: step.hold,
        ...(predictions && { predictions }),
      });
      const within = (step: Step) =>
        from(trained.soFar()).pipe(
          map(
            (loss): Report => ({
              epoch: step.epoch - 1,
              step: step.steps,
              samples,
              seconds: secondsNow(),
              metrics: { loss },
              within: 'epoch',
              model: model(step),
            }),
          ),
        );
      return source.pipe(
        // Every step passes here, so one operator does it all.
        filter(step => {
          trained.add(step);
          samples += step.rows;
          if (step.health !== undefined) health.push(...step.health);
          if (step.look !== undefined) look = step.look;
          return isDue(step);
        }),
        holdMap(step => {
          if (!isLast(step)) return within(step);
          const report$ = forkJoin([trained.take(), validate(options.loss ?? step.lossFunction)]).pipe(
            map(([loss, { metrics = {}, predictions }]): Report => {
              const findings = health;
              const norms = look && layerNorms(look);
              health = [];
              look = undefined;
              return {
                epoch: step.epoch,
                step: step.steps,
                samples,
                seconds: secondsNow(),
                metrics: { loss, ...validationNames(metrics) },
                ...(findings.length > 0 && { health: findings }),
                ...(norms && { norms }),
                model: model(step, predictions),
              };
            }),
          );
          if (memory === undefined) return report$;
          return report$.pipe(
            concatMap(report => {
              const stored = memory.store(report, clock);
              if (stored === undefined) return of(report);
              return stored.pipe(map(checkpoint => (checkpoint === undefined ? report : { ...report, checkpoint })));
            }),
          );
        }),
        finalize(resources.close),
      );
    });
}

/** Throws an `InputError` for a `reportEvery` that is none. */
export function requireReportEvery({ reportEvery }: Pick<EpochsOptions, 'reportEvery'>): void {
  if (reportEvery !== undefined) requireInteger('reportEvery.steps', reportEvery.steps, 1);
}

const isLast = ({ index, count }: Step): boolean => index === count - 1;

/** `loss` → `valLoss`, `rocAuc` → `valRocAuc`. */
export function validationNames(metrics: Metrics): Metrics {
  return Object.fromEntries(
    Object.entries(metrics).map(([name, value]) => [`val${name.charAt(0).toUpperCase()}${name.slice(1)}`, value]),
  );
}
