import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { answering, readFrame, wholeNumbers, writeFrame } from '../../src/live/binary-frame.js';
import { decodeChanges, decodeCurves, encodeChanges, encodeCurves, frameKind } from '../../src/live/frames.js';
import { isRow, lightEvent } from '../../src/live/light-event.js';
import type { StudyEvent } from '../../src/tune/events.js';
import { foldWithoutReports } from '../../src/tune/fold-event.js';
import { emptyStudy } from '../../src/tune/study-state.js';
import { madeUpStudy } from './made-up-study.js';

const json = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value));

const number = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(-0, Number.NaN, Number.POSITIVE_INFINITY, 1e-320));
const count = fc.oneof(fc.nat(300), fc.nat(), fc.constantFrom(2 ** 32 - 1, 2 ** 32, 2 ** 40, 0.5, -1));
const time = fc.oneof(
  fc.integer({ min: 0, max: 2e12 }),
  fc.double({ min: 0, max: 2e12, noNaN: true }),
  fc.constant(Number.NaN),
);
const metrics = fc.dictionary(
  fc.oneof(fc.constantFrom('loss', 'valLoss', 'constructor', '__proto__', '0', ''), fc.string({ unit: 'binary' })),
  fc.oneof(number, fc.constant(null), fc.constant(undefined)),
);
const report = fc.record(
  {
    epoch: count,
    step: count,
    samples: fc.oneof(count, number),
    seconds: number,
    metrics,
    fold: fc.nat(9),
    folds: fc.array(metrics, { maxLength: 2 }),
    health: fc.constant([{ kind: 'vanishing', of: 'gradient', layer: 1, layerName: '1 <img>', norm: 1e-9 }]),
    norms: fc.record({ layers: fc.array(fc.string()), gradients: fc.array(number) }),
    predictions: fc.constant({ kind: 'residuals', pairs: [[1, 2]], rows: 1 }),
    checkpoint: fc.string(),
    stop: fc.constant({ by: 'median', reason: 'worse' }),
    stranger: fc.anything({ withNullPrototype: false, maxDepth: 1 }).map(value => json({ value })),
  },
  { requiredKeys: ['epoch', 'step', 'samples', 'seconds', 'metrics'] },
);
const event = fc.oneof(
  { weight: 4, arbitrary: fc.record({ time, type: fc.constant('trial-reported'), trial: count, report }) },
  fc.record({
    time,
    type: fc.constant('trial-started'),
    trial: fc.nat(),
    hparams: fc.dictionary(fc.string({ unit: 'binary' }), fc.oneof(fc.double(), fc.string({ unit: 'binary' }))),
  }),
);
const events = fc
  .tuple(fc.nat(2 ** 31), fc.array(event, { minLength: 1, maxLength: 40 }))
  .map(([first, some]) => some.map((one, i) => ({ ...one, seq: first + i })) as unknown as StudyEvent[]);

