import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { concat, from, lastValueFrom, NEVER, of, Subject, throwError, toArray } from 'rxjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { InputError } from '../../src/errors.js';
import { openJournal } from '../../src/journal/open-journal.js';
import { readJournal } from '../../src/journal/read-journal.js';
import { salvageJournal } from '../../src/journal/salvage-journal.js';
import { lineValue, openedLine, sealedLine } from '../../src/journal/sealed-line.js';
import { journalFile, lockFile } from '../../src/journal/study-folder.js';
import type { StudyEvent } from '../../src/tune/events.js';
import { foldEvent } from '../../src/tune/fold-event.js';
import { emptyStudy } from '../../src/tune/study-state.js';
import { init, study, temporaryFolder } from './studies.js';

const home = temporaryFolder();
afterAll(() => home.remove());

let made = 0;
const newFolder = () => home.at(`study-${made++}`);

/** A folder with a journal of these events. */
async function stored(events: readonly StudyEvent[]): Promise<string> {
  const folder = newFolder();
  const journal = await openJournal(folder, init);
  for (const event of events) journal.write(event);
  await journal.close();
  return folder;
}

/** The sentence of the `InputError` that a promise rejects with, without the folder. */
async function sentence(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => 'no error',
    (error: unknown) => error,
  );
  if (!(error instanceof InputError)) throw error;
  return error.message.replaceAll(/\S*study-\d+\//g, '').replace(/\S*study-\d+/, 'study');
}

describe('a line', () => {
  const value = fc.letrec(tie => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.double(),
      fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 5e-324),
      fc.string({ unit: 'binary' }),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value')),
      fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('$number', '$object', '__proto__', 'crc')), tie('value'), {
        noNullPrototype: true,
      }),
    ),
  })).value;

  test('keeps every number to the bit, and every text, whatever the names', () => {
    fc.assert(
      fc.property(value, inside => {
        const line = sealedLine({ inside });
        expect(line.indexOf('\n')).toBe(line.length - 1);
        const text = openedLine(Buffer.from(line.slice(0, -1))) as string;
        // −0 is told from 0 by this.
        expect(fc.stringify(lineValue(text))).toBe(fc.stringify({ inside }));
      }),
      { numRuns: 500 },
    );
  });

  test('is JSON of its own, with the CRC-32 of the bytes before it, as zlib has it', () => {
    expect(sealedLine({ seq: 0, loss: Number.NaN, zero: -0 })).toBe(
      '{"seq":0,"loss":{"$number":"NaN"},"zero":{"$number":"-0"},"crc":"e8df3714"}\n',
    );
  });
});

describe('a journal', () => {
  test('is read as it was written: header, events to the bit, and the study that they tell', async () => {
    const events = study();
    const folder = await stored(events);
    for (const path of [folder, journalFile(folder)]) {
      const { header, events: read, state, notes, ...places } = await readJournal(path);
      expect(header).toMatchObject({ format: 'rxnn-journal', version: 1, rxnn: expect.stringMatching(/^\d/), ...init });
      expect(read).toStrictEqual(events);
      expect(state).toEqual(study().reduce(foldEvent, emptyStudy));
      expect(notes).toEqual([]);
      expect(places).toEqual({ folder, file: journalFile(folder) });
    }
  });

  test('goes on where it ended when it is opened again; what is stored already is not stored twice', async () => {
    const events = study();
    const folder = await stored(events.slice(0, 9));
    const journal = await openJournal(folder, { ...init, seeds: { study: 1 } });
    expect(journal.events).toStrictEqual(events.slice(0, 9));
    expect(journal.header.seeds).toEqual(init.seeds);
    expect(journal.notes).toEqual([]);
    for (const event of events) journal.write(event);
    await journal.flush();
    expect((await readJournal(folder)).events).toStrictEqual(events);
    await journal.close();
    expect(existsSync(lockFile(folder))).toBe(false);
    expect(readdirSync(folder)).toEqual(['journal.jsonl']);
  });

  test('is of one study: another one is refused', async () => {
    const folder = await stored(study());
    const other = { ...init, study: { name: 'digits', identity: 'another' } };
    expect(await sentence(openJournal(folder, other))).toBe(
      'journal.jsonl: holds another study, "digits", or this one before it was changed; give this study another folder',
    );
    expect(existsSync(lockFile(folder))).toBe(false);
  });

  test('takes no event that leaves a gap, and none when it is closed', async () => {
    const journal = await openJournal(newFolder(), init);
    const [first, , third] = study();
    journal.write(first!);
    expect(() => journal.write(third!)).toThrow(/has events up to 0; event 2 is not the next$/);
    await journal.close();
    await journal.close();
    expect(() => journal.write(study()[1]!)).toThrow(/is closed, and event 1 came after that$/);
  });

  test('that is not there, of something else or of a later version is refused in a sentence', async () => {
    const folder = await stored(study());
    const file = journalFile(folder);
    const refused = async (text: string) => {
      writeFileSync(file, text);
      return sentence(readJournal(folder));
    };
    expect(await sentence(readJournal(home.at('study-404')))).toBe('study: there is no such study');
    expect(await sentence(readJournal(home.path))).toMatch(/is a folder without a study: it has no journal.jsonl$/);
    expect(await refused('')).toBe('journal.jsonl: holds nothing yet: its first line is not whole');
    expect(await refused('{"format":"rxnn-jour')).toBe('journal.jsonl: holds nothing yet: its first line is not whole');
    expect(await refused('a,b,c')).toBe('journal.jsonl: is no journal of a study');
    expect(await refused('a,b\n1,2\n')).toBe('journal.jsonl: is no journal of a study');
    expect(await refused(sealedLine({ format: 'other' }))).toBe(
      'journal.jsonl: is no journal of a study: its format is "other"',
    );
    expect(await refused(sealedLine({ format: 'rxnn-journal', version: 2, rxnn: '9.1.0' }))).toBe(
      "journal.jsonl: was written in version 2 of the journal's format, by rxnn 9.1.0, and this rxnn reads version 1; use that rxnn or a later one",
    );
    expect(await refused(sealedLine({ format: 'rxnn-journal', version: 1 }).replace('1', '2'))).toBe(
      'journal.jsonl: line 1 is damaged: its check does not match what it says; restore the file from a copy',
    );
  });

  test('whose first line was never whole is begun anew', async () => {
    const folder = newFolder();
    await (await openJournal(folder, init)).close();
    const file = journalFile(folder);
    const whole = readFileSync(file);
    for (const length of [0, 1, 20, whole.length - 2]) {
      writeFileSync(file, whole.subarray(0, length));
      const journal = await openJournal(folder, init);
      expect(journal.events).toEqual([]);
      journal.write(study()[0]!);
      await journal.close();
      expect((await readJournal(folder)).events).toHaveLength(1);
    }
  });
});

