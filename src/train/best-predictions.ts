import { defer, type MonoTypeOperatorFunction, map } from 'rxjs';
import type { Report } from './report.js';

/** Whose best epochs are summarized. */
export interface BestPredictionsOptions {
  /** A metric of the reports, and its better side. */
  readonly metric: string;
  readonly direction: 'minimize' | 'maximize';
  /** The best value so far of a training that goes on from where it was; none unless stated. */
  readonly than?: number | undefined;
}

/**
 * Puts `predictions` on the report of epoch 1 and on each whose metric is better than all before: what the validation rows were taken for.
 * For reports of a training with `summarize`, whose models can be asked; NaN and infinities are never better. The others pass as they are.
 *
 * @example train({ …, validation, summarize: true }).pipe(bestPredictions({ metric: 'valLoss', direction: 'minimize' }))
 */
export function bestPredictions({ metric, direction, than }: BestPredictionsOptions): MonoTypeOperatorFunction<Report> {
  return reports$ =>
    defer(() => {
      let best = than;
      return reports$.pipe(
        map(report => {
          if (report.within !== undefined) return report;
          const value = report.metrics[metric];
          const isBetter =
            value !== undefined &&
            Number.isFinite(value) &&
            (best === undefined || (direction === 'minimize' ? value < best : value > best));
          if (isBetter) best = value;
          if (!isBetter && report.epoch !== 1) return report;
          const predictions = report.model?.predictions?.();
          return predictions === undefined ? report : { ...report, predictions };
        }),
      );
    });
}
