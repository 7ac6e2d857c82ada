import { Console } from 'node:console';
import { CommanderError } from 'commander';
import { describeError, type ExitCode, exitCode, exitCodeOf } from './exit-code.js';
import type { Io, Output } from './io.js';
import { program } from './program.js';

/** Runs the command line and says how it ended; errors are printed as one sentence on stderr. */
export async function run(args: readonly string[], io: Io): Promise<ExitCode> {
  let code: ExitCode = exitCode.done;
  const debug = args.includes('--debug');
  const rxnn = program(
    io,
    result => {
      code = result;
    },
    args,
  );
  if (args.length === 0) {
    rxnn.outputHelp({ error: true });
    return exitCode.input;
  }
  try {
    await rxnn.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return exitCode.done;
      io.stderr.write(`rxnn: ${sentenceOf(error)}\n`);
      return exitCode.input;
    }
    io.stderr.write(`${describeError(error, debug)}\n`);
    return exitCodeOf(error);
  }
}

/** Commander's message in the form of all others. */
function sentenceOf(error: CommanderError): string {
  return error.message
    .replace(/^error: /, '')
    .replace(
      /\s*\n\s*\(Did you mean (?:one of )?(.+?)\?\)$/s,
      (_, near: string) => ` (did you mean "${near.replaceAll(', ', '" or "')}"?)`,
    )
    .replaceAll("'", '"');
}

/** Runs the command line of this process and ends it: the only place that does. */
export async function main(args: readonly string[]): Promise<void> {
  const stdout = resultsOnly();
  const whenUnread = watchReaders();
  const io: Io = {
    stdout,
    stderr: process.stderr,
    env: process.env,
    signals: process,
    clock: () => performance.now(),
    exit: code => process.exit(code),
    atExit: listener => {
      process.once('exit', listener);
      return () => process.off('exit', listener);
    },
    whenUnread,
  };
  process.on('uncaughtException', error => {
    process.stderr.write(`${describeError(error, args.includes('--debug'))}\n`);
    process.exit(exitCodeOf(error));
  });
  globalThis.console = new Console(process.stderr);
  const code = await run(args, io);
  await Promise.all([flushed(stdout), flushed(process.stderr)]);
  process.exit(code);
}

/** A reader that has gone, as in `rxnn … | head`, is no error: who listens brings things to an end, else the process ends without a word. */
function watchReaders(): Io['whenUnread'] {
  const listeners = new Set<() => void>();
  let unread = false;
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      // A terminal that was closed says EIO.
      if (error.code !== 'EPIPE' && error.code !== 'EIO' && !unread) process.exit(exitCode.failed);
      // What is still written meanwhile fails too.
      if (unread) return;
      unread = true;
      if (listeners.size === 0) process.exit(exitCode.unread);
      for (const listener of listeners) listener();
    });
  }
  return listener => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
}

/** The process's stdout for results, which what users' modules print is none of: what they write to it goes to stderr from now on. */
function resultsOnly(): Output {
  const { stdout, stderr } = process;
  const write: Output['write'] = stdout.write.bind(stdout);
  stdout.write = stderr.write.bind(stderr);
  return {
    get isTTY() {
      return stdout.isTTY;
    },
    get columns() {
      return stdout.columns;
    },
    get rows() {
      return stdout.rows;
    },
    write,
    on: (event, listener) => stdout.on(event, listener),
    off: (event, listener) => stdout.off(event, listener),
  };
}

/** Resolves when everything written to the stream has left the process. */
function flushed(stream: Output): Promise<void> {
  return new Promise(resolve => stream.write('', () => resolve()));
}
