import { join } from 'node:path';
import { lastValueFrom, of, toArray } from 'rxjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeRules } from '../../src/config/make-rules.js';
import { rungsOf } from '../../src/config/rungs.js';
import { loadSearchFile } from '../../src/config/search-file.js';
import { bracketOf } from '../../src/early-stopping/hyperband.js';
import type { StudyView } from '../../src/early-stopping/study-view.js';
import { openJournal } from '../../src/journal/open-journal.js';
import { readJournal } from '../../src/journal/read-journal.js';
import type { PredictionSummary, Report } from '../../src/train/report.js';
import type { Objective, StudyEvent } from '../../src/tune/events.js';
import { tune } from '../../src/tune/tune.js';
import { only, report } from '../tune/trainings.js';
import { edited, openFolder, search, table } from './folder.js';

const folder = openFolder();
beforeAll(() => folder.write('table.csv', table));
afterAll(() => folder.remove());

const open = (json: object) => loadSearchFile(folder.write('search.json', json), { threads: false });
const study = async (json: object) => {
  const opened = await open(json);
  await opened.close();
  return opened.study;
};
const run = async (json: object): Promise<StudyEvent[]> => {
  const opened = await open(json);
  try {
    return await lastValueFrom(tune(opened.options).pipe(toArray()));
  } finally {
    await opened.close();
  }
};

describe('what a study tells of its data', () => {
  test('are rows, inputs after encoding, classes, columns and the rows of its split', async () => {
    const told = (await study({ ...search, ...edited(search, 'data.scale', { choice: ['standard', 'minmax'] }) }))
      .dataset;
    expect(told).toMatchObject({
      source: 'table.csv',
      rows: 24,
      // Four columns of numbers, and one of two categories.
      features: 6,
      target: 'class',
      task: 'classification',
      classes: ['blue', 'green', 'red'].map(name => ({ name, rows: 8 })),
      allColumns: 6,
      splits: [
        { name: 'training', rows: 19 },
        { name: 'validation', rows: 5 },
      ],
    });
    expect(told!.columns.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      'a number',
      'b number',
      'kind category',
      'value number',
      'class category',
      'flag number',
    ]);
    expect(JSON.parse(JSON.stringify(told))).toEqual(told);
  });

  test('are the validation rows of each fold, and no classes in a regression', async () => {
    const data = { source: 'table.csv', target: 'value', folds: 5, ignore: ['kind'] };
    const told = (await study({ ...search, data, loss: 'huber' })).dataset;
    expect(told).toMatchObject({ features: 6, target: 'value', task: 'regression', allColumns: 6 });
    expect(told).not.toHaveProperty('classes');
    expect(told!.splits).toEqual([5, 5, 5, 5, 4].map((rows, fold) => ({ name: `fold ${fold}`, rows })));
  });

  test('stand in its first event, with the file and its path as it was named, and again when it goes on', async () => {
    const file = folder.write('search.json', search);
    const opened = await loadSearchFile(file, { threads: false, seed: 7 });
    const { dataset, search: told } = opened.study;
    const stored = join(folder.path, 'study');
    const init = { study: { name: 'study', identity: 'x' }, seeds: { study: 7 } };
    try {
      const journal = await openJournal(stored, init as never);
      await lastValueFrom(tune({ ...opened.options, trials: 1 }).pipe(journal.record));
      await journal.close();
      const again = await openJournal(stored, init as never);
      await lastValueFrom(tune({ ...opened.options, history: again.events, trials: 2 }).pipe(again.record));
      await again.close();
    } finally {
      await opened.close();
    }
    const { events, state } = await readJournal(stored);
    const told$ = [...only(events, 'study-started'), ...only(events, 'study-resumed')].map(({ study }) => study);
    expect(told$).toHaveLength(2);
    for (const each of told$)
      expect(each).toMatchObject({ dataset, search: { path: file, json: { ...search, seed: 7 } } });
    expect(state.study?.dataset).toEqual(dataset);
    expect(told?.path).toBe(file);
  });

  test('are nothing where the objective is one’s own: only the file is told', async () => {
    folder.write('own.mjs', 'export default async ({ x }) => ({ loss: x });');
    const json = { space: { x: { float: [0, 1] } }, objective: { module: './own.mjs', minimize: 'loss' }, trials: 1 };
    const [started] = only(await run(json), 'study-started');
    expect(started!.study).not.toHaveProperty('dataset');
    expect(started!.study.search).toEqual({ path: join(folder.path, 'search.json'), json });
  });
});

