import { describe, expect, test } from 'vitest';
import { normals, type Random, random, threefry, uniforms } from '../src/random.js';

describe('threefry', () => {
  // Known answers of Random123 1.14, tests/kat_vectors: threefry2x32, 20 rounds.
  test.each([
    [
      [0, 0],
      [0, 0],
      [0x6b200159, 0x99ba4efe],
    ],
    [
      [0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x1cb996fc, 0xbb002be7],
    ],
    [
      [0x13198a2e, 0x03707344],
      [0x243f6a88, 0x85a308d3],
      [0xc4923a9c, 0x483df7a0],
    ],
  ])('with key %j turns counter %j into the published %j', (key, counter, expected) => {
    const out = new Uint32Array(2);
    threefry(key as [number, number], counter[0]!, counter[1]!, out);
    expect([...out]).toEqual(expected);
  });
});

describe('random', () => {
  test('equal keys draw equal numbers, whatever other streams drew', () => {
    const a = random(1, 'shuffle', 3);
    const first = [a.uniform(), a.uniform()];
    random(1, 'shuffle', 2).uniform();
    const b = random(1, 'shuffle', 3);
    expect([b.uniform(), b.uniform()]).toEqual(first);
  });

  test('another seed, purpose or index draws other numbers', () => {
    const draws = [
      random(1, 'a', 1),
      random(2, 'a', 1),
      random(1, 'b', 1),
      random(1, 'a', 2),
      random(1, 'a'),
      random(-1, 'a', 1),
      random(0.5, 'a', 1),
    ];
    expect(new Set(draws.map(stream => stream.uniform())).size).toBe(draws.length);
  });

  test('split is independent of what the parent drew', () => {
    const parent = random(7);
    const before = parent.split('x').uniform();
    parent.uniform();
    expect(parent.split('x').uniform()).toBe(before);
    expect(random(7, 'x').uniform()).toBe(before);
  });

  test('uniform has the moments of the uniform distribution and stays in [0, 1)', () => {
    const stream = random(3);
    const n = 50_000;
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < n; i++) {
      const u = stream.uniform();
      expect(u >= 0 && u < 1).toBe(true);
      sum += u;
      squares += u * u;
    }
    expect(sum / n).toBeCloseTo(1 / 2, 2);
    expect(squares / n).toBeCloseTo(1 / 3, 2);
  });

  test('normal has mean 0, variance 1 and fourth moment 3', () => {
    const stream = random(4);
    const n = 100_000;
    const moments = [0, 0, 0];
    for (let i = 0; i < n; i++) {
      const z = stream.normal();
      moments[0]! += z / n;
      moments[1]! += (z * z) / n;
      moments[2]! += z ** 4 / n;
    }
    expect(moments[0]).toBeCloseTo(0, 1);
    expect(Math.abs(moments[1]! - 1)).toBeLessThan(0.02);
    expect(Math.abs(moments[2]! - 3)).toBeLessThan(0.1);
  });

  test('int reaches both ends and every value equally often', () => {
    const stream = random(5);
    const counts = new Map<number, number>();
    for (let i = 0; i < 30_000; i++) {
      const value = stream.int(-1, 1);
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    expect([...counts.keys()].sort((a, b) => a - b)).toEqual([-1, 0, 1]);
    for (const count of counts.values()) expect(Math.abs(count - 10_000)).toBeLessThan(400);
  });

  test('a shuffle is a permutation, and each item is equally likely in the first place', () => {
    const first = new Array<number>(5).fill(0);
    for (let seed = 0; seed < 5000; seed++) {
      const order = random(seed, 'shuffle').shuffle([0, 1, 2, 3, 4]);
      expect([...order].sort()).toEqual([0, 1, 2, 3, 4]);
      first[order[0]!]!++;
    }
    for (const count of first) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });

  test('fill draws floats in [0, 1) for odd lengths too', () => {
    const values = random(6).fill(new Float32Array(1001));
    expect(values.every(v => v >= 0 && v < 1)).toBe(true);
    expect(new Set(values).size).toBeGreaterThan(990);
  });
});

describe('many numbers at once', () => {
  const many = { uniform: uniforms, normal: normals };

  test.each(['uniform', 'normal'] as const)('are those that %s draws, however many were asked for before', of => {
    const oneByOne = random(5, 'many', of);
    const expected = Array.from({ length: 3000 }, () => oneByOne[of]());
    for (const n of [3, 300, 2, 700, 0, 401, 2999, 3000, 5, 256, 257]) {
      expect([...many[of](random(5, 'many', of), n)]).toEqual(expected.slice(0, n));
    }
  });

  test.each(['uniform', 'normal'] as const)('are followed by what comes after so many of %s', of => {
    for (const n of [0, 1, 2, 7, 256, 257, 1000, 999]) {
      const oneByOne = random(6, 'after', of);
      for (let i = 0; i < n; i++) oneByOne[of]();
      const stream = random(6, 'after', of);
      many[of](stream, n);
      for (const next of [stream[of](), ...many[of](stream, 400), stream[of]()]) expect(next).toBe(oneByOne[of]());
    }
  });

  test('are right when more streams were asked than are kept, and when there are more than are kept of one', () => {
    const sum = (numbers: Iterable<number>) => [...numbers].reduce((a, b) => a + b, 0);
    const streams = Array.from({ length: 12 }, (_, i) => i);
    const first = streams.map(i => sum(uniforms(random(i, 'kept'), 100_000)));
    expect(streams.map(i => sum(uniforms(random(i, 'kept'), 100_000)))).toEqual(first);
    const oneByOne = random(3, 'large');
    expect(normals(random(3, 'large'), 200_001).at(-1)).toBe(
      Array.from({ length: 200_001 }, () => oneByOne.normal()).at(-1),
    );
  });

  test('are drawn from a stream of somebody else, who has no more than its two methods', () => {
    const own = { uniform: () => 0.25, normal: () => -1 } as Partial<Random> as Random;
    expect([...uniforms(own, 3), ...normals(own, 2)]).toEqual([0.25, 0.25, 0.25, -1, -1]);
  });
});
