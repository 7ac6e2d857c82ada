import { Observable } from 'rxjs';
import type { Batch } from './batch.js';
import { BatchLife } from './batch-life.js';
import { betweenBatches } from './between-batches.js';
import { macrotask, type Yield } from './macrotask.js';
import type { Disposable } from './resources.js';
import type { RunAhead } from './run-ahead.js';
import { timeSlice } from './time-slice.js';
import type { Writable } from './writable.js';

/** How a training shares the thread. */
export interface Pace {
  /** How many batches may be prepared on the host while one is held; 1. */
  readonly prefetch?: number | undefined;
  /** How long it works before it lets the event loop run, in ms; 8. */
  readonly sliceMs?: number | undefined;
  /** Milliseconds from any origin; `performance.now`. */
  readonly clock?: (() => number) | undefined;
  /** How it lets the event loop run; a macrotask shared by all trainings. */
  readonly yieldTo?: Yield | undefined;
}

/** A batch without its life. */
export type Prepared = Omit<Batch, 'hold' | 'own'>;

/** What makes the batches of one subscription. */
export interface Supply {
  /** The batch of an index; undefined behind the last one. */
  prepare(index: number): Prepared | undefined;
  /** Takes a step without emitting its batch, if it can: asked before every batch. */
  take?(index: number): boolean;
  readonly ahead?: RunAhead | undefined;
  /** The subscription has ended. */
  end?(): void;
}

/**
 * Emits what `supply()` prepares for index 0, 1, …, until it prepares nothing: each one only after the one before is
 * finished, in slices of time, the first slice after a yield. `supply` is called for every subscription.
 */
export function pull(supply: () => Supply, pace: Pace): Observable<Batch> {
  const { prefetch = 1, sliceMs = 8, clock = () => performance.now(), yieldTo = macrotask } = pace;
  return new Observable<Batch>(subscriber => {
    const { prepare, ahead, take = () => false, end } = supply();
    const ready: Prepared[] = [];
    const owned: Disposable[] = [];
    let prepared = 0;
    let life: BatchLife | undefined;
    let emitting = false;
    const slice = timeSlice(clock, sliceMs);
    let cancelYield: (() => void) | undefined;

    const next = (): Prepared | undefined => {
      const first = ready.length > 0 ? ready.shift() : undefined;
      return first ?? prepare(prepared++);
    };
    const fetchAhead = () => {
      try {
        while (ready.length < prefetch) {
          const batch = prepare(prepared);
          if (batch === undefined) return;
          prepared++;
          ready.push(batch);
        }
      } catch {
        // It throws again, and is reported, when this batch's turn comes.
      }
    };
    const wait = () => {
      cancelYield = yieldTo(() => {
        cancelYield = undefined;
        slice.begin();
        run();
      });
    };
    const released = (which: BatchLife) => {
      if (emitting || which !== life) return;
      try {
        life = undefined;
        which.finish();
      } catch (error) {
        subscriber.error(error);
        return;
      }
      if (slice.overNow()) wait();
      else run();
    };
    const run = () => {
      try {
        for (betweenBatches(); !subscriber.closed; betweenBatches()) {
          if (ready.length === 0 && take(prepared)) {
            prepared++;
            if (slice.over()) return wait();
            continue;
          }
          const batch = next();
          if (batch === undefined) return subscriber.complete();
          life = new BatchLife(released, owned);
          ahead?.begin(batch);
          emitting = true;
          subscriber.next(alive(batch, life));
          emitting = false;
          if (subscriber.closed) return;
          if (life.held) return fetchAhead();
          life.finish();
          life = undefined;
          ahead?.end();
          if (slice.over()) return wait();
        }
      } catch (error) {
        emitting = false;
        subscriber.error(error);
      }
    };

    wait();
    return () => {
      cancelYield?.();
      life?.stop();
      ahead?.end();
      ready.length = 0;
      end?.();
    };
  });
}

function alive(prepared: Prepared, { hold, own }: BatchLife): Batch {
  const batch = prepared as Writable<Batch>;
  batch.hold = hold;
  batch.own = own;
  return batch;
}
