import type { Subscription } from 'rxjs';
import { afterEach, describe, expect, test } from 'vitest';
import { batches } from '../../src/train/batches.js';
import { listenBetweenBatches } from '../../src/train/between-batches.js';

const rows = { rows: 6, features: 1, x: new Float32Array(6), targets: 1, y: new Float32Array(6) };
afterEach(() => listenBetweenBatches(() => {}));

/** Emits at once, but for the first yield; `seen` batches and what is between them, in order. */
function run(listen: (seen: readonly string[], stop: () => void) => void) {
  const seen: string[] = [];
  const pending: (() => void)[] = [];
  let yields = 0;
  const yieldTo = (resume: () => void) => {
    yields++;
    pending.push(resume);
    return () => pending.splice(pending.indexOf(resume), 1);
  };
  let subscription: Subscription | undefined;
  listenBetweenBatches(() => {
    seen.push('between');
    listen(seen, () => subscription?.unsubscribe());
  });
  const batches$ = batches(rows, { size: 2, shuffle: false, sliceMs: 1e9, yieldTo: yieldTo as never });
  subscription = batches$.subscribe({
    next: ({ index }) => seen.push(`batch ${index}`),
    complete: () => seen.push('end'),
  });
  while (pending.length > 0) pending.shift()?.();
  return { seen, yields, left: pending.length };
}

describe('a training', () => {
  test('lets be heard what another thread wants before each batch, and before its end', () => {
    expect(run(() => {}).seen).toEqual([
      ...['between', 'batch 0', 'between', 'batch 1', 'between', 'batch 2', 'between', 'end'],
    ]);
  });

  test('that is unsubscribed from between batches makes no further batch, and leaves nothing waiting', () => {
    const { seen, yields, left } = run((seen, stop) => {
      if (seen.includes('batch 1')) stop();
    });
    expect(seen).toEqual(['between', 'batch 0', 'between', 'batch 1', 'between']);
    expect({ yields, left }).toEqual({ yields: 1, left: 0 });
  });
});
