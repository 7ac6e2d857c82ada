import { bufferCount, map, pipe, takeWhile } from 'rxjs';
import { after } from '../../src/early-stopping/after.js';
import { all } from '../../src/early-stopping/all.js';
import { any } from '../../src/early-stopping/any.js';
import { diverged } from '../../src/early-stopping/diverged.js';
import { every } from '../../src/early-stopping/every.js';
import { hyperband } from '../../src/early-stopping/hyperband.js';
import { median } from '../../src/early-stopping/median.js';
import { not } from '../../src/early-stopping/not.js';
import { patience } from '../../src/early-stopping/patience.js';
import { percentile } from '../../src/early-stopping/percentile.js';
import { plateau } from '../../src/early-stopping/plateau.js';
import { sampleBudget } from '../../src/early-stopping/sample-budget.js';
import type { Rule } from '../../src/early-stopping/study-view.js';
import { successiveHalving } from '../../src/early-stopping/successive-halving.js';
import { threshold } from '../../src/early-stopping/threshold.js';
import { timeBudget } from '../../src/early-stopping/time-budget.js';
import { named } from '../../src/early-stopping/user-rule.js';
import { wilcoxon } from '../../src/early-stopping/wilcoxon.js';
import { type Case, stopperContract } from './contract.js';
import { study } from './fixtures.js';

const flat =
  (slope: number): Rule =>
  reports$ =>
    reports$.pipe(
      bufferCount(3, 1),
      takeWhile(w => w[0]!.metrics.valLoss! - (w[2]?.metrics.valLoss ?? 0) > slope, true),
      map(w => w.at(-1)!),
    );

const five = () => study(Array.from({ length: 5 }, (_, i) => ({ values: [5, 4 + i, 3, 2] })));

const cases: readonly Case[] = [
  {
    name: 'patience',
    make: () => patience({ epochs: 2 }),
    values: [3, 2, 2.5, 2.1],
    harmless: [3, 2, 2.5, 1],
    outcome: 'complete',
    nan: 2,
  },
  {
    name: 'threshold',
    make: () => threshold({ metric: 'valLoss', below: 1 }),
    values: [3, 2, 0.5],
    harmless: [3, 2, 1],
    outcome: 'complete',
    nan: 1,
    within: () => threshold({ metric: 'loss', below: 1, within: 'epoch' }),
  },
  {
    name: 'plateau',
    make: () => plateau({ window: 3, slope: 0.1 }),
    values: [9, 5, 3, 2.95, 2.95],
    harmless: [9, 5, 3, 2, 1],
    outcome: 'complete',
    nan: 1,
  },
  {
    name: 'timeBudget',
    make: () => timeBudget({ seconds: 3 }),
    values: [3, 2, 1],
    harmless: [3, 2],
    outcome: 'complete',
    nan: 3,
    within: () => timeBudget({ seconds: 3, within: 'epoch' }),
  },
  {
    name: 'sampleBudget',
    make: () => sampleBudget({ samples: 250 }),
    values: [3, 2, 1],
    harmless: [3, 2],
    outcome: 'complete',
    nan: 3,
    within: () => sampleBudget({ samples: 250, within: 'epoch' }),
  },
  {
    name: 'diverged',
    within: () => diverged({ within: 'epoch' }),
    make: () => diverged(),
    values: [3, 2, Number.POSITIVE_INFINITY],
    harmless: [3, 299, 2],
    outcome: 'failed',
    nan: 1,
  },
  {
    name: 'median',
    make: () => median(five()),
    values: [5, 7, 3.5],
    harmless: [5, 6, 3, 2],
    outcome: 'pruned',
    nan: 1,
  },
  {
    name: 'percentile',
    make: () => percentile(five(), { percentile: 25 }),
    values: [5, 5, 4],
    harmless: [5, 5, 3, 2],
    outcome: 'pruned',
    nan: 1,
  },
  {
    name: 'successiveHalving',
    make: () => successiveHalving(five()),
    values: [4, 9, 9, 3],
    harmless: [4, 9, 9, 2],
    outcome: 'pruned',
    nan: 1,
  },
  {
    name: 'hyperband',
    make: () => hyperband(five(), { minResource: 2, maxResource: 7, reductionFactor: 4 }),
    values: [4, 9],
    harmless: [4, 3, 9, 9],
    outcome: 'pruned',
    nan: 2,
  },
  {
    name: 'wilcoxon',
    make: () => wilcoxon(five()),
    values: [6, 5, 4, 3],
    harmless: [5, 5, 3, 2],
    outcome: 'pruned',
    nan: 1,
  },
  {
    name: 'any(patience, diverged)',
    within: () => any(patience({ epochs: 2 }), diverged({ within: 'epoch' })),
    make: () => any(patience({ epochs: 2 }), diverged()),
    values: [3, 2, 2.5, 2.1],
    harmless: [3, 2, 2.5, 1],
    outcome: 'complete',
    nan: 1,
  },
  {
    name: 'all(patience, threshold)',
    within: () => all(diverged({ within: 'epoch' }), threshold({ metric: 'loss', above: 2, within: 'epoch' })),
    make: () => all(patience({ epochs: 1 }), threshold({ metric: 'loss', above: 2 })),
    values: [2, 2, 1, 3],
    harmless: [3, 2, 1, 0],
    outcome: 'pruned',
    nan: 1,
  },
  {
    name: 'not(threshold)',
    make: () => not(threshold({ metric: 'loss', above: 2 })),
    values: [4, 3, 2],
    harmless: [4, 3, 3],
    outcome: 'complete',
    nan: undefined,
  },
  {
    name: 'after(3, patience)',
    within: () => after(0, diverged({ within: 'epoch' })),
    make: () => after(3, patience({ epochs: 1 })),
    values: [1, 2, 3, 4],
    harmless: [1, 2, 3, 0],
    outcome: 'complete',
    nan: 4,
  },
  {
    name: 'every(2, patience)',
    within: () => every(1, diverged({ within: 'epoch' })),
    make: () => every(2, patience({ epochs: 1 })),
    values: [2, 1, 1, 1],
    harmless: [2, 1, 1, 0],
    outcome: 'complete',
    nan: 2,
  },
  {
    name: 'flat',
    make: () => named('flat', flat(0.1)),
    values: [9, 5, 3, 2.95, 2.95],
    harmless: [9, 5, 3, 2, 1],
    outcome: 'complete',
    nan: 3,
  },
  {
    name: 'any(operator)',
    make: () => any(flat(0.1)),
    values: [9, 5, 3, 2.95, 2.95],
    harmless: [9, 5, 3, 2, 1],
    outcome: 'complete',
    nan: 3,
  },
  {
    name: 'a pipe of rules',
    by: 'diverged',
    make: () => named('earlyStopping', pipe(patience({ epochs: 2 }), diverged(), flat(-9))),
    values: [3, Number.NaN],
    harmless: [3, 2, 2.5, 1],
    outcome: 'failed',
    nan: 1,
  },
];

for (const each of cases) stopperContract(each);
