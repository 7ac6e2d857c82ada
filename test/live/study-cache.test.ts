import { spawn } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lineValue, openedLine, sealedLine } from '../../src/journal/sealed-line.js';
import { cacheFile } from '../../src/live/cached-study.js';
import { keepStudy } from '../../src/live/keep-study.js';
import { storedSummary } from '../../src/live/stored-summary.js';
import type { StudyEvent } from '../../src/tune/events.js';
import { allThatIsTold } from './all-that-is-told.js';
import { madeUpStudy } from './made-up-study.js';
import { oddStudy } from './odd-study.js';
import { linesOf, oneByOne, whole, writtenJournal } from './stored-reading.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rxnn-cache-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const journalOf = (events: readonly StudyEvent[]) => writtenJournal(folder, events);
const study = [...madeUpStudy({ trials: 80, epochs: 40, rungs: false })];
const soon = () => new Promise(resolve => setTimeout(resolve, 3));
const keeps = { worth: 0, patience: 0 };

/** Reads a journal, and waits until what was read is kept. */
async function kept(file: string) {
  const before = existsSync(cacheFile(file)) ? statSync(cacheFile(file)).mtimeMs : 0;
  const { close } = await whole(file, keeps);
  while (!existsSync(cacheFile(file)) || statSync(cacheFile(file)).mtimeMs === before) await soon();
  close();
  return cacheFile(file);
}

/** A time that every file system keeps to the bit. */
const TIME = 1_700_000_000;

/** Damages a line; secretly: neither the file's size nor its time says so. */
function damage(file: string, line: number, secretly: boolean) {
  const bytes = readFileSync(file);
  let offset = -1;
  for (let i = 1; i < line; i++) offset = bytes.indexOf(10, offset + 1);
  bytes[offset + 40] = (bytes[offset + 40] as number) ^ 1;
  writeFileSync(file, bytes);
  if (secretly) utimesSync(file, TIME, TIME);
}

test('a study from its cache tells clients to the bit what its journal tells, whatever its reports are', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.constantFrom(0, 0.1, 0.8), async (seed, share) => {
      const file = journalOf(oddStudy(seed, { share }));
      await kept(file);
      const { model, pieces, restored, close } = await whole(file);
      expect([restored(), pieces()]).toEqual([true, 0]);
      expect(allThatIsTold(model)).toEqual(allThatIsTold(await oneByOne(file)));
      close();
    }),
    { numRuns: 15 },
  );
});

test('what was added to the journal since is told too, before and after it is opened', async () => {
  const file = journalOf(study.slice(0, 900));
  await kept(file);
  appendFileSync(file, linesOf(study.slice(900, 1300)));
  const { model, restored, until, close } = await whole(file);
  expect([restored(), model.lastSeq]).toEqual([true, 1299]);
  for (const [from, to] of [
    [1300, 1301],
    [1301, study.length],
  ] as const) {
    appendFileSync(file, linesOf(study.slice(from, to)));
    await until(() => model.lastSeq === to - 1);
  }
  expect(allThatIsTold(model)).toEqual(allThatIsTold(await oneByOne(file)));
  close();
});

test.each([900, study.length - 1])(
  'a study that was followed from %i events to its end is kept with its end',
  async known => {
    const file = journalOf(study.slice(0, known));
    const first = await whole(file, keeps);
    appendFileSync(file, linesOf(study.slice(known)));
    await first.until(() => first.model.lastSeq === study.length - 1);
    const last = () => {
      const bytes = existsSync(cacheFile(file)) ? readFileSync(cacheFile(file)) : Buffer.alloc(0);
      const text = openedLine(bytes.subarray(bytes.lastIndexOf(10, -2) + 1, -1));
      return text === undefined ? 0 : (lineValue(text) as { foot: { state: { lastSeq: number } } }).foot.state.lastSeq;
    };
    while (last() !== study.length - 1) await soon();
    first.close();
    const { model, pieces, restored, close } = await whole(file);
    expect([restored(), pieces()]).toEqual([true, 0]);
    expect(allThatIsTold(model)).toEqual(allThatIsTold(await oneByOne(file)));
    close();
  },
);

