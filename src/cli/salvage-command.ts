import { salvageJournal } from '../journal/salvage-journal.js';
import { type ExitCode, exitCode } from './exit-code.js';
import { whichStudy } from './find-study.js';
import type { Io } from './io.js';
import { counted } from './number.js';

/** `rxnn salvage`: cuts a damaged journal before its first damaged line and keeps it beside it as it was. */
export async function salvageCommand(study: string, { stdout, env }: Io): Promise<ExitCode> {
  const { file, kept, line, copy } = await salvageJournal((await whichStudy(study, env)).file);
  stdout.write(`${file} has the ${counted(kept, 'event')} before line ${line}; as it was, it is in ${copy}\n`);
  return exitCode.done;
}
