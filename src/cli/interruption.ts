import { exitCode } from './exit-code.js';
import { interrupts } from './interrupts.js';
import type { Io } from './io.js';

/** What Ctrl-C (or SIGTERM) does to a command. */
export interface Interruption {
  /** Whether the command was asked to finish. */
  readonly happened: boolean;
  /** From now on the first Ctrl-C calls this and the second leaves at once; before, and at the second, the process ends. */
  finishWith(finish: () => void): void;
  /** Gives the signals back. */
  forget(): void;
}

/** Listens for Ctrl-C from now on. */
export function listenForInterruption(io: Io): Interruption {
  const leave = () => io.exit(exitCode.interrupted);
  let finish: (() => void) | undefined;
  let happened = false;
  const subscription = interrupts(io.signals, leave, io.clock).subscribe(() => {
    if (finish === undefined) return leave();
    happened = true;
    finish();
  });
  return {
    get happened() {
      return happened;
    },
    finishWith(how) {
      finish = how;
    },
    forget: () => subscription.unsubscribe(),
  };
}