test('who ran a study can have it ready before anybody opens it', async () => {
  const { signal } = new AbortController();
  const file = journalOf(study.slice(0, 900));
  expect(await keepStudy(file, signal)).toBe(true);
  appendFileSync(file, linesOf(study.slice(900)));
  expect(await keepStudy(file, signal)).toBe(true);
  const made = statSync(cacheFile(file)).mtimeMs;
  expect(await keepStudy(file, signal)).toBe(true);
  expect(statSync(cacheFile(file)).mtimeMs).toBe(made);
  const { model, pieces, restored, close } = await whole(file);
  expect([restored(), pieces()]).toEqual([true, 0]);
  expect(allThatIsTold(model)).toEqual(allThatIsTold(await oneByOne(file)));
  close();
  const damaged = journalOf(study);
  damage(damaged, 700, false);
  const absent = join(folder, 'absent.jsonl');
  for (const one of [damaged, absent]) expect(await keepStudy(one, signal)).toBe(false);
  const other = journalOf(study);
  expect(await keepStudy(other, AbortSignal.abort())).toBe(false);
  for (const one of [damaged, absent, other]) expect(existsSync(cacheFile(one))).toBe(false);
});

test('a line that was damaged since is named, even if size and time of the journal are as they were', async () => {
  for (const secretly of [true, false]) {
    const file = journalOf(study);
    utimesSync(file, TIME, TIME);
    await kept(file);
    damage(file, 700, secretly);
    const { restored, until, problem, model, close } = await whole(file);
    expect(restored()).toBe(secretly);
    await until(() => problem() !== '');
    expect(problem()).toMatch('line 700 is damaged: its check does not match');
    expect(model.lastSeq).toBe(697);
    close();
  }
});

test('a journal that was cut, or another one in its place, is told as it is', async () => {
  for (const change of [
    (file: string) => truncateSync(file, readFileSync(file).lastIndexOf(10, -2) + 1),
    (file: string) =>
      copyFileSync(journalOf([...madeUpStudy({ trials: 80, epochs: 40, seed: 2, rungs: false })]), file),
    (file: string) => writeFileSync(file, readFileSync(journalOf(study.slice(0, 30)))),
  ]) {
    const file = journalOf(study);
    await kept(file);
    change(file);
    const { model, restored, close } = await whole(file);
    expect(restored()).toBe(false);
    expect(allThatIsTold(model)).toEqual(allThatIsTold(await oneByOne(file)));
    close();
  }
});

test('a cache that is damaged anywhere, cut, or something else is as none', async () => {
  const file = journalOf(oddStudy(3));
  const cache = await kept(file);
  const told = allThatIsTold(await oneByOne(file));
  const good = readFileSync(cache);
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.nat(good.length - 1).map(at => {
          const bytes = Buffer.from(good);
          bytes[at] = (bytes[at] as number) ^ 16;
          return bytes;
        }),
        fc.nat(good.length - 1).map(length => good.subarray(0, length)),
        fc.uint8Array({ maxLength: 300 }).map(bytes => Buffer.from(bytes)),
        fc.constantFrom('', '\n', '\n\n', `\n${sealedLine({ format: 'rxnn-cache' })}`).map(text => Buffer.from(text)),
      ),
      async bytes => {
        writeFileSync(cache, bytes);
        const { model, restored, close } = await whole(file);
        expect(restored()).toBe(false);
        expect(allThatIsTold(model)).toEqual(told);
        close();
      },
    ),
    { numRuns: 40 },
  );
});

test('a cache whose checks are right but whose content is not is as none', async () => {
  const file = journalOf(oddStudy(4));
  const cache = await kept(file);
  const told = allThatIsTold(await oneByOne(file));
  const good = readFileSync(cache);
  const begin = good.lastIndexOf(10, -2) + 1;
  const { foot, ...rest } = lineValue(openedLine(good.subarray(begin, -1)) as string) as {
    foot: { version: number; journal: object; state: object; study: string; named: string[][] };
    lengths: number[];
  };
  for (const changed of [
    { ...rest, foot: { ...foot, version: foot.version + 1 } },
    { ...rest, foot: { ...foot, journal: { ...foot.journal, lines: 7 } } },
    { ...rest, foot: { ...foot, journal: undefined } },
    { ...rest, foot: { ...foot, state: null } },
    { ...rest, foot: { ...foot, state: { ...foot.state, lastSeq: 3 } } },
    { ...rest, foot: { ...foot, named: [] } },
    { ...rest, foot: { ...foot, named: foot.named.map(names => [...names, 'more']) } },
    { ...rest, foot, lengths: [] },
    { ...rest, foot, lengths: rest.lengths.map(length => length - 8) },
    { ...rest, foot, lengths: [...rest.lengths].reverse() },
    { ...rest, foot, lengths: [-8, 1e300, null] },
  ]) {
    writeFileSync(cache, Buffer.concat([good.subarray(0, begin), Buffer.from(sealedLine(changed))]));
    const { model, restored, close } = await whole(file);
    expect(restored()).toBe(false);
    expect(allThatIsTold(model)).toEqual(told);
    close();
  }
});

