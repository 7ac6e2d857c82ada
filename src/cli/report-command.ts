import { reportHtml, reportTemplate } from '../live/report-html.js';
import { writeWhole } from '../write-whole.js';
import { type ExitCode, exitCode } from './exit-code.js';
import { whichStudy } from './find-study.js';
import type { Io } from './io.js';
import { count } from './number.js';
import { requireWritable } from './outcome-file.js';
import { printNotes } from './print-notes.js';

/** `rxnn report`: a stored study as one HTML file, the live page with its data in it, which needs no server and no network. */
export async function reportCommand(study: string, { out }: { readonly out?: string }, io: Io): Promise<ExitCode> {
  const stored = await whichStudy(study, io.env);
  const file = out ?? 'report.html';
  await requireWritable(file, stored.file);
  const { html, note, notes } = await reportHtml(stored.file, { template: await reportTemplate() });
  printNotes(notes, io);
  await writeWhole(file, html);
  if (note !== undefined) printNotes([note], io);
  io.stderr.write(`${file}: ${count(Math.ceil(html.length / 1000))} kB\n`);
  return exitCode.done;
}
