import { checkOptions, type OptionNames } from '../option-names.js';
import { checkNumber, checkWhole } from './arguments.js';
import { directionFor } from './direction.js';
import { epochCount, metricValue, shown } from './metric-value.js';
import { checkNan, type NanPolicy, outcomeOfNan, worstOf } from './nan.js';
import { type AnnotatingRule, judgingRule } from './rule.js';

/** What counts as a plateau. */
export interface PlateauOptions {
  /** The metric watched; default `valLoss`. */
  readonly metric?: string | undefined;
  /** How many of the last reports the line is drawn through, from 2; default 5. */
  readonly window?: number | undefined;
  /** The improvement per epoch that is needed to go on, from 0; default 0: any. */
  readonly slope?: number | undefined;
  /** Epochs at the start that are not judged; default 0. */
  readonly warmup?: number | undefined;
  /** Needed only when the metric's name does not imply it. */
  readonly direction?: 'minimize' | 'maximize' | undefined;
  /** What becomes of the trial at NaN; default `fail`. With `worst` it counts as infinitely bad. */
  readonly nan?: NanPolicy | undefined;
}

const OPTIONS: OptionNames<PlateauOptions> = {
  metric: true,
  window: true,
  slope: true,
  warmup: true,
  direction: true,
  nan: true,
};

/**
 * Stops when a metric has levelled out: when the slope of the least-squares line through its last values improves by no more than
 * `slope` an epoch. The trial counts as complete.
 *
 * @example plateau({ metric: 'valLoss', window: 5, slope: 1e-4 })
 */
export function plateau(options: PlateauOptions = {}): AnnotatingRule {
  checkOptions('plateau', options, OPTIONS);
  const { metric = 'valLoss', window = 5, slope = 0, warmup = 0, nan = 'fail' } = options;
  checkWhole('plateau', 'window', window, 2);
  checkNumber('plateau', 'slope', slope, 0, Number.POSITIVE_INFINITY);
  checkWhole('plateau', 'warmup', warmup, 0);
  checkNan('plateau', nan);
  const direction = directionFor('plateau', metric, options.direction);
  const sign = direction === 'minimize' ? -1 : 1;

  return judgingRule('plateau', () => {
    const epochs: number[] = [];
    const values: number[] = [];
    return report => {
      const value = metricValue('plateau', report, metric);
      const { epoch } = report;
      const found = { by: 'plateau', epoch, metric, value } as const;
      if (Number.isNaN(value) && nan !== 'worst') {
        return { ...found, reason: `${metric} is not a number`, outcome: outcomeOfNan[nan] };
      }
      epochs.push(epoch);
      values.push(Number.isNaN(value) ? worstOf(direction) : value);
      if (epochs.length > window) {
        epochs.shift();
        values.shift();
      }
      if (epochs.length < window || epoch <= warmup) return undefined;
      const improvement = sign * leastSquaresSlope(epochs, values);
      if (improvement > slope) return undefined;
      const much = Number.isFinite(improvement) ? `${shown(improvement)} an epoch` : 'infinitely little';
      return {
        ...found,
        reason: `${metric} improved by ${much} over the last ${epochCount(window)}, not by more than ${shown(slope)}`,
        outcome: 'complete',
        threshold: slope,
        against: `slope over ${window} reports`,
      };
    };
  });
}

/**
 * The slope of the least-squares line through points, Σ(x − x̄)·y / Σ(x − x̄)². Where values are infinite it is the limit of ever
 * larger ones. 0 when all x are the same.
 */
export function leastSquaresSlope(x: readonly number[], y: readonly number[]): number {
  const centre = x.reduce((sum, each) => sum + each, 0) / x.length;
  let spread = 0;
  let finite = 0;
  let infinite = 0;
  for (const [i, each] of x.entries()) {
    const value = y[i] as number;
    const distance = each - centre;
    spread += distance * distance;
    if (Number.isFinite(value)) finite += distance * value;
    else infinite += distance * Math.sign(value);
  }
  if (Math.abs(infinite) > 1e-9 * spread) return infinite > 0 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  return spread === 0 ? 0 : finite / spread;
}
