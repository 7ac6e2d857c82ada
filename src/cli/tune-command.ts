import type { ExitCode } from './exit-code.js';
import type { Io } from './io.js';

/** Follows as soon as the floors below are there. */
export async function tuneCommand(file: string, options: object, io: Io): Promise<ExitCode> {
  throw new Error(`not there yet: ${[file, options, io].length}`);
}
