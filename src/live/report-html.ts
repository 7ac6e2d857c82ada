import { readFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { createGzip } from 'node:zlib';
import { InputError } from '../errors.js';
import { type ReportOutline, reportOutline } from './report-outline.js';
import { reportText } from './report-text.js';
import { most, thinning } from './thin-study.js';

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
  /** What people should know of how it was read, a sentence each. */
  readonly notes: readonly string[];
}

/**
 * The live page with a stored study in it, as one HTML file that needs neither a server nor a network.
 *
 * @param file the study's journal
 * @throws InputError when that cannot be read, has no event or a damaged line, and when the template is none.
 * @example
 * const { html } = await reportHtml('rxnn-studies/digits/journal.jsonl', { template: await reportTemplate() });
 * await writeFile('report.html', html);
 */
export async function reportHtml(
  file: string,
  { template, limit = 25_000_000 }: ReportHtmlOptions,
): Promise<ReportHtml> {
  const [before, after, ...others] = template.split('<!--study-->');
  if (before === undefined || after === undefined || others.length > 0) {
    throw new InputError('expected a template with one <!--study-->', { path: 'template' });
  }
  const outline = await reportOutline(file);
  const thin = thinning(outline);
  const room = Math.floor(((limit - template.length) * 3) / 4);
  let packed: Buffer | undefined;
  let note: string | undefined;
  for (let level = 0; ; ) {
    const { kept, bytes, note: said, least } = thin.at(level);
    note = said;
    // What is surely too large need not be compressed to know it: pieces of it tell by how much.
    const guess = bytes * (await shareOf(outline, kept));
    packed = guess < MARGIN * room || least ? await gzipped(reportText(outline, kept)) : undefined;
    const size = packed?.length ?? guess;
    if (packed !== undefined && (size <= room || least)) break;
    level = level === 0 ? 1 : Math.min(most, Math.max(level + 1, Math.floor((level * size) / room)));
  }
  const data = packed.toString('base64');
  const said =
    note === undefined
      ? ''
      : `<script type="application/json" id="study-note">${JSON.stringify(note).replaceAll('<', '\\u003c')}</script>`;
  const study = `<script type="application/octet-stream" id="study">${data}</script>`;
  return { html: `${before}${said}${study}${after}`, note, notes: outline.notes };
}

/** What is guessed to be larger by more than this is not tried. */
const MARGIN = 1.05;
/** Stretches of a study that are compressed to guess how much the whole becomes, and the parts of each. */
const [STRETCHES, PARTS] = [4, 8];

/** What compression leaves of such text, as some stretches of it have it. */
async function shareOf(outline: ReportOutline, kept: readonly Uint8Array[]): Promise<number> {
  const { length } = outline.parts;
  let [all, packed] = [0, 0];
  for (let stretch = 0; stretch < STRETCHES; stretch++) {
    const first = Math.floor(((2 * stretch + 1) * length) / (2 * STRETCHES) - PARTS / 2);
    const some: Buffer[] = [];
    for await (const text of reportText(outline, kept, part => part >= first && part < first + PARTS)) some.push(text);
    const piece = Buffer.concat(some);
    all += piece.length;
    packed += (await gzipped([piece])).length;
  }
  return packed / Math.max(1, all);
}

async function gzipped(text: Iterable<Buffer> | AsyncIterable<Buffer>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  await pipeline(text, createGzip(), async gzip => {
    for await (const piece of gzip) pieces.push(piece as Buffer);
  });
  return Buffer.concat(pieces);
}

/** The page that studies are put into, as it is built beside this library. */
export async function reportTemplate(): Promise<string> {
  const path = fileURLToPath(new URL('../report/template.html', import.meta.url));
  return readFile(path, 'utf8').catch(() => {
    throw new InputError('the page of reports is not built: run "npm run build"', { path });
  });
}