describe('a frame of changes', () => {
  test('has every event as a client that reads JSON would, but for what only details have', () => {
    fc.assert(
      fc.property(events, some => {
        const { study, from, to, id, last, events: read } = decodeChanges(encodeChanges('ä', some));
        expect([study, from, to, id, last]).toEqual(['ä', some[0]?.seq, some.at(-1)?.seq, undefined, false]);
        expect(read).toStrictEqual(json(some.map(lightEvent)));
        // toStrictEqual takes −0 for 0 as JSON does, but a fold must not.
        expect(Object.is(read[0]?.seq, -0)).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  test('leads to the same study as the events themselves', () => {
    const study = [...madeUpStudy({ trials: 12, epochs: 10, objectives: true })];
    const frames = [study.slice(0, 50), study.slice(50, 51), study.slice(51)].map(some => encodeChanges('x', some));
    const folded = frames.flatMap(frame => decodeChanges(frame).events).reduce(foldWithoutReports, emptyStudy);
    expect(folded).toEqual(json(study).reduce(foldWithoutReports, emptyStudy));
  });

  test('takes less than 60 bytes for a report of three metrics', () => {
    const study = [...madeUpStudy({ trials: 40, epochs: 60, details: false })];
    const reports = study.filter(isRow);
    expect(reports.length).toBeGreaterThan(1000);
    const some = reports.slice(0, 1000).map((one, i) => ({ ...one, seq: i }));
    expect(encodeChanges('x'.repeat(32), some).length / some.length).toBeLessThan(60);
  });

  test('lies in any memory, aligned or not', () => {
    const some = [...madeUpStudy({ trials: 3, epochs: 4 })];
    const frame = encodeChanges('x', some);
    for (const offset of [0, 1, 4, 7, 8]) {
      const larger = new Uint8Array(frame.length + offset);
      larger.set(frame, offset);
      expect(decodeChanges(larger.subarray(offset))).toEqual(decodeChanges(frame));
    }
  });

  test('answers a request when that is written on it, and is otherwise the same', () => {
    const frame = encodeChanges('x', [...madeUpStudy({ trials: 2, epochs: 3 })]);
    const answer = answering(frame, 4_000_000_000, true);
    expect(decodeChanges(answer)).toEqual({ ...decodeChanges(frame), id: 4_000_000_000, last: true });
    expect(decodeChanges(answering(frame, 0, false))).toMatchObject({ id: 0, last: false });
    expect(decodeChanges(frame).id).toBeUndefined();
  });

  test('that is cut off, or of another kind, is an error and not a guess', () => {
    const frame = encodeChanges('x', [...madeUpStudy({ trials: 2, epochs: 3 })]);
    for (const length of [0, 1, 15, 40, frame.length - 1]) {
      expect(() => decodeChanges(frame.subarray(0, length))).toThrow();
    }
    const curves = encodeCurves({ study: 'x', metric: 'loss', by: 'epoch', seq: 1 }, []);
    expect(() => decodeChanges(curves)).toThrow('no changes');
    expect(() => decodeCurves(frame)).toThrow('no curves');
    expect([frameKind(frame), frameKind(curves), frameKind(Uint8Array.of(9))]).toEqual([
      'changes',
      'curves',
      undefined,
    ]);
  });
});

describe('a frame of curves', () => {
  const floats = fc.float32Array({ maxLength: 30 });
  const even = fc
    .tuple(fc.nat(100), fc.nat(2000), fc.nat(30))
    .map(([start, step, length]) => Float32Array.from({ length }, (_, k) => start + k * step));

  test('has every point to the bit, whether the xs are evenly spaced or not', () => {
    const curve = fc.tuple(fc.nat(2 ** 32 - 1), fc.oneof(floats, even), fc.infiniteStream(fc.float()));
    fc.assert(
      fc.property(fc.array(curve, { maxLength: 8 }), some => {
        const curves = some.map(([trial, xs, ys]) => ({
          trial,
          xs,
          ys: Float32Array.from(ys.take(xs.length)),
        }));
        const about = { study: 'x', metric: '__proto__', by: 'samples' as const, seq: 17 };
        expect(decodeCurves(answering(encodeCurves(about, curves), 3, true))).toEqual({
          ...about,
          id: 3,
          last: true,
          curves,
        });
      }),
    );
  });

  test.each([[[0, Number.POSITIVE_INFINITY]], [[-0]], [[-0, 1]], [[Number.NaN]], [[Number.POSITIVE_INFINITY]]])(
    'has the xs %j to the bit',
    some => {
      const curve = { trial: 0, xs: Float32Array.from(some), ys: new Float32Array(some.length) };
      const about = { study: 'x', metric: 'loss', by: 'samples' as const, seq: 0 };
      expect(decodeCurves(encodeCurves(about, [curve])).curves).toEqual([curve]);
    },
  );

  test('takes four bytes for a point whose x is the next epoch', () => {
    const curves = Array.from({ length: 100 }, (_, trial) => ({
      trial,
      xs: Float32Array.from({ length: 100 }, (_, i) => i + 1),
      ys: new Float32Array(100),
    }));
    const frame = encodeCurves({ study: 'x', metric: 'loss', by: 'epoch', seq: 0 }, curves);
    expect(frame.length).toBeLessThan(100 * (100 * 4 + 16) + 300);
  });
});

describe('a binary frame', () => {
  test('holds columns of every type', () => {
    const columns = [
      Uint8Array.of(1, 255),
      Uint16Array.of(65535),
      Uint32Array.of(2 ** 32 - 1, 0, 7),
      Float32Array.of(0.5),
      Float64Array.of(Math.PI),
      new Uint8Array(),
    ];
    expect(readFrame(writeFrame(1, '{"a":"ü"}', columns))).toMatchObject({ kind: 1, head: { a: 'ü' }, columns });
  });

  test('keeps whole numbers in the narrowest column that has room for their range', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.nat(), fc.integer(), fc.double({ noNaN: true }))), values => {
        const { base, column } = wholeNumbers(values);
        expect([...column].map(value => base + value)).toEqual(values.map(value => value + 0));
      }),
    );
    expect(wholeNumbers([1e12, 1e12 + 255]).column).toBeInstanceOf(Uint8Array);
    expect(wholeNumbers([0, 256]).column).toBeInstanceOf(Uint16Array);
    expect(wholeNumbers([0, 2 ** 32 - 1]).column).toBeInstanceOf(Uint32Array);
    expect(wholeNumbers([0, 2 ** 32]).column).toBeInstanceOf(Float64Array);
  });
});
