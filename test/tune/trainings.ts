import { Observable } from 'rxjs';
import type { Rule } from '../../src/early-stopping/study-view.js';
import type { Report, StopDecision } from '../../src/train/report.js';
import type { StudyEvent } from '../../src/tune/events.js';

/** A report of an epoch in which training and validation loss have this value. */
export function report(epoch: number, value: number, more: Partial<Report> = {}): Report {
  return {
    epoch,
    step: epoch * 4,
    samples: epoch * 100,
    seconds: epoch,
    metrics: { loss: value, valLoss: value },
    ...more,
  };
}

/** The events of one type. */
export function only<Type extends StudyEvent['type']>(events: readonly StudyEvent[], type: Type) {
  return events.filter((event): event is Extract<StudyEvent, { type: Type }> => event.type === type);
}

/** Counts the trainings that are open, now and at most, and knows which were torn down. */
export function watch() {
  const log = { open: new Set<number>(), most: 0, tornDown: new Set<number>() };
  const watched = (trial: number, training$: Observable<Report>): Observable<Report> =>
    new Observable(subscriber => {
      log.open.add(trial);
      log.most = Math.max(log.most, log.open.size);
      subscriber.add(() => {
        log.open.delete(trial);
        log.tornDown.add(trial);
      });
      training$.subscribe(subscriber);
    });
  return { log, watched };
}

type When = 'now' | 'microtask' | 'macrotask';

/** Emits a report for every value, each at its own time; then does what `end` says. */
export function scripted(
  values: readonly number[],
  when: readonly When[],
  end: 'complete' | 'error' | 'go on',
): Observable<Report> {
  return new Observable(subscriber => {
    let epoch = 0;
    const at = (n: number, job: () => void) => {
      const turn = when[n % Math.max(1, when.length)] ?? 'now';
      if (turn === 'now') job();
      else if (turn === 'microtask') queueMicrotask(job);
      else setImmediate(job);
    };
    const step = (): void => {
      if (subscriber.closed) return;
      if (epoch >= values.length && end !== 'go on') {
        if (end === 'error') subscriber.error(new TypeError(`epoch ${epoch + 1} broke`));
        else subscriber.complete();
        return;
      }
      epoch++;
      subscriber.next(report(epoch, values[epoch - 1] ?? 1));
      // A training without end must not recurse.
      if (epoch >= values.length && end === 'go on') setImmediate(step);
      else at(epoch, step);
    };
    at(0, step);
  });
}

/** A rule that annotates the report of an epoch. */
export function decideAt(epoch: number, stop: Partial<StopDecision> = {}): Rule {
  return source =>
    new Observable(subscriber =>
      source.subscribe({
        next: given =>
          subscriber.next(
            given.epoch === epoch
              ? { ...given, stop: { by: 'decider', reason: 'because', outcome: 'pruned', epoch, ...stop } }
              : given,
          ),
        error: error => subscriber.error(error),
        complete: () => subscriber.complete(),
      }),
    );
}
