import { InputError } from '../errors.js';
import { type MetricName, metricsByName } from '../nn/metrics/by-name.js';
import type { Objective, StudyView } from './study-view.js';

type Direction = Objective['direction'];

/** Whether less or more of a metric is better, from its name (`valLoss`: minimize, `accuracy`: maximize); undefined when the name does not say. */
export function directionOf(metric: string): Direction | undefined {
  const name = metric.replace(/^val(?=[A-Z])/, '').replace(/^[A-Z]/, first => first.toLowerCase());
  if (/loss$/i.test(name)) return 'minimize';
  if (/^top\d+Accuracy$/.test(name)) return 'maximize';
  return Object.hasOwn(metricsByName, name) ? metricsByName[name as MetricName].direction : undefined;
}

/** The stated direction, else the one that the metric's name implies; an InputError when neither says. */
export function directionFor(ruleName: string, metric: string, stated?: Direction): Direction {
  const direction = stated ?? directionOf(metric);
  if (direction === 'minimize' || direction === 'maximize') return direction;
  throw new InputError(
    `${ruleName}: expected \`direction\` to be "minimize" or "maximize" for the metric "${metric}", got ${stated === undefined ? 'none' : JSON.stringify(stated)}`,
  );
}

/** What a rule compares trials by: the stated metric, else the study's objective, and its better side. */
export function comparedBy(
  ruleName: string,
  { objective }: StudyView,
  {
    metric = objective.metric,
    direction,
  }: { readonly metric?: string | undefined; readonly direction?: Direction | undefined },
): Objective {
  const implied = metric === objective.metric ? objective.direction : undefined;
  return { metric, direction: directionFor(ruleName, metric, direction ?? implied) };
}

/** Whether `a` is strictly better than `b`; never true when either is NaN. */
export function better(a: number, b: number, direction: Direction): boolean {
  return direction === 'minimize' ? a < b : a > b;
}
