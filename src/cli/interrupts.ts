import { Observable } from 'rxjs';

/** What a process hears signals through. */
export interface Signals {
  on(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
  off(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
}

/** Signals closer than this are one: a parent process, such as a package manager, passes on the Ctrl-C that its child got too. */
const sameMomentMs = 30;

/**
 * Emits at the first Ctrl-C (or SIGTERM), so that what runs can finish; at a second one it calls `now`, which ends the process.
 * While nobody subscribes, signals do what they always do. `clock` is in milliseconds.
 */
export function interrupts(
  process: Signals,
  now: () => void,
  clock: () => number = () => performance.now(),
): Observable<void> {
  return new Observable(subscriber => {
    let first: number | undefined;
    const listener = () => {
      if (first === undefined) {
        first = clock();
        subscriber.next();
      } else if (clock() - first > sameMomentMs) now();
    };
    process.on('SIGINT', listener);
    process.on('SIGTERM', listener);
    return () => {
      process.off('SIGINT', listener);
      process.off('SIGTERM', listener);
    };
  });
}
