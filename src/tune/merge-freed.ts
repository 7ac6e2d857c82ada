import { asyncScheduler, Observable } from 'rxjs';

// As long as a training's slice: streams that end at once must not keep sockets and signals waiting either.
const SLICE_MS = 8;

/**
 * `mergeMap` for a source that is asked: `next` is called whenever one of `parallel` slots is free, never ahead, and its
 * stream is merged; undefined means that there are no more. Streams that end at once neither grow the stack nor starve the event loop.
 */
export function mergeFreed<T>(next: () => Observable<T> | undefined, parallel: number): Observable<T> {
  return new Observable<T>(subscriber => {
    let active = 0;
    let filling = false;
    let exhausted = false;
    let waiting = false;
    let sliceStart = asyncScheduler.now();

    const freed = () => {
      active--;
      fill();
    };
    const resume = () => {
      waiting = false;
      sliceStart = asyncScheduler.now();
      fill();
    };
    const fill = () => {
      if (filling || waiting) return;
      filling = true;
      while (active < parallel && !exhausted && !subscriber.closed) {
        if (asyncScheduler.now() - sliceStart >= SLICE_MS) {
          waiting = true;
          subscriber.add(asyncScheduler.schedule(resume));
          break;
        }
        const stream = next();
        if (stream === undefined) {
          exhausted = true;
          break;
        }
        active++;
        subscriber.add(
          stream.subscribe({
            next: value => subscriber.next(value),
            error: error => subscriber.error(error),
            complete: freed,
          }),
        );
      }
      filling = false;
      if (exhausted && active === 0) subscriber.complete();
    };
    fill();
  });
}
