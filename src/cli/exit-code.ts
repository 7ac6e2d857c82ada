/** What the process says to the shell. */
export const exitCode = {
  done: 0,
  /** Something failed while running. */
  failed: 1,
  /** The arguments, a file or the data are wrong. */
  input: 2,
  /** The terminal was closed (SIGHUP); what there was is finished, as after Ctrl-C, and stored. */
  hungUp: 129,
  /** Interrupted by Ctrl-C (SIGINT); what there was is finished and printed. */
  interrupted: 130,
  /** Nobody reads the output any more, as in `rxnn … | head`; what there was is finished, as after Ctrl-C, and stored. The code of SIGPIPE. */
  unread: 141,
  /** Ended by SIGTERM, as after Ctrl-C. */
  terminated: 143,
} as const;

/** One of `exitCode`'s numbers. */
export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

/** The exit code for an error: 2 when the user's input is wrong, 1 for everything else. By its name: the command line's beginning has a class of its own. */
export function exitCodeOf(error: unknown): ExitCode {
  return error instanceof Error && error.name === 'InputError' ? exitCode.input : exitCode.failed;
}

/** An error for a person: one sentence behind the program's name; with `debug` the stack and its causes too. */
export function describeError(error: unknown, debug: boolean): string {
  const message = error instanceof Error ? error.message || error.name : String(error);
  const sentence = `rxnn: ${message.replace(/\s*\n\s*/g, ' ')}`;
  if (!debug || !(error instanceof Error)) return sentence;
  const causes: string[] = [];
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause)
    causes.push(cause.stack ?? cause.message);
  return [sentence, ...causes].join('\n');
}
