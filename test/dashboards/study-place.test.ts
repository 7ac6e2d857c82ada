import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { otherFold } from '../../dashboards/src/other-study.js';
import { doneText } from '../../dashboards/src/views/controls-send.js';
import { piecesOf, readable } from '../../dashboards/src/views/file-lines.js';
import { bestSteps } from '../../dashboards/src/views/studies-best.js';
import { binned } from '../../dashboards/src/views/study-bars.js';
import { deedText } from '../../dashboards/src/views/study-log.js';
import { shortName, studyNames } from '../../dashboards/src/views/study-names.js';
import { encodeChanges } from '../../src/live/frames.js';
import type { ClientMessage } from '../../src/live/protocol.js';
import type { StudyEvent } from '../../src/tune/events.js';
import { foldWithoutReports } from '../../src/tune/fold-event.js';
import { emptyStudy, type StudyState } from '../../src/tune/study-state.js';
import { madeUpStudy } from '../live/made-up-study.js';

describe('the search file', () => {
  test('is told as JSON that means the same, in lines whose pieces are the lines', () => {
    fc.assert(
      fc.property(fc.jsonValue(), json => {
        const text = readable(json);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(json)));
        for (const line of text.split('\n')) {
          expect(
            piecesOf(line)
              .map(piece => piece.text)
              .join(''),
          ).toBe(line);
        }
      }),
    );
    expect(piecesOf('"a": ["b", -1e-5, true]').map(({ kind, text }) => `${kind} ${text}`)).toEqual([
      'key "a"',
      'plain :',
      'plain  [',
      'text "b"',
      'plain , ',
      'value -1e-5',
      'plain , ',
      'value true',
      'plain ]',
    ]);
  });
});

describe('what was tried', () => {
  test('falls into bins of equal width, of equal ratio on a logarithmic axis, the ends included', () => {
    expect(binned([0, 0.24, 0.5, 1, 2, -1], 0, 1, false, 4)).toEqual([2, 0, 1, 1]);
    expect(binned([1, 5, 20, 99, 200, 1000], 1, 1000, true, 3)).toEqual([2, 2, 2]);
    expect(binned([5, 5], 5, 5, false, 3)).toEqual([2, 0, 0]);
  });
});

describe('the name of a study', () => {
  const labels = (...studies: Parameters<typeof studyNames>[0]) =>
    [...studyNames(studies).values()].map(({ label }) => label);
  const [one, two, other] = ['one', 'two', 'other'].map(key => ({ key, name: key === 'other' ? key : 'same' })) as [
    { key: string; name: string },
    { key: string; name: string },
    { key: string; name: string },
  ];

  test('stands alone where no other has it, else with the folder, the time of start, or the key', () => {
    expect(labels(one, other)).toEqual(['same', 'other']);
    expect(labels({ ...one, folder: '/runs/a/' }, { ...two, folder: 'C:\\runs\\b' }, other)).toEqual([
      'same · a',
      'same · b',
      'other',
    ]);
    const starts = labels({ ...one, folder: '/a/x', startedAt: 0 }, { ...two, folder: '/b/x', startedAt: 1000 });
    expect(new Set(starts).size).toBe(2);
    for (const start of starts) expect(start).toMatch(/^same · .*\d/);
    expect(labels(one, { ...two, startedAt: 0 })).toEqual(['same · one', 'same · two']);
  });

  test('is short at the end of a line, and still tells the studies apart', () => {
    const name = 'digits '.repeat(50);
    expect(shortName({ name, part: undefined })).toBe('digits digits…');
    expect(shortName({ name, part: 'run-2' })).toBe('digits di… · run-2');
    expect(shortName({ name, part: `${'x'.repeat(100)}-2` })).toMatch(/^digits di… · …x{17}-2$/);
  });
});

describe('the best value of a study', () => {
  test('is in steps over the trials that were finished, or over the seconds', () => {
    const trial = (number: number, state: 'complete' | 'pruned', value: number, at: number) =>
      [
        number,
        { number, state, value, hparams: {}, reports: [], epochs: 1, samples: 0, startedAt: 0, finishedAt: at },
      ] as const;
    const state: StudyState = {
      ...emptyStudy,
      startedAt: 1000,
      trials: new Map([
        trial(0, 'complete', 3, 9000),
        trial(1, 'complete', 5, 2000),
        trial(2, 'pruned', 1, 3000),
        trial(3, 'complete', 6, 4000),
      ]),
    };
    expect(bestSteps(state, 'trials', 11_000)).toEqual({ xs: [1, 4], ys: [5, 3], end: 4 });
    expect(bestSteps(state, 'seconds', 11_000)).toEqual({ xs: [1, 8], ys: [5, 3], end: 10 });
  });
});

describe('another study', () => {
  const events = [...madeUpStudy({ trials: 12, details: false })].map(
    event => JSON.parse(JSON.stringify(event)) as StudyEvent,
  );
  const upTo = (seq: number) => events.slice(0, seq + 1).reduce(foldWithoutReports, emptyStudy);
  const opened = () => {
    const said: ClientMessage[] = [];
    let told = 0;
    const fold = otherFold({ say: message => said.push(message), changed: () => told++ });
    fold.open();
    return { fold, said, told: () => told, hear: (message: object) => fold.receive(JSON.stringify(message)) };
  };
  const snapshot = (seq: number, hear: (message: object) => void) => {
    const { trials, ...state } = upTo(seq);
    const all = [...trials.values()];
    hear({ type: 'hello', protocol: 1, study: 's', fresh: true, lastSeq: seq, time: 0 });
    hear({ type: 'snapshot', study: 's', seq, state, trials: all.length, metrics: [], findings: [] });
    for (let i = 0; i < all.length; i += 5) hear({ type: 'trials', study: 's', trials: all.slice(i, i + 5) });
  };
  const changes = (from: number, to: number) => encodeChanges('s', events.slice(from, to + 1)).slice().buffer;

  test('is there once its snapshot is whole, and follows what comes after', () => {
    const { fold, said, hear, told } = opened();
    expect(said).toEqual([{ type: 'resume', study: null, lastSeq: -1, as: 'state' }]);
    expect(fold.state).toBeUndefined();
    snapshot(100, hear);
    expect(fold.state?.trials.size).toBe(upTo(100).trials.size);
    const before = told();
    fold.receive(changes(101, events.length - 1));
    expect(told()).toBe(before + 1);
    const plain = (state: StudyState | undefined) => JSON.parse(JSON.stringify([...(state?.trials ?? [])]));
    expect(plain(fold.state)).toEqual(plain(upTo(events.length - 1)));
    expect(fold.state?.finishReason).toBe('trials');
  });

  test('asks again for what it lacks', () => {
    const { fold, said, hear } = opened();
    snapshot(50, hear);
    fold.receive(changes(60, 70));
    expect(said.at(-1)).toEqual({ type: 'resume', study: 's', lastSeq: 50, as: 'state' });
    expect(fold.state?.lastSeq).toBe(50);
  });
});

describe('what was asked of a study', () => {
  test('is told in sentences, to who asked and to all', () => {
    expect(doneText({ type: 'set', parallel: 3, trials: 1 }, { type: 'answer', id: 0, ok: true })).toBe(
      'From now on: 3 at a time, 1 trial in all.',
    );
    expect(deedText({ time: 0, by: 'page', did: 'clone', trial: 7, of: 2 }).join('')).toBe('Trial 7 was made from 2');
    expect(deedText({ time: 0, by: 'page', did: 'stop-trial', trial: 7, reason: '<b>' }).join('')).toBe(
      'Trial 7 was stopped: <b>',
    );
  });
});