describe('rungs', () => {
  const objective: Objective = { metric: 'valLoss', direction: 'minimize' };
  const rungs = (forms: unknown[], steps?: number) => rungsOf(forms as never, { objective, seed: 3, steps });

  test('are told of rules that have them, within others by the name of the whole, of a searched length up to its longest', async () => {
    const earlyStopping = [
      'diverged',
      {
        any: [
          { patience: { epochs: 3 } },
          { after: { epochs: 2, rule: { successiveHalving: { reductionFactor: 2 } } } },
        ],
      },
      { hyperband: { maxResource: 9, metric: 'valAccuracy', seed: 5 } },
      { not: 'successiveHalving' },
    ];
    const told = (await study({ ...search, epochs: { int: [2, 8] }, earlyStopping })).rungs;
    expect(told).toEqual([
      {
        rule: 'any(patience, after(2, successiveHalving))',
        metric: 'valLoss',
        direction: 'minimize',
        reductionFactor: 2,
        brackets: [[1, 2, 4, 8]],
      },
      {
        rule: 'hyperband',
        metric: 'valAccuracy',
        direction: 'maximize',
        reductionFactor: 3,
        brackets: [[1, 3], [3], []],
        seed: 5,
      },
    ]);
    expect(await study(search)).not.toHaveProperty('rungs');
  });

  test('end where a trial does, or ten thousand epochs away', () => {
    expect(rungs(['successiveHalving'])[0]!.brackets).toEqual([[1, 4, 16, 64, 256, 1024, 4096]]);
    expect(rungs([{ successiveHalving: { maxResource: 16 } }], 64)[0]!.brackets).toEqual([[1, 4]]);
    expect(rungs([{ successiveHalving: { maxResource: 16, reductionFactor: 2.5 } }], 64)[0]!.brackets).toEqual([
      [1, 3, 7],
    ]);
  });

  test.each([
    [{ successiveHalving: { minResource: 2, reductionFactor: 3 } }],
    [{ successiveHalving: { minResource: 1, reductionFactor: 2.5, maxResource: 28 } }],
    [{ hyperband: { maxResource: 27 } }],
    [{ hyperband: { minResource: 2, maxResource: 20, reductionFactor: 2.5 } }],
  ])('of %j are where the rule first stops the worse ones, in the bracket of each trial', async form => {
    const [told] = rungs([form], 30);
    for (let trial = 0; trial < 9; trial++) {
      const bracket = bracketOf(told!, trial);
      const found: number[] = [];
      // All others, of every bracket, are better from a certain epoch on: the trial is stopped at the first rung after that.
      for (let from = 1; from <= 30; from++) {
        const others = Array.from({ length: 12 }, (_, i) => ({
          number: i < trial ? i : i + 1,
          state: 'complete' as const,
          reports: Array.from({ length: 30 }, (_, e) => report(e + 1, e + 1 < from ? 2 : 0)),
        }));
        const view: StudyView = {
          objective,
          trial,
          trials: [...others, { number: trial, state: 'running', reports: [] }],
          seed: 3,
        };
        const [rule] = makeRules([form] as never, view, {
          rule: () => {
            throw new Error('none');
          },
        });
        const reports = await lastValueFrom(
          of(...Array.from({ length: 30 }, (_, e) => report(e + 1, 1))).pipe(rule!, toArray()),
        );
        const { stop } = reports.at(-1)!;
        if (stop !== undefined) found.push(stop.epoch);
      }
      expect([...new Set(found)]).toEqual(told!.brackets[bracket]);
    }
  });
});

