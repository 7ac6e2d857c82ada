import { delay, lastValueFrom, map, merge, type Observable, of, tap, timer, toArray } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import type { Batch } from '../../src/train/batch.js';
import { batches } from '../../src/train/batches.js';
import { holdMap } from '../../src/train/hold-map.js';
import type { Yield } from '../../src/train/macrotask.js';
import { type Pace, type Prepared, pull } from '../../src/train/pull.js';
import { counted } from './datasets.js';
import { countedYield, steppingClock, turns } from './pacing.js';

/** Marbles in which a yield takes one frame. */
function marbles(test: (tools: Parameters<Parameters<TestScheduler['run']>[0]>[0] & { pace: Pace }) => void): void {
  const scheduler = new TestScheduler((actual, expected) => expect(actual).toEqual(expected));
  const yieldTo: Yield = resume => {
    const waiting = timer(1).subscribe(resume);
    return () => waiting.unsubscribe();
  };
  scheduler.run(tools => test({ ...tools, pace: { yieldTo, clock: () => scheduler.now(), sliceMs: 8 } }));
}

const source = (pace: Pace, n = 4): Observable<Batch> => batches(counted(n), { size: 1, shuffle: false, ...pace });
const index = (batch: Batch) => String(batch.index);

describe('the source of batches', () => {
  it('begins after a yield and emits at once as long as nobody holds a batch', () => {
    marbles(({ expectObservable, pace }) => {
      expectObservable(source(pace).pipe(map(index))).toBe('-(0123|)');
    });
  });

  it('emits the next batch only when the one before is let go', () => {
    marbles(({ expectObservable, expectSubscriptions, cold, pace }) => {
      const work = cold('   ---(x|)');
      const slow = source({ ...pace, sliceMs: 100 }, 3).pipe(holdMap(batch => work.pipe(map(() => index(batch)))));
      expectObservable(slow).toBe('----0--1--(2|)');
      expectSubscriptions(work.subscriptions).toBe(['-^--!', '----^--!', '-------^--!']);
    });
  });

  it('yields after a slice of time, held or not', () => {
    marbles(({ expectObservable, pace }) => {
      const slow = source({ ...pace, sliceMs: 5 }).pipe(holdMap(batch => timer(3).pipe(map(() => index(batch)))));
      expectObservable(slow).toBe('----0--1---2--3|');
    });
    marbles(({ expectObservable, pace }) => {
      expectObservable(source({ ...pace, sliceMs: 0 }).pipe(map(index))).toBe('-0123|');
    });
  });

  it('stops at once when it is unsubscribed from, and lets go of the work on a held batch', () => {
    marbles(({ expectObservable, expectSubscriptions, cold, pace }) => {
      const work = cold('   ---(x|)');
      const slow = source({ ...pace, sliceMs: 100 }, 3).pipe(holdMap(batch => work.pipe(map(() => index(batch)))));
      expectObservable(slow, '^----!').toBe('----0');
      expectSubscriptions(work.subscriptions).toBe(['-^--!', '----^!']);
    });
  });

  it('never has more batches outstanding than the prefetch and the one that is held', async () => {
    for (const prefetch of [0, 1, 3]) {
      let prepared = 0;
      let finished = 0;
      let most = 0;
      const supply = () => (i: number) => {
        if (i >= 20) return undefined;
        prepared++;
        most = Math.max(most, prepared - finished);
        return { index: i } as Prepared;
      };
      const slow = pull(() => ({ prepare: supply() }), { prefetch }).pipe(
        tap(batch => batch.own({ dispose: () => finished++ })),
        holdMap(batch => of(batch.index).pipe(delay(0))),
        toArray(),
      );
      expect(await lastValueFrom(slow)).toEqual(Array.from({ length: 20 }, (_, i) => i));
      expect(most).toBe(prefetch + 1);
      expect(finished).toBe(20);
    }
  });

  it('is not run ahead of by a consumer that holds for microtasks only: other macrotasks get their turn', async () => {
    let others = 0;
    const done = lastValueFrom(
      batches(counted(50), { size: 1, clock: steppingClock(1), sliceMs: 5 }).pipe(
        holdMap(async batch => batch.index),
        toArray(),
      ),
    );
    const count = () => {
      others++;
      if (others < 5) setImmediate(count);
    };
    setImmediate(count);
    await done;
    expect(others).toBe(5);
  });

  it('gives trainings that share the thread a slice each in turn', async () => {
    const slices: string[] = [];
    const one = (name: string) =>
      batches(counted(12), { size: 1, clock: steppingClock(1), sliceMs: 3 }).pipe(tap(() => slices.push(name)));
    await lastValueFrom(merge(one('a'), one('b'), one('c')));
    expect(slices.join('')).toBe('aaabbbccc'.repeat(4));
  });

  it('reports an error of the preparation when the batch is due, and leaves nothing waiting', async () => {
    const failing = () => (i: number) => {
      if (i === 2) throw new Error('row 2 is gone');
      return { index: i } as Prepared;
    };
    for (const prefetch of [0, 1, 5]) {
      const { yieldTo, pending } = countedYield();
      const seen: (number | string)[] = [];
      await new Promise<void>(resolve =>
        pull(() => ({ prepare: failing() }), { prefetch, yieldTo })
          .pipe(holdMap(batch => of(batch.index).pipe(delay(0))))
          .subscribe({
            next: i => seen.push(i),
            error: error => {
              seen.push(error.message);
              resolve();
            },
          }),
      );
      expect(seen).toEqual([0, 1, 'row 2 is gone']);
      expect(pending()).toBe(0);
    }
  });

  it('frees what was handed to a batch when the batch is finished, the last first', async () => {
    const log: string[] = [];
    const own = (batch: Batch, name: string) => batch.own({ dispose: () => log.push(`${name}${batch.index}`) });
    await lastValueFrom(
      source({}, 2).pipe(
        tap(batch => log.push(`batch${batch.index}`)),
        tap(batch => own(batch, 'a')),
        tap(batch => own(batch, 'b')),
      ),
    );
    expect(log).toEqual(['batch0', 'b0', 'a0', 'batch1', 'b1', 'a1']);
  });

  it('says so when a batch is used after it is finished', async () => {
    const late = source({}, 2).pipe(
      delay(1),
      tap(batch => batch.hold()),
    );
    await expect(lastValueFrom(late)).rejects.toThrow('call hold() on it while it is emitted');
  });

  it('frees at once what is handed over after it was unsubscribed from', async () => {
    let freed = 0;
    const { yieldTo, pending } = countedYield();
    const subscription = source({ yieldTo }, 3).subscribe(batch => {
      subscription.unsubscribe();
      batch.own({ dispose: () => freed++ });
    });
    expect(pending()).toBe(1);
    await turns(3);
    expect(freed).toBe(1);
    expect(pending()).toBe(0);
  });
});
