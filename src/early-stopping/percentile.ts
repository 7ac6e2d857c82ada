import { checkOptions, type OptionNames } from '../option-names.js';
import { checkNumber, checkWhole } from './arguments.js';
import { better, comparedBy } from './direction.js';
import { epochCount, metricValue, shown } from './metric-value.js';
import { checkNan, type NanPolicy, outcomeOfNan, worstOf } from './nan.js';
import { type AnnotatingRule, judgingRule, worded } from './rule.js';
import { nansAs, type Standing } from './standing.js';
import { standingsOf } from './standings.js';
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
  /**
   * What becomes of the trial while its metric was never a number; default `prune`. With `worst`, NaN counts as the worst value, also
   * that of the others, which is left out otherwise.
   */
  readonly nan?: NanPolicy | undefined;
}

/** When `percentile` compares, with how many trials, and which share of them is good enough. */
export interface PercentileOptions extends MedianOptions {
  /** The best so many per cent survive, 0 to 100. */
  readonly percentile: number;
}

/** Those of `median`. */
export const MEDIAN_OPTIONS: OptionNames<MedianOptions> = {
  startupTrials: true,
  warmup: true,
  interval: true,
  minTrials: true,
  metric: true,
  direction: true,
  nan: true,
};

const OPTIONS: OptionNames<PercentileOptions> = { percentile: true, ...MEDIAN_OPTIONS };

/**
 * Prunes a trial whose best value so far is worse than a percentile of the complete trials' values at the same epoch.
 * A trial without a single number stops; NaN of the others is left out (`nan`). The rule of Optuna's `PercentilePruner`.
 */
export function percentile(study: StudyView, options: PercentileOptions): AnnotatingRule {
  checkOptions('percentile', options, OPTIONS);
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
  const { startupTrials = 5, warmup = 0, interval = 1, minTrials = 1, nan = 'prune' } = options;
  checkWhole(name, 'startupTrials', startupTrials, 0);
  checkWhole(name, 'warmup', warmup, 0);
  checkWhole(name, 'interval', interval, 1);
  checkWhole(name, 'minTrials', minTrials, 1);
  checkNan(name, nan);
  const { metric, direction } = comparedBy(name, study, options);
  const worst = worstOf(direction);
  const rank = direction === 'minimize' ? options.percentile : 100 - options.percentile;

  return judgingRule(name, () => {
    let best = Number.NaN;
    return report => {
      const { epoch } = report;
      const reported = metricValue(name, report, metric);
      const current = nan === 'worst' && Number.isNaN(reported) ? worst : reported;
      if (Number.isNaN(best) || better(current, best, direction)) best = current;
      if (epoch <= warmup || (epoch - warmup - 1) % interval !== 0) return undefined;
      const standings = standingsOf(study);
      const complete = standings.complete(study.trial);
      if (complete === 0 || complete < startupTrials) return undefined;
      if (Number.isNaN(best)) {
        const reason = `${metric} was never a number in ${epochCount(epoch)}`;
        return { by: name, outcome: outcomeOfNan[nan], epoch, metric, value: best, reason };
      }

      const numbers = standings.standing({ metric, epoch, of: 'complete' }, study.trial);
      const values = nan === 'worst' ? nansAs(worst, numbers) : numbers;
      if (values.size < minTrials) return undefined;
      const limit = percentileOf(values, rank);
      if (!better(limit, best, direction)) return undefined;
      const { size } = values;
      const value = best;
      return worded({ by: name, outcome: 'pruned', epoch, metric, value, threshold: limit }, () => {
        const against = `${words} of ${size} trials at epoch ${epoch}`;
        return { reason: `best ${metric} ${shown(value)} is worse than ${shown(limit)}, the ${against}`, against };
      });
    };
  });
}

/** The percentile of values in order, interpolated linearly between the two nearest ranks. NaN when there are none. */
function percentileOf(values: Standing, rank: number): number {
  const place = (rank / 100) * (values.size - 1);
  const low = values.at(Math.floor(place));
  const high = values.at(Math.ceil(place));
  return low === high ? low : low + (high - low) * (place - Math.floor(place));
}