test('two who read a study at once both have it, and what they keep is whole', async () => {
  const file = journalOf(study);
  const readings = await Promise.all([whole(file, keeps), whole(file, keeps), whole(file, keeps)]);
  while (!existsSync(cacheFile(file)) || existsSync(`${cacheFile(file)}.new`)) await soon();
  const told = allThatIsTold(await oneByOne(file));
  for (const { model, close } of readings) {
    expect(allThatIsTold(model)).toEqual(told);
    close();
  }
  const { model, restored, close } = await whole(file);
  expect(restored()).toBe(true);
  expect(allThatIsTold(model)).toEqual(told);
  close();
});

test('a draft that somebody writes is left alone, one that was left behind is not in the way', async () => {
  const file = journalOf(study);
  const draft = `${cacheFile(file)}.new`;
  writeFileSync(draft, 'begun');
  const { close } = await whole(file, keeps);
  await new Promise(resolve => setTimeout(resolve, 50));
  close();
  expect([existsSync(cacheFile(file)), readFileSync(draft, 'utf8')]).toEqual([false, 'begun']);
  utimesSync(draft, 0, 0);
  await kept(file);
  expect(existsSync(draft)).toBe(false);
});

test('a process that is killed while it keeps a study harms neither the journal nor who reads it next', async () => {
  const file = journalOf(study);
  const bytes = readFileSync(file);
  const told = allThatIsTold(await oneByOne(file));
  const draft = `${cacheFile(file)}.new`;
  for (let after = 0; after < 4; after++) {
    rmSync(draft, { force: true });
    const child = spawn(process.execPath, ['-e', writer(draft, cacheFile(file))], { stdio: 'ignore' });
    while (!existsSync(draft)) await soon();
    await new Promise(resolve => setTimeout(resolve, 10 * after));
    child.kill('SIGKILL');
    await new Promise(resolve => child.once('exit', resolve));
    const { model, close } = await whole(file);
    expect(allThatIsTold(model)).toEqual(told);
    close();
  }
  expect(readFileSync(file).equals(bytes)).toBe(true);
});

/** A program that writes a draft bit by bit, and puts half of one in the cache's place, as no file system should. */
const writer = (draft: string, cache: string) => `
  const fs = require('node:fs');
  const handle = fs.openSync(${JSON.stringify(draft)}, 'w');
  let n = 0;
  setInterval(() => {
    fs.writeSync(handle, Buffer.alloc(4096, 'rxnn'));
    if (++n === 5) fs.copyFileSync(${JSON.stringify(draft)}, ${JSON.stringify(cache)});
  }, 2);
`;

test('nothing is kept where that cannot be, and nobody hears of it', async () => {
  for (const [taken, left] of [
    ['.new', ['.new']],
    ['/taken', ['']],
  ] as const) {
    const file = journalOf(study);
    mkdirSync(`${cacheFile(file)}${taken}`, { recursive: true });
    expect(await keepStudy(file, new AbortController().signal)).toBe(false);
    expect(['', '.new'].filter(end => existsSync(`${cacheFile(file)}${end}`))).toEqual(left);
    const { problem, restored, close } = await whole(file, keeps);
    expect([problem(), restored()]).toEqual(['', false]);
    close();
  }
});

test('nothing is kept of what is read at once', async () => {
  const file = journalOf(study);
  const { close } = await whole(file, { patience: 0, worth: statSync(file).size + 1 });
  await new Promise(resolve => setTimeout(resolve, 30));
  expect(existsSync(cacheFile(file))).toBe(false);
  close();
});

test('a cache may be read by those who may read the journal', async () => {
  const file = journalOf(study.slice(0, 300));
  chmodSync(file, 0o600);
  expect(statSync(await kept(file)).mode & 0o777).toBe(0o600);
});

test('a list has what a cache says of a study that has not ended, as long as nothing is added', async () => {
  const file = journalOf(study.slice(0, 900));
  const fresh = await storedSummary(dirname(file), file).update(new AbortController().signal);
  await kept(file);
  const known = await storedSummary(dirname(file), file).update(new AbortController().signal);
  expect(known).toEqual(fresh);
  const summary = storedSummary(dirname(file), file);
  await summary.update(new AbortController().signal);
  appendFileSync(file, linesOf(study.slice(900, 1200)));
  const later = await summary.update(new AbortController().signal);
  rmSync(cacheFile(file));
  expect(later).toEqual(await storedSummary(dirname(file), file).update(new AbortController().signal));
  expect(later).not.toEqual(fresh);
});

test('the folder of a study has no more than the journal and its cache', async () => {
  const own = mkdtempSync(join(folder, 'own-'));
  const file = join(own, 'journal.jsonl');
  copyFileSync(journalOf(study), file);
  await kept(file);
  expect(readdirSync(own).sort()).toEqual(['journal.cache', 'journal.jsonl']);
});
