import { EMPTY, fromEvent, map, merge, type Observable, of, take, timer } from 'rxjs';

/** What ends a study before all of its trials were run. */
export interface StopRequests {
  /** Seconds after which the study ends; trials that are running are stopped. */
  readonly time?: number | undefined;
  /**
   * Ends the study at its first emission: running trials are stopped, then comes `study-finished`. An error does the same,
   * and is passed on after that.
   */
  readonly stop$?: Observable<unknown> | undefined;
  /** The same, as the platform says it. */
  readonly signal?: AbortSignal | undefined;
}

/** The first request to end a study, and why. */
export function stopRequests({ time, stop$ = EMPTY, signal }: StopRequests): Observable<'time' | 'interrupted'> {
  const aborted$ = signal === undefined ? EMPTY : signal.aborted ? of(0) : fromEvent(signal, 'abort');
  const interrupted$ = merge(stop$, aborted$).pipe(map(() => 'interrupted' as const));
  const timeUp$ = time === undefined ? EMPTY : timer(time * 1000).pipe(map(() => 'time' as const));
  return merge(interrupted$, timeUp$).pipe(take(1));
}
