import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { machineLoad } from '../../src/live/machine-load.js';
import { recent } from '../../src/live/recent.js';
import { summaryOf } from '../../src/live/summary.js';
import { turns } from '../../src/live/turns.js';
import { foldEvent } from '../../src/tune/fold-event.js';
import { emptyStudy } from '../../src/tune/study-state.js';
import { madeUpStudy } from './made-up-study.js';

describe('work in turns', () => {
  let now = 0;
  beforeEach(() => {
    vi.useFakeTimers();
    vi.spyOn(performance, 'now').mockImplementation(() => now);
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.useRealTimers();
  });
  /** Work of so many pieces, each of which takes so many milliseconds. */
  const work = (name: string, pieces: number, milliseconds: number, done: string[]) => {
    let left = pieces;
    return () => {
      now += milliseconds;
      done.push(name);
      return --left > 0;
    };
  };

  test('goes round, and lets others have the thread after a few milliseconds', async () => {
    const done: string[] = [];
    const all = turns();
    for (const name of ['a', 'b']) all.wake(work(name, 3, 2, done));
    expect(done).toEqual([]);
    setImmediate(() => done.push('-'));
    await vi.runAllTimersAsync();
    expect(done.filter(name => name !== '-')).toEqual(['a', 'b', 'a', 'b', 'a', 'b']);
    expect(done.indexOf('-')).toBe(2);
  });

  test('is called once however often it is woken, and no more once stopped', async () => {
    const done: string[] = [];
    const all = turns();
    const once = work('a', 1, 0, done);
    for (let i = 0; i < 5; i++) all.wake(once);
    await vi.runAllTimersAsync();
    expect(done).toEqual(['a']);
    all.wake(once);
    all.stop();
    await vi.runAllTimersAsync();
    expect(done).toEqual(['a']);
    expect(vi.getTimerCount()).toBe(0);
  });
});

test('what was asked for lately is made once, and what was not is forgotten', () => {
  const made: string[] = [];
  const kept = recent<string>(2);
  const make = (key: string) => () => {
    made.push(key);
    return key;
  };
  for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) kept(key, make(key));
  expect(made).toEqual(['a', 'b', 'c', 'b']);
});

test('the load counts the processor time since the last look', () => {
  const load = machineLoad(() => 17);
  load();
  const start = performance.now();
  while (performance.now() - start < 30) Math.sqrt(start);
  const busy = load();
  expect(busy).toMatchObject({ type: 'load', time: 17 });
  expect(busy.cpu).toBeGreaterThan(0);
  expect(busy).not.toHaveProperty('workers');
});

describe('how a study stands, in a list', () => {
  const study = [...madeUpStudy({ trials: 6, epochs: 5 })];
  const at = (count: number) => study.slice(0, count).reduce(foldEvent, emptyStudy);

  test.each([
    ['before its first event', summaryOf(at(0), undefined), { state: 'waiting' }],
    ['while it runs', summaryOf(at(20), 5), { state: 'running', trials: 6, changedAt: 5, startedAt: 1.76e12 }],
    ['while it is paused', summaryOf({ ...at(20), paused: true }, 5), { state: 'paused' }],
    ['when it has ended', summaryOf(at(study.length), 5, { type: 'ended' }), { state: 'finished' }],
    ['when its stream is over before its end', summaryOf(at(20), 5, { type: 'ended' }), { state: 'interrupted' }],
    [
      'when its stream failed',
      summaryOf(at(20), 5, { type: 'ended', error: 'the disk is full' }),
      { state: 'interrupted', problem: 'the disk is full' },
    ],
    [
      'when somebody stopped it',
      summaryOf({ ...at(study.length), finishReason: 'interrupted' }, 5),
      { state: 'interrupted' },
    ],
  ])('%s', (_, summary, expected) => {
    expect(summary).toMatchObject(expected);
  });
});
