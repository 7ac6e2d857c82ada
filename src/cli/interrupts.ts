import { Observable } from 'rxjs';

/** What a process hears signals through. */
export interface Signals {
  on(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
  off(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
}

/**
 * Emits at the first Ctrl-C (or SIGTERM), so that what runs can finish; at a second one it calls `now`, which ends the process.
 * While nobody subscribes, signals do what they always do.
 */
export function interrupts(process: Signals, now: () => void): Observable<void> {
  return new Observable(subscriber => {
    let count = 0;
    const listener = () => {
      count += 1;
      if (count === 1) subscriber.next();
      else now();
    };
    process.on('SIGINT', listener);
    process.on('SIGTERM', listener);
    return () => {
      process.off('SIGINT', listener);
      process.off('SIGTERM', listener);
    };
  });
}
