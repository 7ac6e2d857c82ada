import type { ExitCode } from './exit-code.js';
import type { Io } from './io.js';

/** Follows as soon as the floors below are there. */
export async function predictCommand(model: string, data: string, options: object, io: Io): Promise<ExitCode> {
  throw new Error(`not there yet: ${[model, data, options, io].length}`);
}
