import { type FileHandle, open } from 'node:fs/promises';
import { InputError } from '../errors.js';
import { bodyText, lineValue, sealedEnd } from '../journal/sealed-line.js';
import type { StudyEvent } from '../tune/events.js';
import { lightReport, type OutlinePart, type ReportOutline } from './report-outline.js';
import { left, light } from './thin-study.js';

/** The events that stay, numbered anew from a number on, a line of JSON each; part by part. */
export async function* reportText(
  { file, parts }: Pick<ReportOutline, 'file' | 'parts'>,
  kept: readonly Uint8Array[],
  wanted: (part: number) => boolean = () => true,
): AsyncGenerator<Buffer> {
  const handle = await open(file);
  try {
    let seq = 0;
    for (const [i, part] of parts.entries()) {
      const fates = kept[i] as Uint8Array;
      if (wanted(i)) yield await textOf(handle, part, fates, seq, file);
      for (const fate of fates) if (fate !== left) seq++;
    }
  } finally {
    await handle.close();
  }
}

const NUMBERED = Buffer.from('{"seq":');
const LINE_END = Buffer.from('}\n');
const [ZERO, NINE] = [48, 57];
/** The longest number that a line may get. */
const DIGITS = 16;

/** What a line of a journal is as a line of a report; most is copied. */
async function textOf(
  handle: FileHandle,
  { place, ends, normsFrom, normsTo, knotted }: OutlinePart,
  fates: Uint8Array,
  first: number,
  file: string,
): Promise<Buffer> {
  const lines = Buffer.alloc(place.bytes);
  await handle.read(lines, 0, place.bytes, place.offset);
  let out = Buffer.allocUnsafe(place.bytes + fates.length * DIGITS);
  let at = 0;
  let seq = first;
  const copy = (from: number, to: number) => {
    at += lines.copy(out, at, from, to);
  };
  /** The next number that JSON has not. */
  let odd = lines.indexOf('{"$');
  for (let i = 0; i < fates.length; i++) {
    if (fates[i] === left) continue;
    const begin = ends[i - 1] ?? 0;
    let end = ends[i] as number;
    if (lines[end - 1] === 10) end--;
    const body = sealedEnd(lines, begin, end);
    if (body < 0) throw new InputError('was changed while it was read', { file });
    while (odd >= 0 && odd < begin) odd = lines.indexOf('{"$', begin);
    const isLight = fates[i] === light;
    const digits = begin + NUMBERED.length;
    const isPlain =
      (odd < 0 || odd >= body) && !(isLight && knotted[i] === 1) && lines.compare(NUMBERED, 0, 7, begin, digits) === 0;
    if (isPlain) {
      at += NUMBERED.copy(out, at);
      at += out.write(String(seq), at, 'latin1');
      let rest = digits;
      while ((lines[rest] as number) >= ZERO && (lines[rest] as number) <= NINE) rest++;
      if (isLight && normsTo[i] !== 0) {
        copy(rest, begin + (normsFrom[i] as number));
        rest = begin + (normsTo[i] as number);
      }
      copy(rest, body);
      at += LINE_END.copy(out, at);
    } else {
      const text = `${JSON.stringify(renumbered(bodyText(lines, begin, body), seq, isLight))}\n`;
      const length = Buffer.byteLength(text);
      // It is hardly ever longer than in the journal, where numbers have marks that JSON has not.
      const needed = at + length + lines.length - body;
      if (needed > out.length) out = Buffer.concat([out], needed);
      at += out.write(text, at);
    }
    seq++;
  }
  return out.subarray(0, at);
}

function renumbered(text: string, seq: number, isLight: boolean): StudyEvent {
  const event = { ...(lineValue(text) as StudyEvent), seq };
  return isLight && event.type === 'trial-reported' ? { ...event, report: lightReport(event.report) } : event;
}
