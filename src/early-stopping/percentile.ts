import type { Report } from '../train/report.js';
import { checkNumber, checkWhole } from './arguments.js';
import { better, directionFor } from './direction.js';
import { epochCount, metricValue, shown } from './metric-value.js';
import { type AnnotatingRule, judgingRule } from './rule.js';
import type { StudyView } from './study-view.js';

/** When `median` compares, and with how many trials. */
export interface MedianOptions {
  /** Complete trials needed before anything is pruned; default 5. */
  readonly startupTrials?: number | undefined;
  /** Epochs at the start of a trial that are not judged; default 0. */
  readonly warmup?: number | undefined;
  /** The trial is judged every so many epochs after the warm-up; default 1. */
  readonly interval?: number | undefined;
  /** Complete trials needed that have reached the epoch; default 1. */
  readonly minTrials?: number | undefined;
  /** Default: the study's objective. */
  readonly metric?: string | undefined;
  /** Needed only for a metric other than the objective's whose name does not imply it. */
  readonly direction?: 'minimize' | 'maximize' | undefined;
}

/** When `percentile` compares, with how many trials, and which share of them is good enough. */
export interface PercentileOptions extends MedianOptions {
  /** The best so many per cent survive, 0 to 100. */
  readonly percentile: number;
}

/**
 * Prunes a trial whose best value so far is worse than a percentile of the complete trials' values at the same epoch.
 * A trial without a single number stops; NaN of the others is left out. The rule of Optuna's `PercentilePruner`.
 */
export function percentile(study: StudyView, options: PercentileOptions): AnnotatingRule {
  checkNumber('percentile', 'percentile', options.percentile, 0, 100);
  return percentileRule('percentile', study, options, `best ${options.percentile} % end`);
}

/** The rule under a name and with the words for the value that it compares with. */
export function percentileRule(
  name: 'percentile' | 'median',
  study: StudyView,
  options: PercentileOptions,
  words: string,
): AnnotatingRule {
  const { startupTrials = 5, warmup = 0, interval = 1, minTrials = 1, metric = study.objective.metric } = options;
  checkWhole(name, 'startupTrials', startupTrials, 0);
  checkWhole(name, 'warmup', warmup, 0);
  checkWhole(name, 'interval', interval, 1);
  checkWhole(name, 'minTrials', minTrials, 1);
  const objectives = metric === study.objective.metric ? study.objective.direction : undefined;
  const direction = directionFor(name, metric, options.direction ?? objectives);
  const rank = direction === 'minimize' ? options.percentile : 100 - options.percentile;

  return judgingRule(name, () => {
    let best = Number.NaN;
    return report => {
      const { epoch } = report;
      const value = metricValue(name, report, metric);
      if (Number.isNaN(best) || better(value, best, direction)) best = value;
      if (epoch <= warmup || (epoch - warmup - 1) % interval !== 0) return undefined;
      const others = completeTrials(study);
      if (others.length === 0 || others.length < startupTrials) return undefined;
      const found = { by: name, outcome: 'pruned', epoch, metric, value: best } as const;
      if (Number.isNaN(best)) return { ...found, reason: `${metric} was never a number in ${epochCount(epoch)}` };

      const values = valuesAt(others, epoch, metric);
      if (values.length < minTrials) return undefined;
      const limit = percentileOf(values, rank);
      if (!better(limit, best, direction)) return undefined;
      const against = `${words} of ${values.length} trials at epoch ${epoch}`;
      return {
        ...found,
        reason: `best ${metric} ${shown(best)} is worse than ${shown(limit)}, the ${against}`,
        threshold: limit,
        against,
      };
    };
  });
}

function completeTrials(study: StudyView): (readonly Report[])[] {
  const found: (readonly Report[])[] = [];
  for (const trial of study.trials) {
    if (trial.state === 'complete' && trial.number !== study.trial) found.push(trial.reports);
  }
  return found;
}

function valuesAt(trials: readonly (readonly Report[])[], epoch: number, metric: string): Float64Array {
  const values: number[] = [];
  for (const reports of trials) {
    const value = reportAt(reports, epoch)?.metrics[metric];
    if (value !== undefined && !Number.isNaN(value)) values.push(value);
  }
  return Float64Array.from(values);
}

/** Reports nearly always come one an epoch, from 1, so the place is known. */
function reportAt(reports: readonly Report[], epoch: number): Report | undefined {
  const likely = reports[epoch - 1];
  return likely?.epoch === epoch ? likely : reports.find(report => report.epoch === epoch);
}

/** The percentile of unsorted values, interpolated linearly between the two nearest ranks; sorts in place. NaN when there are none. */
function percentileOf(values: Float64Array, rank: number): number {
  values.sort();
  const place = (rank / 100) * (values.length - 1);
  const low = values[Math.floor(place)] ?? Number.NaN;
  const high = values[Math.ceil(place)] ?? low;
  return low === high ? low : low + (high - low) * (place - Math.floor(place));
}