describe('a report that is better than all before', () => {
  const steep = {
    ...search,
    ...edited(search, 'optimizer', { sgd: { learningRate: { float: [0.5, 4] } } }),
    metrics: ['accuracy'],
  };
  const right = ({ counts }: Extract<PredictionSummary, { kind: 'confusion' }>) =>
    counts.reduce((sum, row, i) => sum + row[i]!, 0) / counts.flat().reduce((a, b) => a + b);
  /** The epochs whose reports should have predictions, and those that do. */
  const epochs = (reports: readonly Report[], { metric, direction }: Objective) => {
    const sign = direction === 'minimize' ? 1 : -1;
    const expected = reports.filter(({ metrics }, i) =>
      reports.slice(0, i).every(before => sign * before.metrics[metric]! > sign * metrics[metric]!),
    );
    const found = reports.filter(({ predictions }) => predictions !== undefined);
    return [expected, found].map(all => all.map(({ epoch }) => epoch));
  };

  test.each([
    ['a split', { ...steep, objective: { maximize: 'valAccuracy' } }],
    ['folds', { ...edited(steep, 'data.folds', 3), objective: { maximize: 'valAccuracy' } }],
  ])('has the confusion matrix that its accuracy is of: %s', async (kind, json) => {
    const events = await run({ ...json, epochs: 12, trials: 4 });
    const trials = [0, 1, 2, 3].map(n =>
      only(events, 'trial-reported')
        .filter(({ trial }) => trial === n)
        .map(each => each.report),
    );
    for (const reports of trials) {
      const [expected, found] = epochs(reports, { metric: 'valAccuracy', direction: 'maximize' });
      expect(found).toEqual(expected);
      for (const { predictions, metrics, norms } of reports) {
        if (norms !== undefined) expect(norms.layers).toEqual(['0 dense', '1 dense']);
        if (predictions?.kind !== 'confusion') continue;
        expect(predictions.classes).toEqual(['blue', 'green', 'red']);
        expect(right(predictions)).toBeCloseTo(metrics.valAccuracy!, 12);
        expect(predictions.counts.flat().reduce((a, b) => a + b)).toBe(kind === 'folds' ? 24 : 5);
      }
    }
    expect(trials.flat().filter(({ predictions }) => predictions === undefined)).not.toEqual([]);
    expect(trials.every(([first]) => first!.norms !== undefined)).toBe(true);
  });

  test('of folds one after another has the counts of all folds so far, each at its best epoch', async () => {
    const json = edited(steep, 'data.folds', { count: 3, steps: 'folds' });
    const reports = only(
      await run({ ...json, objective: { maximize: 'valAccuracy' }, trials: 1, epochs: 6 }),
      'trial-reported',
    );
    const sums = reports.map(({ report: { predictions, metrics } }) => {
      const found = predictions as Extract<PredictionSummary, { kind: 'confusion' }>;
      expect(right(found)).toBeCloseTo(metrics.valAccuracy!, 12);
      return found.counts.flat().reduce((a, b) => a + b);
    });
    expect(sums).toEqual([8, 16, 24]);
  });

  test('has truth and prediction of a regression, and nothing where health is not watched', async () => {
    const data = { source: 'table.csv', target: 'value', ignore: ['kind'] };
    const json = { ...search, data, loss: 'meanSquaredError', metrics: ['rmse'], health: false, trials: 1 };
    const [first] = only(await run(json), 'trial-reported').map(each => each.report);
    const { pairs, rows } = first!.predictions as Extract<PredictionSummary, { kind: 'residuals' }>;
    expect([rows, pairs.length]).toEqual([5, 5]);
    const rmse = Math.sqrt(pairs.reduce((sum, [truth, said]) => sum + (truth - said) ** 2, 0) / 5);
    expect(Math.abs(rmse / first!.metrics.valRmse! - 1)).toBeLessThan(0.01);
    expect(first).not.toHaveProperty('norms');
  });
});
