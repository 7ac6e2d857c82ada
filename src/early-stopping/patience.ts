import { defer, finalize, type MonoTypeOperatorFunction, map, tap } from 'rxjs';
import type { Snapshot } from '../nn/network.js';
import type { Report } from '../train/report.js';
import { checkNumber, checkWhole } from './arguments.js';
import { directionFor } from './direction.js';
import { epochCount, metricValue, shown } from './metric-value.js';
import { type AnnotatingRule, type PendingDecision, rule, withDecision } from './rule.js';

/** What `patience` waits for. */
export interface PatienceOptions {
  /** The metric watched; default `valLoss`. */
  readonly metric?: string | undefined;
  /** Epochs without an improvement after which to stop, from 1. */
  readonly epochs: number;
  /** How much better than the best counts as an improvement; default 0: any. */
  readonly minDelta?: number | undefined;
  /** Needed only when the metric's name does not imply it. */
  readonly direction?: 'minimize' | 'maximize' | undefined;
  /** Whether the weights of the best epoch are restored, at the decision or at the training's own end; default true. */
  readonly restoreBest?: boolean | undefined;
}

/**
 * Stops when a metric has not improved for some epochs, and restores the best weights; the trial counts as complete.
 * NaN is no improvement. Prechelt, "Early Stopping – But When?" (1998).
 */
export function patience(options: PatienceOptions): AnnotatingRule {
  const { metric = 'valLoss', epochs, minDelta = 0, restoreBest = true } = options;
  checkWhole('patience', 'epochs', epochs, 1);
  checkNumber('patience', 'minDelta', minDelta, 0, Number.POSITIVE_INFINITY);
  const sign = directionFor('patience', metric, options.direction) === 'minimize' ? 1 : -1;

  const annotate: MonoTypeOperatorFunction<Report> = reports$ =>
    defer(() => {
      const kept = bestWeights();
      let best: { readonly value: number; readonly epoch: number } | undefined;
      let last: Report | undefined;

      function judge(report: Report): PendingDecision | undefined {
        const value = metricValue('patience', report, metric);
        if (!Number.isNaN(value) && (best === undefined || sign * value < sign * best.value - minDelta)) {
          best = { value, epoch: report.epoch };
          if (restoreBest) kept.keep(report);
          return undefined;
        }
        if (report.epoch - (best?.epoch ?? 0) < epochs) return undefined;
        const decision: PendingDecision = {
          by: 'patience',
          reason:
            best === undefined
              ? `${metric} was never a number in ${epochCount(report.epoch)}`
              : `${metric} ${shown(value)} did not improve on ${shown(best.value)} (epoch ${best.epoch}) for ${epochCount(report.epoch - best.epoch)}`,
          outcome: best === undefined ? 'failed' : 'complete',
          epoch: report.epoch,
          metric,
          value,
          threshold: best?.value,
          against: best && `best, at epoch ${best.epoch}`,
        };
        return { ...decision, settle: () => ({ ...decision, restoredEpoch: kept.restore(report) }) };
      }

      return reports$.pipe(
        map(report => {
          last = report;
          return report.stop === undefined ? withDecision(report, judge(report)) : report;
        }),
        tap({ complete: () => last && last.stop === undefined && kept.restore(last) }),
        finalize(kept.dispose),
      );
    });
  return rule('patience', annotate);
}

/** The weights of the best epoch so far: at most one copy, which the owner disposes of. */
function bestWeights() {
  let kept: { readonly snapshot: Snapshot; readonly epoch: number } | undefined;
  const dispose = () => {
    kept?.snapshot.dispose();
    kept = undefined;
  };
  return {
    dispose,
    keep(report: Report): void {
      if (report.model === undefined) return;
      dispose();
      kept = { snapshot: report.model.snapshot(), epoch: report.epoch };
    },
    /** Puts the kept weights back and returns their epoch; undefined when there are none or they are those of this report. */
    restore(report: Report): number | undefined {
      if (kept === undefined || report.model === undefined || kept.epoch === report.epoch) return undefined;
      report.model.restore(kept.snapshot);
      return kept.epoch;
    },
  };
}
