import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { InputError } from '../errors.js';
import type { StudyEvent } from '../tune/events.js';
import { most, thinned } from './thin-study.js';

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
  let packed: Uint8Array = new Uint8Array();
  let note: string | undefined;
  for (let level = 0; ; ) {
    const thin = thinned(events, level);
    note = thin.note;
    const text = lines(thin.events);
    // What is surely too large need not be compressed to know it: a piece of it tells by how much.
    const guess = text.reduce((sum, { length }) => sum + length, 0) * shareOf(text);
    if (guess < 1.3 * room || thin.least) packed = gzipSync(Buffer.concat(text));
    const size = packed.length > 0 ? packed.length : guess;
    if (size <= room || thin.least) break;
    packed = new Uint8Array();
    level = level === 0 ? 1 : Math.min(most, Math.max(level + 1, Math.floor((level * size) / room)));
  }
  const data = Buffer.from(packed).toString('base64');
  const said =
    note === undefined
      ? ''
      : `<script type="application/json" id="study-note">${JSON.stringify(note).replaceAll('<', '\\u003c')}</script>`;
  const study = `<script type="application/octet-stream" id="study">${data}</script>`;
  return { html: `${before}${said}${study}${after}`, note };
}

/** What compression leaves of such text, as one of its pieces has it. */
function shareOf(text: readonly Buffer[]): number {
  const piece = text[text.length >> 1] ?? Buffer.alloc(0);
  return gzipSync(piece).length / Math.max(1, piece.length);
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
