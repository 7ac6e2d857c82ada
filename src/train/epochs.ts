import { defer, filter, finalize, forkJoin, map, type Observable, type OperatorFunction, of } from 'rxjs';
import type { Dataset } from '../data/dataset.js';
import type { Loss } from '../nn/losses/loss.js';
import type { MetricName } from '../nn/metrics/by-name.js';
import type { Metric } from '../nn/metrics/metric.js';
import type { Network } from '../nn/network.js';
import { epochLoss } from './epoch-loss.js';
import { type Evaluation, openEvaluation } from './evaluate.js';
import { holdMap } from './hold-map.js';
import type { Pace } from './pull.js';
import type { HealthFinding, Metrics, Report } from './report.js';
import { openResources } from './resources.js';
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
}

/** A step that may say something about the network's health. */
type HealthyStep = Step & { readonly health?: readonly HealthFinding[] | undefined };

/**
 * Steps → one report per epoch. `loss` is the mean over the epoch's rows of the losses that were trained on, summed on
 * the device and read once. The batch is held until the report has been delivered, so a report's weights are those
 * after its epoch.
 *
 * @example batches(train, { size: 32, epochs: 20 }).pipe(forward(net), loss(crossEntropy()), gradients(), update(adam()),
 *   epochs({ net, validation, metrics: ['accuracy'] }))
 */
export function epochs<T extends HealthyStep>(options: EpochsOptions): OperatorFunction<T, Report> {
  const { net, validation, clock = () => performance.now() } = options;
  return source =>
    defer(() => {
      const start = clock();
      const resources = openResources();
      const trained = resources.own(epochLoss());
      let evaluation: Evaluation | undefined;
      let samples = 0;
      let health: HealthFinding[] = [];
      const validate = (lossFunction: Loss): Observable<Metrics> => {
        if (validation === undefined) return of({});
        evaluation ??= resources.own(openEvaluation(net, validation, { ...options, loss: lossFunction }));
        return evaluation.run.pipe(map(validationNames));
      };
      return source.pipe(
        // Every step passes here, so one operator does it all.
        filter(step => {
          trained.add(step);
          samples += step.rows;
          if (step.health !== undefined) health.push(...step.health);
          return step.index === step.count - 1;
        }),
        holdMap(step =>
          forkJoin([trained.take(), validate(options.loss ?? step.lossFunction)]).pipe(
            map(([loss, validated]): Report => {
              const findings = health;
              health = [];
              return {
                epoch: step.epoch,
                step: step.steps,
                samples,
                seconds: (clock() - start) / 1000,
                metrics: { loss, ...validated },
                ...(findings.length > 0 && { health: findings }),
                model: {
                  snapshot: () => net.snapshot(),
                  restore: s => net.restore(s),
                  read: () => net.read(),
                  hold: step.hold,
                },
              };
            }),
          ),
        ),
        finalize(resources.close),
      );
    });
}

/** `loss` → `valLoss`, `rocAuc` → `valRocAuc`. */
export function validationNames(metrics: Metrics): Metrics {
  return Object.fromEntries(
    Object.entries(metrics).map(([name, value]) => [`val${name.charAt(0).toUpperCase()}${name.slice(1)}`, value]),
  );
}
