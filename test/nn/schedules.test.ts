import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/errors.js';
import { constant, cosine, exponential, oneCycle, step, toSchedule, warmup } from '../../src/nn/schedules.js';

const at = (schedule: (step: number) => number, steps: readonly number[]) => steps.map(schedule);

describe('schedules', () => {
  it('constant is the same at every step', () => {
    expect(at(constant({ rate: 0.3 }), [0, 1, 1e9])).toEqual([0.3, 0.3, 0.3]);
  });

  it('step multiplies by the factor once every so many steps', () => {
    const rates = at(step({ rate: 8, every: 10, factor: 0.5 }), [0, 9, 10, 19, 20, 35]);
    expect(rates).toEqual([8, 8, 4, 4, 2, 1]);
  });

  it('exponential falls by its factor in `every` steps, smoothly', () => {
    const rates = at(exponential({ rate: 1, factor: 0.25, every: 2 }), [0, 1, 2, 4]);
    expect(rates).toEqual([1, 0.5, 0.25, 0.0625]);
  });

  it('cosine is at its rate first, half way in the middle, and stays at its end', () => {
    const rates = at(cosine({ rate: 1, steps: 100, end: 0.2 }), [0, 50, 100, 101, 5000]);
    expect(rates[0]).toBe(1);
    expect(rates[1]).toBeCloseTo(0.6, 12);
    expect(rates.slice(2)).toEqual([0.2, 0.2, 0.2]);
  });

  it('warmup is a line to the first rate of what follows, which then counts from its own start', () => {
    const schedule = warmup({ steps: 4, from: 0, after: step({ rate: 1, every: 3, factor: 0.1 }) });
    expect(at(schedule, [0, 1, 2, 3, 4, 6, 7])).toEqual([0, 0.25, 0.5, 0.75, 1, 1, 0.1]);
  });

  it('oneCycle follows the closed form of PyTorch: 100 steps, peak 1, 30 % warm', () => {
    const schedule = oneCycle({ peak: 1, steps: 100 });
    const between = (a: number, b: number, share: number) => b + ((a - b) / 2) * (Math.cos(Math.PI * share) + 1);
    for (let t = 0; t < 100; t++) {
      const expected = t <= 29 ? between(0.04, 1, t / 29) : between(1, 4e-6, (t - 29) / 70);
      expect(schedule(t)).toBeCloseTo(expected, 14);
    }
    expect(schedule(29)).toBe(1);
    expect(schedule(99)).toBe(4e-6);
    expect(schedule(1000)).toBe(4e-6);
  });

  it('oneCycle of a single step, or without a warm share, is finite and starts at its peak or its end', () => {
    expect(at(oneCycle({ peak: 1, steps: 1 }), [0, 1])).toEqual([4e-6, 4e-6]);
    expect(oneCycle({ peak: 1, steps: 10, warm: 0 })(0)).toBe(1);
  });

  it('a learning rate is a number, a function of the step, or the form of a file', () => {
    expect(toSchedule(0.5)(7)).toBe(0.5);
    expect(toSchedule(t => t + 1)(7)).toBe(8);
    expect(toSchedule({ step: { rate: 1, every: 2 } })(2)).toBeCloseTo(0.1, 15);
    expect(toSchedule({ warmup: { steps: 2, after: { cosine: { rate: 1, steps: 2 } } } })(3)).toBeCloseTo(0.5, 15);
  });

  it.each([
    [() => toSchedule(-1), 'a learning rate must be a number above 0'],
    [() => toSchedule(Number.NaN), 'a learning rate must be'],
    [() => toSchedule({ cosin: { rate: 1 } }), 'no schedule "cosin" (did you mean "cosine"?)'],
    [() => toSchedule({ cosine: { rate: 1 } }), 'cosine needs steps: a whole number from 1 up, got {"rate":1}'],
    [() => toSchedule({ cosine: { rate: 1, steps: 5, ends: 2 } }), 'cosine has no option "ends" (did you mean "end"?)'],
    [() => toSchedule({ cosine: { rate: 1, steps: 0.5 } }), 'cosine: steps must be a whole number from 1 up, got 0.5'],
    [() => toSchedule({ __proto__x: {} }), 'no schedule "__proto__x"'],
  ])('refuses what is wrong in one sentence (%#)', (make, message) => {
    expect(make).toThrow(InputError);
    expect(make).toThrow(message);
  });
});
