import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { eventLog } from '../../src/live/event-log.js';
import { decodeChanges } from '../../src/live/frames.js';
import { lightEvent } from '../../src/live/light-event.js';
import { nodeLog } from '../../src/live/node-log.js';
import type { StudyEvent } from '../../src/tune/events.js';
import { madeUpStudy } from './made-up-study.js';

const json = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value));
const study = [...madeUpStudy({ trials: 150, epochs: 30 })];
const plain = json(study);
const light = plain.map(lightEvent);

function filled(events: readonly StudyEvent[] = study, options = nodeLog) {
  const log = eventLog(options);
  for (const event of events) log.append(event);
  return log;
}

describe('a log of events', () => {
  test('has a study of several blocks, which is what these tests are about', () => {
    expect(study.length).toBeGreaterThan(2500);
    expect(filled().bytes()).toBeGreaterThan(0);
  });

  test('gives back each event, complete, whether it came lately or long ago', () => {
    for (const options of [nodeLog, { identify: nodeLog.identify }]) {
      const log = filled(study, options);
      for (const seq of [0, 1, 2, 1023, 1024, 2000, study.length - 1]) expect(json(log.event(seq))).toEqual(plain[seq]);
    }
  });

  test('tells any stretch as JSON, piece by piece, without a gap', () => {
    const log = filled();
    fc.assert(
      fc.property(fc.nat(study.length - 1), fc.nat(1500), fc.integer({ min: 1, max: 100_000 }), (from, more, bytes) => {
        const to = Math.min(from + more, study.length - 1);
        const events: StudyEvent[] = [];
        for (let next = from; next <= to; ) {
          const { json: text, next: after } = log.json(next, to, bytes);
          const some = JSON.parse(text) as StudyEvent[];
          expect(some.length).toBe(after - next);
          expect(some.length === 1 || text.length <= bytes + some.length + 2).toBe(true);
          events.push(...some);
          next = after;
        }
        expect(events).toEqual(plain.slice(from, to + 1));
      }),
      { numRuns: 15 },
    );
  });

  test('tells the same stretch in pieces of another size when that is asked for', () => {
    const log = filled();
    expect(log.json(0, 100, 1_000_000).next).toBe(101);
    expect(log.json(0, 100, 1).next).toBe(1);
  });

  test('tells any stretch as changes, without what only details have', () => {
    const log = filled();
    fc.assert(
      fc.property(fc.nat(study.length - 1), fc.nat(3000), (from, more) => {
        const to = Math.min(from + more, study.length - 1);
        const events: StudyEvent[] = [];
        for (let next = from; next <= to; ) {
          const { frame, next: after } = log.changes(next, to);
          const changes = decodeChanges(frame);
          expect([changes.study, changes.from, changes.to]).toEqual([log.study, next, after - 1]);
          expect(frame.length).toBeLessThan(256 * 1024);
          events.push(...changes.events);
          next = after;
        }
        expect(events).toEqual(light.slice(from, to + 1));
      }),
      { numRuns: 25 },
    );
  });

  test('encodes for all who are at the same place once', () => {
    const log = filled();
    const last = study.length - 1;
    expect(log.changes(last - 9, last).frame).toBe(log.changes(last - 9, last).frame);
    expect(log.changes(0, last).frame).toBe(log.changes(0, last).frame);
  });

  test('ignores what it has, says what is missing, and begins anew with another study', () => {
    const log = filled(study.slice(0, 10));
    const identity = log.study;
    expect(log.append(study[4] as StudyEvent)).toBe(false);
    expect(log.append(study[0] as StudyEvent)).toBe(false);
    expect([log.study, log.lastSeq]).toEqual([identity, 9]);
    expect(() => log.append(study[11] as StudyEvent)).toThrow('number 11 came after 9');
    const other = [...madeUpStudy({ trials: 1, epochs: 2, name: 'iris' })];
    expect(other.map(event => log.append(event))).toEqual(other.map(() => true));
    expect(log.study).not.toBe(identity);
    expect(log.lastSeq).toBe(other.length - 1);
  });

  test('is another study after a restart, though it may begin in the same way', () => {
    const [log, twin] = [filled(study.slice(0, 10)), filled(study.slice(0, 10))];
    const identity = log.study;
    expect(twin.study).toBe(identity);
    log.restart();
    expect([log.study, log.lastSeq]).toEqual([null, -1]);
    for (const event of study.slice(0, 3)) log.append(event);
    expect(log.study).toMatch(/^[0-9a-f]{32}$/);
    expect(log.study).not.toBe(identity);
    expect(log.lastSeq).toBe(2);
  });
});
