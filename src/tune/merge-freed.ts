import { asyncScheduler, EMPTY, Observable } from 'rxjs';

// As long as a training's slice: streams that end at once must not keep sockets and signals waiting either.
const SLICE_MS = 8;

/** Where streams to merge come from. */
export interface Feed<T> {
  /** The next stream, for a place from 0; `later`: none until the next nudge; undefined: none, unless a nudge changes that. */
  next(slot: number): Observable<T> | 'later' | undefined;
  /** How many streams run at a time; may change, with a nudge. */
  parallel(): number;
  /** Something has changed: `next` is asked again. */
  readonly nudge$?: Observable<unknown> | undefined;
}

/**
 * `mergeMap` for a source that is asked: `next` is called whenever a slot is free, never ahead, and its stream is merged; it completes
 * when there are no more. Streams that end at once neither grow the stack nor starve the event loop.
 */
export function mergeFreed<T>({ next, parallel, nudge$ = EMPTY }: Feed<T>): Observable<T> {
  return new Observable<T>(subscriber => {
    const taken: boolean[] = [];
    let active = 0;
    let filling = false;
    let again = false;
    let waiting = false;
    let sliceStart = asyncScheduler.now();

    const resume = () => {
      waiting = false;
      sliceStart = asyncScheduler.now();
      fill();
    };
    const start = (stream: Observable<T>, slot: number) => {
      taken[slot] = true;
      active++;
      subscriber.add(
        stream.subscribe({
          next: value => subscriber.next(value),
          error: error => subscriber.error(error),
          complete: () => {
            taken[slot] = false;
            active--;
            fill();
          },
        }),
      );
    };
    const fill = () => {
      again = true;
      if (filling || waiting) return;
      filling = true;
      let over = false;
      while (again) {
        again = false;
        while (active < parallel() && !subscriber.closed) {
          if (asyncScheduler.now() - sliceStart >= SLICE_MS) {
            waiting = true;
            subscriber.add(asyncScheduler.schedule(resume));
            break;
          }
          const slot = freeSlot(taken);
          const stream = next(slot);
          over = stream === undefined;
          if (stream === undefined || stream === 'later') break;
          start(stream, slot);
        }
      }
      filling = false;
      if (over && active === 0 && !waiting) subscriber.complete();
    };
    subscriber.add(nudge$.subscribe(fill));
    fill();
  });
}

function freeSlot(taken: readonly boolean[]): number {
  const free = taken.indexOf(false);
  return free < 0 ? taken.length : free;
}
