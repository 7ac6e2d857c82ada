import { map, type OperatorFunction } from 'rxjs';
import type { Report } from '../train/report.js';

/**
 * The reports of an objective with what they leave out: `epoch` counts them, `step` is the epoch, `samples` is 0, `seconds` is what
 * `elapsed` says when the report comes; an object of numbers alone, such as `{ loss: 0.3 }`, are the metrics. What is no report at all
 * is passed on, to be refused.
 */
export function completeReports(elapsed: () => number): OperatorFunction<unknown, Report> {
  let epochs = 0;
  return map(given => {
    if (typeof given !== 'object' || given === null) return given as Report;
    const report = (isMetrics(given) ? { metrics: given } : given) as Partial<Report>;
    if (typeof report.metrics !== 'object') return given as Report;
    const { epoch = report.within === undefined ? epochs + 1 : epochs, step, samples, seconds } = report;
    epochs = epoch;
    if (report.epoch !== undefined && step !== undefined && samples !== undefined && seconds !== undefined) {
      return report as Report;
    }
    return { ...report, epoch, step: step ?? epoch, samples: samples ?? 0, seconds: seconds ?? elapsed() } as Report;
  });
}

/** An object without `metrics`, of which something else than what a report has is said. */
function isMetrics(given: object): boolean {
  return !('metrics' in given) && !Array.isArray(given) && Object.keys(given).length > 0;
}
