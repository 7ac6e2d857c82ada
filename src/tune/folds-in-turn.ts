import { concatMap, filter, from, map, type Observable, reduce, takeWhile } from 'rxjs';
import { InputError } from '../errors.js';
import { joinSummaries } from '../train/prediction-summary.js';
import type { Metrics, PredictionSummary, Report } from '../train/report.js';
import type { Objective } from './events.js';
import { meansOf } from './joint-report.js';

/** A fold that has ended. */
export interface FoldEnd {
  /** From 0. */
  readonly fold: number;
  /** The epoch whose metrics count: the best of the objective. */
  readonly bestEpoch: number;
}

/** A fold as its reports tell it. */
interface Course {
  readonly best?: Report | undefined;
  readonly last?: Report | undefined;
  readonly health: NonNullable<Report['health']>;
}

/**
 * Trainings one after another, a report for each that has ended: `epoch` counts them, `fold` is its index, `metrics` are the means so far
 * of every fold's metrics at its best epoch, with `folds` and `standardErrors`; steps, samples and seconds are sums. `norms` are those of
 * the fold at its best epoch, `predictions` of all folds so far at theirs.
 */
export function foldsInTurn(
  trainings: readonly Observable<Report>[],
  objective: Objective,
  ended: (end: FoldEnd) => void,
): Observable<Report> {
  const folds: Metrics[] = [];
  const summaries: (PredictionSummary | undefined)[] = [];
  let [step, samples, seconds] = [0, 0, 0];
  return from(trainings).pipe(
    concatMap((training, fold) =>
      training.pipe(
        filter(({ within }) => within === undefined),
        takeWhile(({ stop }) => stop === undefined, true),
        reduce<Report, Course>((course, report) => withReport(course, report, objective, fold), { health: [] }),
        map(course => [course, fold] as const),
      ),
    ),
    map(([{ best, last, health }, fold]) => {
      if (last === undefined) throw new InputError(`crossValidate: fold ${fold} ended without a report`);
      const { epoch, metrics, norms, model } = best ?? last;
      folds.push(metrics);
      summaries.push(model?.predictions?.());
      const predictions = joinSummaries(summaries);
      step += last.step;
      samples += last.samples;
      seconds += last.seconds;
      ended({ fold, bestEpoch: epoch });
      const failed = last.stop?.outcome === 'failed' ? last.stop : undefined;
      return {
        epoch: fold + 1,
        step,
        samples,
        seconds,
        ...meansOf(folds),
        fold,
        folds: [...folds],
        ...(health.length > 0 && { health }),
        ...(norms && { norms }),
        ...(predictions && { predictions }),
        ...(failed && { stop: { ...failed, epoch: fold + 1, reason: `fold ${fold}: ${failed.reason}` } }),
      };
    }),
  );
}

function withReport({ best, health }: Course, report: Report, { metric, direction }: Objective, fold: number): Course {
  const value = report.metrics[metric];
  if (value === undefined) {
    const names = Object.keys(report.metrics).join(', ');
    throw new InputError(`crossValidate: no metric "${metric}" in the reports of fold ${fold}, which have ${names}`);
  }
  const than = best?.metrics[metric];
  const better =
    Number.isFinite(value) && (than === undefined || (direction === 'minimize' ? value < than : value > than));
  return { best: better ? report : best, last: report, health: [...health, ...(report.health ?? [])] };
}
