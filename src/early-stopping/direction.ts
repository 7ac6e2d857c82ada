import { InputError } from '../errors.js';
import type { StudyView } from './study-view.js';

type Direction = StudyView['objective']['direction'];

const toMinimize = /^(loss|mse|rmse|mae|meansquarederror|meanabsoluteerror|rootmeansquarederror|huber|error|.*loss)$/;
const toMaximize = /^(accuracy|precision|recall|f1|rocauc|auc|r2|top-?k|top\d+(accuracy)?|topkaccuracy)$/;

/** Whether less or more of a metric is better, from its name (`valLoss`: minimize, `accuracy`: maximize); undefined when the name does not say. */
export function directionOf(metric: string): Direction | undefined {
  const name = metric.replace(/^val(?=[A-Z])/, '').toLowerCase();
  if (toMinimize.test(name)) return 'minimize';
  return toMaximize.test(name) ? 'maximize' : undefined;
}

/** The stated direction, else the one that the metric's name implies; an InputError when neither says. */
export function directionFor(ruleName: string, metric: string, stated?: Direction): Direction {
  const direction = stated ?? directionOf(metric);
  if (direction === 'minimize' || direction === 'maximize') return direction;
  throw new InputError(
    `${ruleName}: expected \`direction\` to be "minimize" or "maximize" for the metric "${metric}", got ${stated === undefined ? 'none' : JSON.stringify(stated)}`,
  );
}

/** Whether `a` is strictly better than `b`; never true when either is NaN. */
export function better(a: number, b: number, direction: Direction): boolean {
  return direction === 'minimize' ? a < b : a > b;
}
