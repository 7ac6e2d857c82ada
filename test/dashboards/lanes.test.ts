import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  firstAfter,
  idleShare,
  type Lane,
  lanesOf,
  moved,
  timeLabel,
  timeTicks,
  zoomed,
} from '../../dashboards/src/chart/lanes.js';
import type { TrialRecord } from '../../src/tune/study-state.js';

const trial = (number: number, startedAt: number, finishedAt: number | undefined, more: Partial<TrialRecord> = {}) =>
  ({
    number,
    state: finishedAt === undefined ? 'running' : 'complete',
    hparams: {},
    reports: [],
    epochs: 1,
    samples: 1,
    startedAt,
    finishedAt,
    ...more,
  }) satisfies TrialRecord;
const of = (...trials: TrialRecord[]) => lanesOf({ trials: new Map(trials.map(each => [each.number, each])) });
const numbers = (lanes: readonly Lane[]) => lanes.map(({ bars }) => bars.map(bar => bar.trial));

describe('the lanes of a timeline', () => {
  test('a trial lies in the lane of its place, in the order of time', () => {
    const lanes = of(
      trial(0, 0, 10, { slot: 1 }),
      trial(1, 0, 5, { slot: 0 }),
      trial(2, 6, undefined, { slot: 0 }),
      trial(3, 11, 12, { slot: 1 }),
    );
    expect(numbers(lanes)).toEqual([
      [1, 2],
      [0, 3],
    ]);
    expect(lanes[0]?.bars[1]?.to).toBeUndefined();
  });

  test('a trial that was paused has a bar for each stretch, at the place it had then', () => {
    const stretches = [
      { from: 0, to: 4, slot: 0 },
      { from: 9, slot: 1 },
    ];
    const lanes = of(trial(0, 0, undefined, { slot: 1, stretches }), trial(1, 4, 8, { slot: 0 }));
    expect(lanes.map(({ bars }) => bars)).toEqual([
      [
        { trial: 0, from: 0, to: 4 },
        { trial: 1, from: 4, to: 8 },
      ],
      [{ trial: 0, from: 9, to: undefined }],
    ]);
  });

  test('what was only enqueued has no bar', () => {
    const waits = trial(1, 3, undefined, { state: 'waiting', epochs: 0 });
    const stopped = trial(2, 3, 4, { state: 'pruned', epochs: 0 });
    expect(numbers(of(trial(0, 0, 5, { slot: 0 }), waits, stopped))).toEqual([[0]]);
  });

  test('trials without a place take the first lane that is free: none overlap, and no lane more than run at a time', () => {
    const spans = fc.array(fc.tuple(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 1, max: 50 })), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(spans, list => {
        const sorted = [...list].sort((a, b) => a[0] - b[0]);
        const lanes = of(...sorted.map(([from, length], i) => trial(i, from, from + length)));
        for (const { bars } of lanes) {
          for (let i = 1; i < bars.length; i++) expect(bars[i]!.from).toBeGreaterThanOrEqual(bars[i - 1]!.to as number);
        }
        expect(lanes.flatMap(({ bars }) => bars)).toHaveLength(list.length);
        // The oracle: how many run at the moment at which most do.
        const most = Math.max(
          0,
          ...sorted.map(([at]) => sorted.filter(([from, n]) => from <= at && at < from + n).length),
        );
        expect(lanes).toHaveLength(most);
      }),
    );
  });

  test('the idle share is the time in no bar', () => {
    const [lane] = of(trial(0, 0, 25, { slot: 0 }), trial(1, 50, undefined, { slot: 0 }));
    expect(idleShare(lane as Lane, 0, 100)).toBeCloseTo(0.25, 12);
    expect(idleShare(lane as Lane, 0, 50)).toBeCloseTo(0.5, 12);
    expect(idleShare(lane as Lane, 5, 5)).toBeUndefined();
  });

  test('a place that came later is not idle before its first trial', () => {
    const [, late] = of(trial(0, 0, 100, { slot: 0 }), trial(1, 60, 90, { slot: 1 }));
    expect(idleShare(late as Lane, 0, 100)).toBeCloseTo(0.25, 12);
    expect(idleShare(late as Lane, 0, 50)).toBeUndefined();
  });

  test('the first bar after a time is found as by looking at all', () => {
    const [lane] = of(...[0, 10, 20, 30].map((from, i) => trial(i, from, from + 6, { slot: 0 })));
    for (let time = -1; time < 40; time++) {
      const slow = (lane as Lane).bars.findIndex(({ to }) => (to as number) > time);
      expect(firstAfter(lane as Lane, time)).toBe(slow < 0 ? 4 : slow);
    }
  });
});

describe('the window of a timeline', () => {
  const whole = { from: 0, to: 1000 };

  test('zooming keeps the time under the pointer where it is', () => {
    const window = zoomed({ from: 200, to: 600 }, 0.5, 0.25, whole);
    expect(window).toEqual({ from: 250, to: 450 });
    expect(window.from + 0.25 * (window.to - window.from)).toBe(300);
  });

  test('never leaves the whole', () => {
    expect(zoomed(whole, 2, 0.5, whole)).toEqual(whole);
    expect(moved({ from: 800, to: 1000 }, 1, whole)).toEqual({ from: 800, to: 1000 });
    expect(moved({ from: 100, to: 300 }, -1, whole)).toEqual({ from: 0, to: 200 });
  });

  test('has round times, as many as there is room for', () => {
    expect(timeTicks(0, 60, 6)).toEqual([0, 10, 20, 30, 40, 50, 60]);
    expect(timeTicks(0.05, 0.4, 4)).toEqual([0.1, 0.2, 0.3, 0.4]);
    expect(timeTicks(0, 90_000, 8)).toEqual([0, 14_400, 28_800, 43_200, 57_600, 72_000, 86_400]);
    expect([0.2, 12, 65, 7205].map(timeLabel)).toEqual(['0.2 s', '12 s', '1:05', '2:00:05']);
  });
});
