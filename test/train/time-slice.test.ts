import { describe, expect, it } from 'vitest';
import { timeSlice } from '../../src/train/time-slice.js';

/** Batches until the slice is over, each `ms(index)` long, and how often the clock was looked at for them. */
function run(ms: (index: number) => number, sliceMs: number) {
  let now = 100;
  let looks = 0;
  const clock = () => {
    looks++;
    return now;
  };
  const slice = timeSlice(clock, sliceMs);
  slice.begin();
  let batches = 0;
  do {
    now += ms(batches++);
  } while (!slice.over());
  return { batches, ms: now - 100, looks };
}

describe('a slice of time', () => {
  it('ends with the batch that fills it', () => {
    expect(run(() => 1, 3).batches).toBe(3);
    expect(run(() => 5, 3).batches).toBe(1);
    expect(run(() => 0.01, 8).batches).toBeCloseTo(800, -1);
    expect(run(() => 0.3, 8).batches).toBe(27);
  });

  it('is over at once when it has no length', () => {
    expect(run(() => 0, 0).batches).toBe(1);
  });

  it('looks at the clock for one batch in eight at most while batches are short, and for every long one', () => {
    const short = run(() => 0.01, 8);
    expect(short.looks).toBeLessThan(short.batches / 6);
    expect(run(() => 1, 4).looks).toBe(1 + 4);
  });

  it('lets no more than eight batches go by when they become long of a sudden', () => {
    expect(run(index => (index < 100 ? 0.001 : 5), 8).batches).toBeLessThanOrEqual(100 + 9);
  });

  it('looks when it is told to', () => {
    let now = 0;
    const slice = timeSlice(() => now, 8);
    slice.begin();
    now += 0.001;
    expect(slice.over()).toBe(false);
    now += 100;
    expect(slice.over()).toBe(false);
    expect(slice.overNow()).toBe(true);
  });
});
