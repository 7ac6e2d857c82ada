import { exitCode } from './exit-code.js';
import { interrupts } from './interrupts.js';
import type { Io } from './io.js';

/** What Ctrl-C (or SIGTERM) does to a command, and the end of whoever read its output. */
export interface Interruption {
  /** Why the command was asked to finish, if it was, as the exit code that says so. */
  readonly code: typeof exitCode.interrupted | typeof exitCode.unread | undefined;
  /** From now on the first of these calls this and a second Ctrl-C leaves at once; before, and at the second, the process ends. */
  finishWith(finish: () => void): void;
  /** Gives the signals back. */
  forget(): void;
}

/** Listens for Ctrl-C, and for a pipe that is closed, from now on. */
export function listenForInterruption(io: Io): Interruption {
  let finish: (() => void) | undefined;
  let code: Interruption['code'];
  const finishWith = (reason: NonNullable<Interruption['code']>) => {
    if (finish === undefined) return io.exit(reason);
    code ??= reason;
    finish();
  };
  const subscription = interrupts(io.signals, () => io.exit(exitCode.interrupted), io.clock).subscribe(() =>
    finishWith(exitCode.interrupted),
  );
  subscription.add(io.whenUnread(() => finishWith(exitCode.unread)));
  return {
    get code() {
      return code;
    },
    finishWith(how) {
      finish = how;
    },
    forget: () => subscription.unsubscribe(),
  };
}
