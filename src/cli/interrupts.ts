import { Observable } from 'rxjs';

/** The signals that ask a process to end: Ctrl-C, the system or a service manager, the end of its terminal. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** One of them. */
export type EndingSignal = (typeof SIGNALS)[number];

/** What a process hears signals through. */
export interface Signals {
  on(signal: EndingSignal, listener: (signal: EndingSignal) => void): unknown;
  off(signal: EndingSignal, listener: (signal: EndingSignal) => void): unknown;
}

/** Signals closer than this are one: a parent process, such as a package manager, passes on the Ctrl-C that its child got too. */
const sameMomentMs = 30;

/**
 * Emits the first Ctrl-C, SIGTERM or SIGHUP, so that what runs can finish; at a second one it calls `now`, which ends the process.
 * While nobody subscribes, signals do what they always do. `clock` is in milliseconds.
 */
export function interrupts(
  process: Signals,
  now: (signal: EndingSignal) => void,
  clock: () => number = () => performance.now(),
): Observable<EndingSignal> {
  return new Observable(subscriber => {
    let first: number | undefined;
    const listener = (signal: EndingSignal) => {
      if (first === undefined) {
        first = clock();
        subscriber.next(signal);
      } else if (clock() - first > sameMomentMs) now(signal);
    };
    for (const signal of SIGNALS) process.on(signal, listener);
    return () => {
      for (const signal of SIGNALS) process.off(signal, listener);
    };
  });
}
