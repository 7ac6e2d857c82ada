import { defer, Observable, takeWhile } from 'rxjs';
import { InputError } from '../errors.js';
import type { Report, StopDecision } from '../train/report.js';
import type { Objective } from './events.js';
import { type FoldEnd, foldsInTurn } from './folds-in-turn.js';
import { jointReport } from './joint-report.js';

/** How a cross-validation goes about its folds. */
export interface CrossValidationOptions {
  /** What a report stands for: an `epoch`, reached by all folds side by side (the default), or a whole fold, one after another. */
  readonly steps?: 'epochs' | 'folds' | undefined;
  /** With `steps: 'folds'`: whose best epoch of each fold counts; default: to minimize `valLoss`. */
  readonly objective?: Objective | undefined;
  /** With `steps: 'folds'`: told of every fold that has ended, before its report. */
  readonly ended?: ((end: FoldEnd) => void) | undefined;
}

/** One training among the others. */
interface Fold {
  /** Reports that the slower folds have not reached yet: more than one only if the training cannot be held. */
  readonly ahead: Report[];
  last?: Report | undefined;
  over: boolean;
  release?: (() => void) | undefined;
}

/**
 * The trainings of a cross-validation as one: a report for every epoch, when the last fold has reached it, whose metrics are the
 * means over the folds. A fold that is ahead is held (`model.hold`) until all have got there, so the models are all of the same epoch.
 *
 * A report has every fold's metrics in `folds`, the standard errors of the means in `standardErrors`, the sums of steps and samples,
 * everyone's new health findings, the norms together of all networks that were looked at, and one model handle for all; `checkpoint` says where the states of all are stored. What a fold reports within an epoch is left out. A fold that has ended counts with its last report. A fold's decision
 * becomes that of all when it has failed, or when every fold has one.
 *
 * Free the folds' networks when this stream has ended, not when each training has: a rule may put weights back then.
 *
 * With `steps: 'folds'` the trainings run one after another, and there is a report for every fold that has ended, so that a rule may stop
 * between them: `epoch` counts the folds, `fold` is the index, `metrics` are the means so far of each fold's metrics at its best epoch;
 * of trainings with `summarize`, `predictions` are those of all folds so far at these epochs. It
 * has no model handle, and a fold's network may be freed with its training. A fold's decision ends that fold; one that failed, all.
 *
 * @throws InputError when there is no training; the stream, when a fold reports nothing, or not the objective's metric.
 * @example crossValidate(table.folds(5, { stratify: true }).map(({ train: data, validation }) => train({ … })))
 */
export function crossValidate(
  trainings: readonly Observable<Report>[],
  { steps = 'epochs', objective = VAL_LOSS, ended = () => {} }: CrossValidationOptions = {},
): Observable<Report> {
  if (trainings.length === 0) throw new InputError('crossValidate: expected at least one training, got none');
  if (steps !== 'epochs' && steps !== 'folds') {
    throw new InputError(`crossValidate: expected \`steps\` to be "epochs" or "folds", got ${JSON.stringify(steps)}`);
  }
  if (steps === 'folds') return defer(() => foldsInTurn(trainings, objective, ended)).pipe(takeWhile(notFailed, true));
  return new Observable<Report>(subscriber => {
    const folds = trainings.map((): Fold => ({ ahead: [], over: false }));
    let advancing = false;

    const epochReached = () =>
      folds.some(({ ahead }) => ahead.length > 0) && folds.every(({ ahead, over }) => over || ahead.length > 0);
    const takeTurn = () => {
      const fresh = folds.map(({ ahead }) => ahead.length > 0);
      for (const fold of folds) fold.last = fold.ahead.shift() ?? fold.last;
      const reports = folds.flatMap(({ last }) => last ?? []);
      if (reports.length < folds.length) return;
      const stop = decisionOf(reports);
      const report = jointReport(reports, fresh);
      subscriber.next(stop === undefined ? report : { ...report, stop });
    };
    const advance = () => {
      // Letting go of a fold runs its next slice at once, which may report again.
      if (advancing) return;
      advancing = true;
      while (!subscriber.closed && epochReached()) {
        takeTurn();
        const releases = folds.map(fold => fold.release);
        for (const fold of folds) fold.release = undefined;
        for (const release of releases) release?.();
      }
      advancing = false;
      if (folds.every(fold => fold.over && fold.ahead.length === 0)) subscriber.complete();
    };

    for (const [index, training] of trainings.entries()) {
      if (subscriber.closed) return;
      const fold = folds[index] as Fold;
      subscriber.add(
        training.subscribe({
          next: report => {
            // Folds are compared by whole epochs.
            if (subscriber.closed || report.within !== undefined) return;
            fold.ahead.push(report);
            fold.release ??= report.model?.hold();
            advance();
          },
          error: error => subscriber.error(error),
          complete: () => {
            fold.over = true;
            advance();
          },
        }),
      );
    }
  });
}

const VAL_LOSS: Objective = { metric: 'valLoss', direction: 'minimize' };

const notFailed = ({ stop }: Report): boolean => stop === undefined;

/** The first fold's that has failed; else, when all have decided, that of the one that did so last. */
function decisionOf(reports: readonly Report[]): StopDecision | undefined {
  const stops = reports.flatMap(({ stop }, fold) => (stop === undefined ? [] : { stop, fold }));
  const failed = stops.find(({ stop }) => stop.outcome === 'failed');
  const latest = Math.max(...stops.map(({ stop }) => stop.epoch));
  const found =
    failed ?? (stops.length === reports.length ? stops.find(({ stop }) => stop.epoch === latest) : undefined);
  return found && { ...found.stop, reason: `fold ${found.fold}: ${found.stop.reason}` };
}
