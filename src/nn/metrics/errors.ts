import { checkValues, type Metric, type MetricContext } from './metric.js';

function meanOf(name: string, context: MetricContext, each: (error: number) => number): number {
  checkValues(name, context);
  const { prediction, y, rows, outputs } = context;
  const n = rows * outputs;
  let total = 0;
  for (let i = 0; i < n; i++) total += each(prediction[i]! - y[i]!);
  return total / n;
}

const square = (error: number): number => error * error;

/** Mean squared error, over rows and outputs. */
export const mse: Metric = {
  name: 'mse',
  direction: 'minimize',
  compute: context => meanOf('mse', context, square),
};

/** Square root of the mean squared error, in the units of the target. */
export const rmse: Metric = {
  name: 'rmse',
  direction: 'minimize',
  compute: context => Math.sqrt(meanOf('rmse', context, square)),
};

/** Mean absolute error, over rows and outputs, in the units of the target. */
export const mae: Metric = {
  name: 'mae',
  direction: 'minimize',
  compute: context => meanOf('mae', context, Math.abs),
};
