import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sealedLine } from '../../src/journal/sealed-line.js';
import { reportHtml } from '../../src/live/report-html.js';
import { reportOutline } from '../../src/live/report-outline.js';
import { reportText } from '../../src/live/report-text.js';
import { thinning } from '../../src/live/thin-study.js';
import type { StudyEvent } from '../../src/tune/events.js';
import { foldWithoutReports } from '../../src/tune/fold-event.js';
import { emptyStudy } from '../../src/tune/study-state.js';
import { madeUpStudy } from './made-up-study.js';
import { oddStudy } from './odd-study.js';
import { writtenJournal } from './stored-reading.js';
import { thinned } from './thinned-events.js';

const events = [...madeUpStudy({ trials: 20, epochs: 40 })];
const fold = (some: readonly StudyEvent[]) => some.reduce(foldWithoutReports, emptyStudy);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rxnn-thin-'));
});
afterAll(() => rmSync(folder, { recursive: true }));
const json = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value));
const parsed = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as StudyEvent);

describe('a thinned study', () => {
  test('has, line by line, what its events tell, whatever its reports are, at any level', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.constantFrom(0, 0.1, 0.8), async (seed, share) => {
        const study = oddStudy(seed, { share, epochs: 20 });
        const outline = await reportOutline(writtenJournal(folder, study));
        for (const level of [0, 1, 2, 3, 7, 1000]) {
          const { kept, bytes, count, note, least } = thinning(outline).at(level);
          const pieces: Buffer[] = [];
          for await (const piece of reportText(outline, kept)) pieces.push(piece);
          const text = Buffer.concat(pieces).toString();
          const wanted = thinned(study, level);
          expect(parsed(text)).toEqual(json(wanted.events));
          expect([count, note, least]).toEqual([wanted.events.length, wanted.note, level === 1000]);
          // Numbers that JSON has not, and other numbers of events, have other lengths.
          expect(Math.abs(bytes / Buffer.byteLength(text) - 1)).toBeLessThan(0.02);
        }
      }),
      { numRuns: 12 },
    );
  });

  test('fits into a report of the size that is allowed, thinned no more than it must be', async () => {
    const file = writtenJournal(folder, [...madeUpStudy({ trials: 60, epochs: 60, rungs: false })]);
    const template = '<!--study-->';
    const whole = (await reportHtml(file, { template })).html.length;
    const sizes = [0.8, 0.5, 0.25].map(async share => {
      const limit = Math.ceil(whole * share);
      const { html, note } = await reportHtml(file, { template, limit });
      expect(html.length).toBeLessThan(limit + 1000);
      expect(note).toMatch('This study is large');
      const packed = Buffer.from(/id="study">([^<]+)</.exec(html)?.[1] as string, 'base64');
      return [html.length, parsed(gunzipSync(packed).toString()).length];
    });
    const [first, ...others] = await Promise.all(sizes);
    for (const [i, one] of others.entries()) expect(one[1]).toBeLessThan([first, ...others][i]?.[1] as number);
  });

  test('says what is wrong with a journal that has none, and leaves out a torn line', async () => {
    const template = '<!--study-->';
    const header = sealedLine({ format: 'rxnn-journal', version: 1, study: {}, createdAt: 0, rxnn: '0', seeds: {} });
    const written = (text: string) => {
      const file = join(folder, 'one.jsonl');
      writeFileSync(file, text);
      return reportHtml(file, { template });
    };
    await expect(written('')).rejects.toThrow('holds nothing yet: its first line is not whole');
    await expect(written(header.slice(0, 40))).rejects.toThrow('holds nothing yet');
    await expect(written(header)).rejects.toThrow('holds no beginning of a study');
    await expect(written('hello\n')).rejects.toThrow('is no journal of a study');
    const text = readFileSync(writtenJournal(folder, events), 'utf8');
    await expect(written(text.replace('"epoch":3', '"epoch":4'))).rejects.toThrow(/line \d+ is damaged/);
    expect((await written(text)).notes).toEqual([]);
    expect((await written(text.slice(0, -1))).notes).toEqual([]);
    expect((await written(text.slice(0, -20))).notes).toEqual([
      'the last line of one.jsonl was not whole and is left out',
    ]);
  });

  test.each([1, 2, 3, 10, 1000])('at level %i has the same trials, values, ends and totals', level => {
    const { events: kept } = thinned(events, level);
    const { lastSeq: _, ...whole } = fold(events);
    const { lastSeq, ...thin } = fold([...kept]);
    expect(thin).toEqual(whole);
    expect(kept.map(({ seq }) => seq)).toEqual(Array.from({ length: lastSeq + 1 }, (_, i) => i));
  });

  test('has fewer reports at each level, but the first, the last, the best and those with findings of every trial', () => {
    const reports = (some: readonly (typeof events)[number][]) =>
      some.flatMap(event =>
        event.type === 'trial-reported' ? [{ trial: event.trial, ...event.report, finding: event.report.health }] : [],
      );
    const all = reports(events);
    const counts = [1, 2, 4, 8, 16].map(level => reports(thinned(events, level).events).length);
    expect(counts[0]).toBe(all.length);
    expect(counts).toEqual([...new Set(counts)].sort((a, b) => b - a));
    const least = reports(thinned(events, 16).events);
    for (let trial = 0; trial < 20; trial++) {
      const of = (some: typeof all) => some.filter(report => report.trial === trial);
      const whole = of(all);
      const epochs = of(least).map(({ epoch }) => epoch);
      const finite = whole.filter(({ metrics }) => Number.isFinite(metrics.valLoss));
      const best = finite.reduce((a, b) => ((b.metrics.valLoss as number) < (a.metrics.valLoss as number) ? b : a));
      expect(epochs).toContain(whole[0]?.epoch);
      expect(epochs).toContain(whole.at(-1)?.epoch);
      expect(epochs).toContain(best.epoch);
      for (const { epoch, finding } of whole) if (finding?.length) expect(epochs).toContain(epoch);
    }
  });

  test('tells norms and predictions at the best and the last epoch only', () => {
    const heavy = thinned(events, 1).events.filter(event => event.type === 'trial-reported' && event.report.norms);
    expect(heavy.length).toBeGreaterThan(0);
    expect(heavy.length).toBeLessThanOrEqual(2 * 20);
  });
});
