import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { InputError } from '../errors.js';
import type { StudyEvent } from '../tune/events.js';
import { thinned } from './thin-study.js';

/** Options of `reportHtml`. */
export interface ReportHtmlOptions {
  /** The text of `reportTemplate()`. */
  readonly template: string;
  /** About how many bytes the file may have; 25,000,000. A larger study is thinned (`thinned`). */
  readonly limit?: number | undefined;
}

/** A report as one file. */
export interface ReportHtml {
  readonly html: string;
  /** What was left out of a study that is too large, in a sentence that stands in the report as well. */
  readonly note?: string | undefined;
}

/**
 * The live page with a study in it, as one HTML file that needs neither a server nor a network.
 *
 * @param events all of the study's, from the first
 * @throws InputError when there is no event, or the template is none.
 * @example
 * const { html } = reportHtml(events, { template: await reportTemplate() });
 * await writeFile('report.html', html);
 */
export function reportHtml(
  events: readonly StudyEvent[],
  { template, limit = 25_000_000 }: ReportHtmlOptions,
): ReportHtml {
  if (events[0]?.type !== 'study-started') throw new InputError('expected the events of a study from its first');
  const [before, after, ...others] = template.split('<!--study-->');
  if (before === undefined || after === undefined || others.length > 0) {
    throw new InputError('expected a template with one <!--study-->', { path: 'template' });
  }
  const room = Math.floor(((limit - template.length) * 3) / 4);
  let packed = new Uint8Array();
  let note: string | undefined;
  // Numbers in text become a fourth or so: what is surely too large need not be compressed to know it.
  for (let level = 0; ; level++) {
    const thin = thinned(events, level);
    note = thin.note;
    const text = lines(thin.events);
    const size = text.reduce((sum, part) => sum + part.length, 0);
    if (size > 8 * room && !thin.least) continue;
    packed = gzipSync(Buffer.concat(text));
    if (packed.length <= room || thin.least) break;
  }
  const data = Buffer.from(packed).toString('base64');
  const said =
    note === undefined
      ? ''
      : `<script type="application/json" id="study-note">${JSON.stringify(note).replaceAll('<', '\\u003c')}</script>`;
  const study = `<script type="application/octet-stream" id="study">${data}</script>`;
  return { html: `${before}${said}${study}${after}`, note };
}

/** The events as lines of JSON, in pieces: a string has an end. */
function lines(events: Iterable<StudyEvent>): Buffer[] {
  const pieces: Buffer[] = [];
  let some: string[] = [];
  for (const event of events) {
    some.push(JSON.stringify(event), '\n');
    if (some.length < 8192) continue;
    pieces.push(Buffer.from(some.join('')));
    some = [];
  }
  pieces.push(Buffer.from(some.join('')));
  return pieces;
}

/** The page that studies are put into, as it is built beside this library. */
export async function reportTemplate(): Promise<string> {
  const path = fileURLToPath(new URL('../report/template.html', import.meta.url));
  return readFile(path, 'utf8').catch(() => {
    throw new InputError('the page of reports is not built: run "npm run build"', { path });
  });
}
