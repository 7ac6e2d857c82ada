import { from, lastValueFrom, map, tap } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { any } from '../../src/early-stopping/any.js';
import { diverged } from '../../src/early-stopping/diverged.js';
import { patience } from '../../src/early-stopping/patience.js';
import { watchRestores } from '../../src/early-stopping/restores.js';
import type { Rule } from '../../src/early-stopping/study-view.js';
import { curve, fakeModel } from './fixtures.js';

async function restoredBy(rule: Rule, ...values: readonly number[]) {
  const { reports, log } = fakeModel();
  const restores = watchRestores();
  await lastValueFrom(from(reports(...values)).pipe(map(restores.watched), rule));
  return { epoch: restores.epoch(), log };
}

describe('watchRestores', () => {
  it('knows the epoch that a rule restored at the training’s own end, or at its decision', async () => {
    expect(await restoredBy(patience({ epochs: 5 }), 3, 1, 2)).toMatchObject({ epoch: 2, log: { restored: [2] } });
    expect(await restoredBy(patience({ epochs: 1 }), 1, 2, 3)).toMatchObject({ epoch: 1, log: { restored: [1] } });
    expect(await restoredBy(any(diverged(), patience({ epochs: 5 })), 3, 1, 2)).toMatchObject({ epoch: 2 });
  });

  it('knows of none when the last epoch’s weights stand', async () => {
    expect(await restoredBy(patience({ epochs: 5 }), 3, 2, 1)).toMatchObject({ epoch: undefined });
    expect(await restoredBy(patience({ epochs: 5, restoreBest: false }), 1, 2)).toMatchObject({ epoch: undefined });
  });

  it('forgets what was restored when the training goes on from there', async () => {
    const rollback: Rule = reports$ =>
      reports$.pipe(
        tap(({ epoch, model }) => {
          const snapshot = model!.snapshot();
          if (epoch === 1) model!.restore(snapshot);
          snapshot.dispose();
        }),
      );
    expect(await restoredBy(rollback, 1, 2)).toMatchObject({ epoch: undefined, log: { restored: [1], open: 0 } });
  });

  it('leaves reports without a model as they are', () => {
    const [report] = curve(1);
    expect(watchRestores().watched(report!)).toBe(report);
  });
});
