import fc from 'fast-check';
import { firstValueFrom, lastValueFrom, map, take, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/errors.js';
import { batches } from '../../src/train/batches.js';
import { holdMap } from '../../src/train/hold-map.js';
import { counted, dataset } from './datasets.js';
import { turns } from './pacing.js';

const rowsOf = (options: Parameters<typeof batches>[1], n = 10) =>
  lastValueFrom(
    batches(counted(n), options).pipe(
      map(batch => [...batch.x]),
      toArray(),
    ),
  );

describe('batches', () => {
  it('gives every row once an epoch, the last batch being as short as what is left', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 3 }),
        async (n, size, epochs) => {
          const all = await lastValueFrom(batches(counted(n), { size, epochs, seed: 3 }).pipe(toArray()));
          const count = Math.ceil(n / size);
          expect(all).toHaveLength(count * epochs);
          all.forEach((batch, step) => {
            expect(batch.step).toBe(step);
            expect(batch.epoch).toBe(Math.floor(step / count) + 1);
            expect(batch.index).toBe(step % count);
            expect(batch.count).toBe(count);
            expect(batch.x).toHaveLength(batch.rows);
            expect([...batch.y]).toEqual([...batch.x].map(value => 2 * value));
          });
          for (let epoch = 1; epoch <= epochs; epoch++) {
            const seen = all.filter(batch => batch.epoch === epoch).flatMap(batch => [...batch.x]);
            expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('shuffles every epoch anew, equally for equal seeds and otherwise for others', async () => {
    const once = await rowsOf({ size: 5, epochs: 2, seed: 1 });
    expect(await rowsOf({ size: 5, epochs: 2, seed: 1 })).toEqual(once);
    expect(await rowsOf({ size: 5, epochs: 2, seed: 2 })).not.toEqual(once);
    expect(once.slice(0, 2)).not.toEqual(once.slice(2));
  });

  it('keeps the order of the rows when it is not to shuffle', async () => {
    expect(await rowsOf({ size: 4, shuffle: false })).toEqual([
      [0, 1, 2, 3],
      [4, 5, 6, 7],
      [8, 9],
    ]);
  });

  it('takes all rows at once for "full" and for a size above their number', async () => {
    expect(await rowsOf({ size: 'full', shuffle: false }, 3)).toEqual([[0, 1, 2]]);
    expect(await rowsOf({ size: 64, shuffle: false }, 3)).toEqual([[0, 1, 2]]);
  });

  it('carries the weights of its rows', async () => {
    const data = dataset([[0], [1], [2]], [0, 1, 2], { weights: Float32Array.of(10, 11, 12) });
    const batch = await firstValueFrom(batches(data, { size: 'full', seed: 4 }));
    expect([...batch.weights!]).toEqual([...batch.x].map(x => x + 10));
  });

  it('leaves every batch its own arrays, large ones and small, for who keeps them', async () => {
    for (const size of [16, 5000]) {
      const options = { size, epochs: 2, seed: 2 };
      const kept = await lastValueFrom(batches(counted(10_001), options).pipe(toArray()));
      expect(kept.map(batch => [...batch.x])).toEqual(await rowsOf(options, 10_001));
    }
  });

  it('with `reuse` gives the same rows from no more arrays than there are batches at a time, held or not', async () => {
    for (const prefetch of [0, 1, 3]) {
      const options = { size: 4, epochs: 3, seed: 2, prefetch };
      const memory = new Set<ArrayBufferLike>();
      const held = batches(counted(10), { ...options, reuse: true }).pipe(
        holdMap(async batch => {
          memory.add(batch.x.buffer);
          await turns(1);
          return [...batch.x, ...batch.y];
        }),
        toArray(),
      );
      const expected = batches(counted(10), options).pipe(
        map(batch => [...batch.x, ...batch.y]),
        toArray(),
      );
      expect(await lastValueFrom(held)).toEqual(await lastValueFrom(expected));
      expect(memory.size).toBeLessThanOrEqual(prefetch + 1);
    }
  });

  it('puts wide rows into the order of narrow ones', async () => {
    const wide = dataset(
      Array.from({ length: 7 }, (_, i) => Array.from({ length: 40 }, (_, c) => 100 * i + c)),
      [0, 1, 2, 3, 4, 5, 6],
    );
    const all = await lastValueFrom(batches(wide, { size: 3, seed: 1 }).pipe(toArray()));
    for (const { x, y } of all) {
      expect([...x]).toEqual([...y].flatMap(i => Array.from({ length: 40 }, (_, c) => 100 * i + c)));
    }
  });

  it('starts from the beginning for every subscription', async () => {
    const source = batches(counted(10), { size: 3, epochs: 2, seed: 1 }).pipe(map(batch => [...batch.x]));
    const partly = await lastValueFrom(source.pipe(take(2), toArray()));
    expect((await lastValueFrom(source.pipe(toArray()))).slice(0, 2)).toEqual(partly);
  });

  it.each([
    [{ size: 0 }, 'expected `batch size` to be a whole number from 1 up, got `0` (number)'],
    [{ size: 2.5 }, 'expected `batch size` to be a whole number from 1 up, got `2.5` (number)'],
    [{ size: 1, epochs: 0 }, 'expected `epochs` to be a whole number from 1 up, got `0` (number)'],
    [{ size: 1, prefetch: -1 }, 'expected `prefetch` to be a whole number from 0 up, got `-1` (number)'],
    [{ size: 1, sliceMs: Number.NaN }, 'expected `sliceMs` to be a number from 0 up, got `NaN` (number)'],
  ])('refuses %j', (options, message) => {
    expect(() => batches(counted(3), options)).toThrow(new InputError(message));
  });

  it('refuses an empty dataset', () => {
    expect(() => batches(counted(0), { size: 1 })).toThrow('got an empty dataset');
  });
});
