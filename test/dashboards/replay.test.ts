import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { history } from '../../dashboards/src/replay.js';
import { emptyFold, foldForPage, type StudyFold } from '../../dashboards/src/study-fold.js';
import { encodeChanges } from '../../src/live/frames.js';
import { lightEvent } from '../../src/live/light-event.js';
import type { StudyEvent } from '../../src/tune/events.js';
import { madeUpStudy } from '../live/made-up-study.js';

// More events than lie between two folds that are kept.
const events = [...madeUpStudy({ trials: 720, epochs: 45, details: false })];
const asJson = (of: unknown) => JSON.parse(JSON.stringify(of)) as StudyEvent;

function read(pieces: number): ReturnType<typeof history> {
  const past = history();
  for (let i = 0; i < events.length; i += pieces) past.add(encodeChanges('study', events.slice(i, i + pieces)));
  return past;
}

/** What a fold says, to be compared: a fold of all events up to one of them is the measure. */
const told = ({ study, findings, metrics }: StudyFold) => ({
  ...study,
  trials: [...study.trials],
  findings: [...findings].map(([key, { trials, trial, last }]) => [key, [...trials], trial, last]),
  metrics,
});
const upTo = (seq: number) =>
  told(
    events
      .slice(0, seq + 1)
      .map(event => asJson(lightEvent(event)))
      .reduce(foldForPage, emptyFold),
  );

describe('the history of a study', () => {
  test('has at every moment the fold of the events up to it, in whatever order moments are asked for', () => {
    const past = read(1000);
    expect(past.events()).toBe(events.length);
    expect(events.length).toBeGreaterThan(2 * 8192);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: events.length - 1 }), { minLength: 1, maxLength: 5 }), moments => {
        for (const seq of moments.slice(0, -1)) past.fold(seq);
        const seq = moments.at(-1) as number;
        expect(told(past.fold(seq).fold)).toEqual(upTo(seq));
      }),
      { numRuns: 12 },
    );
  });

  test('says which trials differ from the moment that was asked for before', () => {
    const past = read(500);
    past.fold(100);
    const { changed } = past.fold(140);
    const wanted = new Set(events.slice(101, 141).flatMap(event => ('trial' in event ? [event.trial] : [])));
    expect(changed).toEqual(wanted);
    expect(past.fold(20).changed).toBe('all');
  });

  test('finds the last event at or before a time', () => {
    const past = read(1000);
    for (const seq of [0, 1, 777, events.length - 1]) {
      const { time } = events[seq] as StudyEvent;
      const found = past.at(time);
      expect(events[found]?.time).toBe(time);
      expect(events[found + 1]?.time ?? Infinity).toBeGreaterThan(time);
    }
    expect(past.at(0)).toBe(0);
    expect(past.at(Infinity)).toBe(events.length - 1);
  });

  test('takes no piece twice, and none that does not follow', () => {
    const past = history();
    const frame = (from: number, to: number) => encodeChanges('study', events.slice(from, to));
    past.add(frame(0, 10));
    past.add(frame(0, 10));
    past.add(frame(20, 30));
    past.add(frame(10, 12));
    expect(past.events()).toBe(12);
  });
});
