import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { journalCursor } from '../../src/journal/journal-cursor.js';
import type { StudyEvent } from '../../src/tune/events.js';
import { allThatIsTold } from './all-that-is-told.js';
import { madeUpStudy } from './made-up-study.js';
import { oddStudy } from './odd-study.js';
import { plainStudy } from './plain-study.js';
import { linesOf, oneByOne, whole, writtenJournal } from './stored-reading.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rxnn-pieces-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const journalOf = (events: readonly StudyEvent[], end = '') => writtenJournal(folder, events, end);
const long = [...madeUpStudy({ trials: 80, epochs: 40, rungs: false })];

test('has a study of several pieces, which is what these tests are about', () => {
  expect(long.length).toBeGreaterThan(1500);
});

test('a study read in pieces tells clients to the bit what it tells event by event, whatever its reports are', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.constantFrom(0, 0.1, 0.8), async (seed, share) => {
      const file = journalOf(oddStudy(seed, { share }));
      const { model, pieces, close } = await whole(file);
      expect(pieces()).toBeGreaterThan(0);
      expect(allThatIsTold(model)).toEqual(allThatIsTold(await oneByOne(file)));
      close();
    }),
    { numRuns: 25 },
  );
});

test('most of a study are rows: what is parsed otherwise is what reports have beside their numbers', async () => {
  for (const study of [[...plainStudy(40, 30)], [...madeUpStudy({ trials: 40, epochs: 30 })]]) {
    let rows = 0;
    const cursor = journalCursor(journalOf(study), { many: 0 });
    await cursor.read({
      event() {},
      restart() {},
      piece(piece) {
        rows += piece.rows.length;
      },
    });
    const plain = study.filter(event => event.type === 'trial-reported' && event.report.health === undefined);
    expect(rows).toBe(plain.length);
  }
});

test('what is added while it is looked at is told too, much or little', async () => {
  const study = long;
  const file = journalOf(study.slice(0, 700));
  const { model, until, close } = await whole(file);
  for (const [from, to] of [
    [700, 701],
    [701, 1500],
    [1500, study.length],
  ] as const) {
    appendFileSync(file, linesOf(study.slice(from, to)));
    await until(() => model.lastSeq === to - 1);
  }
  expect(allThatIsTold(model)).toEqual(allThatIsTold(await oneByOne(file)));
  close();
});

test('a damaged line is named, and what was before it is told', async () => {
  const file = journalOf(long);
  const bytes = readFileSync(file);
  for (const at of [900, 1023, 1024, 1400]) {
    const damaged = Buffer.from(bytes);
    let offset = -1;
    for (let line = 0; line < at; line++) offset = damaged.indexOf(10, offset + 1);
    damaged[offset + 40] = (damaged[offset + 40] as number) ^ 1;
    writeFileSync(file, damaged);
    const { model, problem, close } = await whole(file);
    expect(problem()).toMatch(`line ${at + 1} is damaged: its check does not match`);
    expect(model.lastSeq).toBe(at - 2);
    close();
  }
});

test('a repeated line and a missing one are named', async () => {
  const study = long;
  for (const events of [
    [...study.slice(0, 800), ...study.slice(799)],
    [...study.slice(0, 800), ...study.slice(801)],
  ]) {
    const { model, problem, close } = await whole(journalOf(events));
    expect(problem()).toMatch(/line 802 is damaged: expected event 800, got event (799|801)/);
    expect(model.lastSeq).toBe(799);
    close();
  }
});

test('the beginning of a line, and zeros at the end, wait', async () => {
  const study = long;
  for (const end of [linesOf(study.slice(400, 401)).slice(0, 60), '\0\0\0']) {
    const file = journalOf(study.slice(0, 400), end);
    const { model, problem, close } = await whole(file);
    expect([model.lastSeq, problem()]).toEqual([399, '']);
    close();
  }
});

test('what only details have is read from the journal that was there, also when another has taken its place', async () => {
  const study = [...madeUpStudy({ trials: 20, epochs: 20 })];
  const file = journalOf(study);
  const { model, close } = await whole(file);
  const told = allThatIsTold(await oneByOne(file));
  close();
  const again = await whole(file);
  rmSync(file);
  expect(allThatIsTold(again.model)).toEqual(told);
  again.close();
  // And nothing is left but the numbers once nobody follows it any more.
  expect(model.event(study.findIndex(({ type }) => type === 'trial-reported'))).not.toHaveProperty('report.norms');
});
