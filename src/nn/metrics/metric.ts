import { InputError } from '../../errors.js';

/** What a metric sees: predictions after the loss's link and targets, on the host, row by row. */
export interface MetricContext {
  /** [rows, outputs] */
  readonly prediction: ArrayLike<number>;
  readonly outputs: number;
  /** Class indices [rows, 1] or values [rows, targets]. */
  readonly y: ArrayLike<number>;
  readonly targets: number;
  readonly rows: number;
}

/** A number, computed in float64, that says how good predictions are; NaN where it is undefined, as for no rows. */
export interface Metric {
  readonly name: string;
  /** Which way is better. */
  readonly direction: 'minimize' | 'maximize';
  compute(context: MetricContext): number;
}

/** Checks that there is one target per output, as metrics of values need. */
export function checkValues(metric: string, { outputs, targets }: MetricContext): void {
  if (outputs !== targets) {
    throw new InputError(`the metric ${metric} compares values, got ${outputs} outputs and ${targets} targets`);
  }
}

/** Checks that the target is one class index (or one 0 or 1), as metrics of classes need. */
export function checkClasses(metric: string, { targets }: MetricContext): void {
  if (targets !== 1) {
    throw new InputError(`the metric ${metric} needs one class index per row, got ${targets} targets`);
  }
}
