import { exitCode } from './exit-code.js';
import { type EndingSignal, interrupts } from './interrupts.js';
import type { Io } from './io.js';

/** The exit code after a signal: 128 and its number, as a shell has it. */
export const codeOfSignal = {
  SIGINT: exitCode.interrupted,
  SIGTERM: exitCode.terminated,
  SIGHUP: exitCode.hungUp,
} as const satisfies Record<EndingSignal, number>;

/** What Ctrl-C (or SIGTERM, or SIGHUP) does to a command, and the end of whoever read its output. */
export interface Interruption {
  /** Why the command was asked to finish, if it was, as the exit code that says so. */
  readonly code: (typeof codeOfSignal)[EndingSignal] | typeof exitCode.unread | undefined;
  /** Whether a signal asked for it. */
  readonly bySignal: boolean;
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
  const leave = (signal: EndingSignal) => io.exit(codeOfSignal[signal]);
  const subscription = interrupts(io.signals, leave, io.clock).subscribe(signal => finishWith(codeOfSignal[signal]));
  subscription.add(io.whenUnread(() => finishWith(exitCode.unread)));
  return {
    get code() {
      return code;
    },
    get bySignal() {
      return code !== undefined && code !== exitCode.unread;
    },
    finishWith(how) {
      finish = how;
    },
    forget: () => subscription.unsubscribe(),
  };
}