describe('a damaged journal', () => {
  let folder: string;
  let bytes: Buffer;
  beforeAll(async () => {
    folder = await stored(study());
    bytes = readFileSync(journalFile(folder));
  });
  const read = (changed: Buffer) => {
    writeFileSync(journalFile(folder), changed);
    return readJournal(folder);
  };

  test('cut at any byte of its last line is the study without that event, which a note says', async () => {
    const events = study();
    const last = bytes.lastIndexOf('\n', bytes.length - 2) + 1;
    for (let length = last; length < bytes.length - 1; length++) {
      const { events: kept, notes } = await read(bytes.subarray(0, length));
      expect(kept).toStrictEqual(events.slice(0, -1));
      expect(notes).toEqual(length === last ? [] : ['the last line of journal.jsonl was not whole and is left out']);
    }
    const { events: kept, notes } = await read(bytes.subarray(0, -1));
    expect([kept, notes]).toStrictEqual([events, []]);
  });

  test('cut at any byte of its last line is added to as if nothing had been', async () => {
    const last = bytes.lastIndexOf('\n', bytes.length - 2) + 1;
    for (let length = last; length <= bytes.length; length += 29) {
      for (const zeros of [0, 5]) {
        writeFileSync(journalFile(folder), Buffer.concat([bytes.subarray(0, length), Buffer.alloc(zeros)]));
        const journal = await openJournal(folder, init);
        journal.write(study().at(-1)!);
        await journal.close();
        expect(readFileSync(journalFile(folder))).toEqual(bytes);
      }
    }
  });

  test('with any byte changed to any other is refused, with the line, or, in the last line’s end, is the study until there', async () => {
    const events = study();
    const lines = (end: number) => bytes.subarray(0, end).toString('latin1').split('\n').length;
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const changed = Buffer.from(bytes);
        changed[at]! ^= flip;
        const outcome = await read(changed).catch((error: unknown) => error);
        if (at === bytes.length - 1) {
          // Without its end the last line is one that was not written to its end; only a zero in its place says that it was.
          expect(outcome).toMatchObject({ events: flip === 10 ? events : events.slice(0, -1) });
          return;
        }
        expect(outcome).toBeInstanceOf(InputError);
        const { message } = outcome as InputError;
        if (lines(at) > 1)
          expect(message).toContain(`: line ${lines(at)} is damaged: its check does not match what it says; `);
        else expect(message).toMatch(/: line 1 is damaged: its check does not match|: is no journal of a study$/);
      }),
      { numRuns: 400 },
    );
  });

  test('with any byte of a line’s check changed to any other is refused', async () => {
    const end = bytes.indexOf('\n');
    for (let at = end - 10; at < end - 2; at++) {
      for (let flip = 1; flip < 256; flip++) {
        const changed = Buffer.from(bytes);
        changed[at]! ^= flip;
        await expect(read(changed)).rejects.toThrow(InputError);
      }
    }
  });

  test('with a bit of any second byte changed is never another study', async () => {
    for (let at = 0; at < bytes.length - 1; at += 2) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 1 << (at % 8);
      await expect(read(changed)).rejects.toThrow(InputError);
    }
  });

  test('with a line too few, too many or in another place names the line', async () => {
    const lines = bytes.toString().trimEnd().split('\n');
    const refused = (changed: readonly string[]) => sentence(read(Buffer.from(`${changed.join('\n')}\n`)));
    const cure = (n: number) =>
      `restore the file from a copy, or keep the ${n} events before it with \`rxnn salvage journal.jsonl\``;
    expect(await refused(lines.toSpliced(5, 1))).toBe(
      `journal.jsonl: line 6 is damaged: expected event 4, got event 5, so lines are missing or repeated; ${cure(4)}`,
    );
    expect(await refused(lines.toSpliced(5, 0, lines[5]!))).toContain(
      'line 7 is damaged: expected event 5, got event 4',
    );
    expect(await refused(lines.toSpliced(5, 2, lines[6]!, lines[5]!))).toContain('line 6 is damaged');
    expect(await refused(lines.toSpliced(5, 0, ''))).toContain('line 6 is damaged: its check does not match');
  });

  test('is salvaged up to the damage, and kept as it was beside it', async () => {
    const changed = Buffer.from(bytes);
    changed[bytes.indexOf('"seq":6')]! ^= 1;
    writeFileSync(journalFile(folder), changed);
    expect(await salvageJournal(folder, 0)).toEqual({
      file: journalFile(folder),
      kept: 6,
      line: 8,
      copy: `${folder}/journal.damaged-1.jsonl`,
    });
    expect(readFileSync(`${folder}/journal.damaged-1.jsonl`)).toEqual(changed);
    const { events, notes } = await readJournal(folder);
    expect([events, notes]).toStrictEqual([study().slice(0, 6), []]);
    expect(await sentence(salvageJournal(folder, 0))).toBe(
      'journal.jsonl: no line is damaged, so there is nothing to salvage',
    );
    expect(readdirSync(folder).sort()).toEqual(['journal.damaged-1.jsonl', 'journal.jsonl']);
  });

  test('is not added to', async () => {
    const changed = Buffer.from(bytes);
    changed[200]! ^= 1;
    writeFileSync(journalFile(folder), changed);
    expect(await sentence(openJournal(folder, init))).toContain('is damaged');
    expect(readFileSync(journalFile(folder))).toEqual(changed);
    expect(existsSync(lockFile(folder))).toBe(false);
  });
});

