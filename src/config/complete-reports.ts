import { map, type OperatorFunction } from 'rxjs';
import type { Metrics, Report } from '../train/report.js';

/**
 * The reports of an objective of one's own with what they leave out: `epoch` counts them, `step` is the epoch, `samples` and `seconds`
 * are 0; an object of numbers alone, such as `{ loss: 0.3 }`, are the metrics. What is no report at all is passed on, for `tune` to refuse.
 */
export function completeReports(): OperatorFunction<unknown, Report> {
  return map((given, index) => {
    if (typeof given !== 'object' || given === null) return given as Report;
    const report = (isMetrics(given) ? { metrics: given } : given) as Partial<Report>;
    const { epoch = index + 1 } = report;
    return { epoch, step: epoch, samples: 0, seconds: 0, ...report } as Report;
  });
}

function isMetrics(given: object): given is Metrics {
  const values = Object.values(given);
  return !('metrics' in given) && values.length > 0 && values.every(value => typeof value === 'number');
}
