import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { openJournal } from '../../src/journal/open-journal.js';
import { readJournal } from '../../src/journal/read-journal.js';
import { lineValue, openedLine, sealedLine } from '../../src/journal/sealed-line.js';
import { journalFile } from '../../src/journal/study-folder.js';
import type { StudyEvent } from '../../src/tune/events.js';
import { emptyStudy, foldEvent } from '../../src/tune/study-state.js';
import { init, study, temporaryFolder } from './studies.js';

const home = temporaryFolder();
afterAll(() => home.remove());

let made = 0;
/** A folder with a journal of these events. */
async function stored(events: readonly StudyEvent[]): Promise<string> {
  const folder = home.at(`study-${made++}`);
  const journal = await openJournal(folder, init);
  for (const event of events) journal.write(event);
  await journal.close();
  return folder;
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
});