describe('record', () => {
  test('passes every event on as it comes and completes when all are on the disk', async () => {
    const folder = newFolder();
    const journal = await openJournal(folder, init, { flushEvery: 60_000, syncEvery: 60_000 });
    const events = study();
    const source$ = new Subject<StudyEvent>();
    const heard: StudyEvent[] = [];
    let ended = false;
    source$.pipe(journal.record).subscribe({ next: event => heard.push(event), complete: () => (ended = true) });
    for (const event of events) source$.next(event);
    expect(heard).toStrictEqual(events);
    source$.complete();
    expect(ended).toBe(false);
    await journal.flush();
    expect(ended).toBe(true);
    expect((await readJournal(folder)).events).toStrictEqual(events);
    await journal.close();
  });

  test('stores what came before its source failed, and fails with that', async () => {
    const folder = newFolder();
    const journal = await openJournal(folder, init);
    const failing$ = concat(
      from(study()),
      throwError(() => new Error('the study broke')),
    );
    await expect(lastValueFrom(failing$.pipe(journal.record))).rejects.toThrow('the study broke');
    expect((await readJournal(folder)).events).toStrictEqual(study());
    await journal.close();
  });

  test('stops its source when it is unsubscribed from, and closing stores what was heard', async () => {
    const folder = newFolder();
    const journal = await openJournal(folder, init);
    const source$ = new Subject<StudyEvent>();
    const subscription = source$.pipe(journal.record).subscribe();
    for (const event of study()) source$.next(event);
    subscription.unsubscribe();
    expect(source$.observed).toBe(false);
    await journal.close();
    expect((await readJournal(folder)).events).toStrictEqual(study());
  });

  test('passes on what is stored already, too', async () => {
    const folder = await stored(study());
    const journal = await openJournal(folder, init);
    expect(await lastValueFrom(from(study()).pipe(journal.record, toArray()))).toStrictEqual(study());
    await journal.close();
    expect((await readJournal(folder)).events).toStrictEqual(study());
  });

  test('fails with the gap when an event is missing', async () => {
    const journal = await openJournal(newFolder(), init);
    const failing$ = concat(of(study()[1]!), NEVER).pipe(journal.record);
    await expect(lastValueFrom(failing$)).rejects.toThrow('event 1 is not the next');
    await journal.close();
  });
});

test('a reader of a study that is being written sees whole events only', async () => {
  const folder = newFolder();
  const journal = await openJournal(folder, init, { flushEvery: 0 });
  const [first, ...others] = study();
  journal.write(first!);
  for (const event of others) {
    journal.write(event);
    await journal.flush();
    expect((await readJournal(folder)).events.at(-1)).toStrictEqual(event);
  }
  appendFileSync(journalFile(folder), '{"seq":');
  expect((await readJournal(folder)).notes).toEqual(['the last line of journal.jsonl was not whole and is left out']);
  await journal.close();
});
