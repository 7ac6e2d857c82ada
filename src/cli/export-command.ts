import { exportCsv } from '../journal/export-csv.js';
import { exportJson } from '../journal/export-json.js';
import { exportOptuna } from '../journal/export-optuna.js';
import { writeWhole } from '../write-whole.js';
import { type ExitCode, exitCode } from './exit-code.js';
import { findStudy } from './find-study.js';
import type { Io } from './io.js';
import { counted } from './number.js';
import { requireWritable } from './outcome-file.js';

/** What a study can be exported to. */
export const exports = { csv: exportCsv, json: exportJson, optuna: exportOptuna } as const;

/** `rxnn export`: a stored study in another format, on stdout or in a file. */
export async function exportCommand(
  study: string,
  { to = 'csv', out }: { readonly to?: keyof typeof exports; readonly out?: string },
  io: Io,
): Promise<ExitCode> {
  const stored = await findStudy(study, io);
  const text = exports[to](stored);
  if (out === undefined) io.stdout.write(text);
  else {
    await requireWritable(out, stored.file);
    await writeWhole(out, text);
    io.stderr.write(`${counted(stored.state.trials.size, 'trial')} in ${out}\n`);
  }
  return exitCode.done;
}
