import type { Subscription } from 'rxjs';
import { afterEach, describe, expect, test } from 'vitest';
import { batches } from '../../src/train/batches.js';
import { atCheckpoints } from '../../src/train/checkpoint.js';

const rows = { rows: 6, features: 1, x: new Float32Array(6), targets: 1, y: new Float32Array(6) };
afterEach(() => atCheckpoints(() => {}));

/** Emits at once, but for the first yield; `seen` batches and checkpoints in order. */
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
  atCheckpoints(() => {
    seen.push('checkpoint');
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
  test('passes a checkpoint before each batch, and before its end', () => {
    expect(run(() => {}).seen).toEqual([
      ...['checkpoint', 'batch 0', 'checkpoint', 'batch 1', 'checkpoint', 'batch 2', 'checkpoint', 'end'],
    ]);
  });

  test('that is unsubscribed from at a checkpoint makes no further batch, and leaves nothing waiting', () => {
    const { seen, yields, left } = run((seen, stop) => {
      if (seen.includes('batch 1')) stop();
    });
    expect(seen).toEqual(['checkpoint', 'batch 0', 'checkpoint', 'batch 1', 'checkpoint']);
    expect({ yields, left }).toEqual({ yields: 1, left: 0 });
  });
});
