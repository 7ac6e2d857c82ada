import { defer, finalize, type MonoTypeOperatorFunction, map, tap } from 'rxjs';
import type { Snapshot } from '../nn/network.js';
import { checkOptions, type OptionNames } from '../option-names.js';
import type { Report } from '../train/report.js';
import { checkNumber, checkWhole } from './arguments.js';
import { directionFor } from './direction.js';
import { epochCount, metricValue, shown } from './metric-value.js';
import { checkNan, type NanPolicy, outcomeOfNan } from './nan.js';
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
  /** What becomes of the trial at NaN; default `worst`: it is no improvement, and the trial has failed if it never was a number. */
  readonly nan?: NanPolicy | undefined;
}

const OPTIONS: OptionNames<PatienceOptions> = {
  epochs: true,
  metric: true,
  minDelta: true,
  direction: true,
  restoreBest: true,
  nan: true,
};

/**
 * Stops when a metric has not improved for some epochs, and restores the best weights; the trial counts as complete.
 * NaN is no improvement, unless `nan` says otherwise. Reports from within an epoch are not judged: the mean over a part of an
 * epoch is not to be compared with those over whole ones. Prechelt, "Early Stopping – But When?" (1998).
 */
export function patience(options: PatienceOptions): AnnotatingRule {
  checkOptions('patience', options, OPTIONS);
  const { metric = 'valLoss', epochs, minDelta = 0, restoreBest = true, nan = 'worst' } = options;
  checkWhole('patience', 'epochs', epochs, 1);
  checkNumber('patience', 'minDelta', minDelta, 0, Number.POSITIVE_INFINITY);
  checkNan('patience', nan);
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
        const restoring = (decision: PendingDecision): PendingDecision => ({
          ...decision,
          settle: () => ({ ...decision, restoredEpoch: kept.restore(report) }),
        });
        if (Number.isNaN(value) && nan !== 'worst') {
          const reason = `${metric} is not a number`;
          return restoring({
            by: 'patience',
            reason,
            outcome: outcomeOfNan[nan],
            epoch: report.epoch,
            metric,
            value,
          });
        }
        if (report.epoch - (best?.epoch ?? 0) < epochs) return undefined;
        return restoring({
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
        });
      }

      return reports$.pipe(
        map(report => {
          if (report.within !== undefined) return report;
          last = report;
          return report.stop === undefined ? withDecision(report, judge(report)) : report;
        }),
        tap({ complete: () => last && last.stop === undefined && kept.restore(last) }),
        finalize(kept.dispose),
      );
    });
  return rule('patience', annotate, { looksOnly: !restoreBest });
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
