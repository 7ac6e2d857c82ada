import { describe, expect, it } from 'vitest';
import type { Shape } from '../../src/kernels/graph.js';
import {
  glorot,
  he,
  type Initializer,
  lecun,
  normal,
  toInitializer,
  uniform,
  zeros,
} from '../../src/nn/initializers.js';
import { random } from '../../src/random.js';

const SHAPE: Shape = [120, 80];

function moments(initializer: Initializer) {
  const values = initializer.fill(SHAPE, random(1, 'test'));
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length;
  return { mean, variance, largest: values.reduce((a, b) => Math.max(a, Math.abs(b)), 0) };
}

describe('initializers', () => {
  it('zeros are zeros', () => {
    expect(zeros().fill([2, 3], random(1))).toEqual(new Float32Array(6));
  });

  it.each([
    ['uniform', uniform({ low: -1, high: 3 }), 1, 16 / 12],
    ['normal', normal({ mean: -2, deviation: 0.5 }), -2, 0.25],
    ['glorot', glorot(), 0, 2 / 200],
    ['glorot normal', glorot({ distribution: 'normal' }), 0, 2 / 200],
    ['he', he(), 0, 2 / 120],
    ['he uniform', he({ distribution: 'uniform' }), 0, 2 / 120],
    ['lecun', lecun(), 0, 1 / 120],
    ['lecun uniform', lecun({ distribution: 'uniform' }), 0, 1 / 120],
  ])('%s has its mean and its variance', (_, initializer, mean, variance) => {
    const got = moments(initializer);
    const error = Math.sqrt(variance / 9600);
    expect(Math.abs(got.mean - mean)).toBeLessThan(4 * error);
    expect(Math.abs(got.variance / variance - 1)).toBeLessThan(0.06);
  });

  it('uniform ones stay within their limits, and fill them', () => {
    const limit = Math.sqrt(6 / 200);
    const { largest } = moments(glorot());
    expect(largest).toBeLessThanOrEqual(limit);
    expect(largest).toBeGreaterThan(0.99 * limit);
  });

  it('the same stream fills the same values', () => {
    expect(he().fill(SHAPE, random(7, 'init'))).toEqual(he().fill(SHAPE, random(7, 'init')));
    expect(he().fill(SHAPE, random(7, 'init'))).not.toEqual(he().fill(SHAPE, random(8, 'init')));
  });

  it('the form of a file makes the same initializer again', () => {
    for (const initializer of [
      zeros(),
      uniform({ low: 0 }),
      normal(),
      glorot({ distribution: 'normal' }),
      he(),
      lecun(),
    ]) {
      const again = toInitializer(JSON.parse(JSON.stringify(initializer.config)));
      expect(again.fill([5, 7], random(3))).toEqual(initializer.fill([5, 7], random(3)));
      expect(again.config).toEqual(initializer.config);
    }
  });

  it.each([
    [() => toInitializer('glorott'), 'no initializer "glorott" (did you mean "glorot"?)'],
    [() => toInitializer({ zeros: { low: 1 } }), 'zeros has no option "low"; it takes no options'],
    [() => toInitializer(3), 'an initializer must be one of zeros, uniform'],
    [() => uniform({ low: 1, high: 1 }), 'uniform: low must be below high, got 1 and 1'],
    [() => normal({ deviation: 0 }), 'normal: deviation must be a number above 0, got 0'],
    [() => he({ distribution: 'flat' as never }), 'he: distribution must be "uniform" or "normal", got "flat"'],
  ])('refuses what is wrong in one sentence (%#)', (make, message) => {
    expect(make).toThrow(message);
  });
});
