import { lastValueFrom, toArray } from 'rxjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadSearchFile } from '../../src/config/search-file.js';
import { loadTrainingFile } from '../../src/config/training-file.js';
import type { StudyEvent } from '../../src/tune/events.js';
import { tune } from '../../src/tune/tune.js';
import { openFolder, search, sentence } from './folder.js';

const folder = openFolder();
beforeAll(() => {
  const rows = Array.from({ length: 30 }, (_, i) => {
    const date = new Date(Date.UTC(2024, 0, 1 + i)).toISOString().slice(0, 10);
    return `${i % 10},${date},${(i * 7) % 11},${(i * 5) % 13},${['red', 'green', 'blue'][i % 3]}`;
  });
  folder.write('visits.csv', ['patient,date,a,b,class', ...rows].join('\n'));
});
afterAll(() => folder.remove());

const json = (folds: unknown, changes = {}) => ({
  ...search,
  data: { source: 'visits.csv', target: 'class', folds },
  ...changes,
});
const problem = (folds: unknown) => sentence(loadSearchFile(folder.write('search.json', json(folds))), folder);

describe('folds of a search file', () => {
  test.each([
    [{ count: 3, repeats: 2 }, 'visits.csv: 30 rows, 4 columns, 3 classes; 2 × 3 folds', 6],
    [{ count: 3, groups: 'patient' }, 'visits.csv: 30 rows, 3 columns, 3 classes; 3 folds by patient', 3],
    [{ count: 4, order: 'date' }, 'visits.csv: 30 rows, 3 columns, 3 classes; 4 folds in the order of date', 4],
    [{ count: 4, order: true }, 'visits.csv: 30 rows, 4 columns, 3 classes; 4 folds in the order of the rows', 4],
  ])('%j are told, and each trial is their mean', async (folds, summary, count) => {
    const opened = await loadSearchFile(folder.write('search.json', json(folds, { trials: 1 })), { threads: false });
    expect(opened.study).toMatchObject({ data: summary, epochs: 2 });
    const events: StudyEvent[] = await lastValueFrom(tune(opened.options).pipe(toArray()));
    await opened.close();
    const reports = events.flatMap(event => (event.type === 'trial-reported' ? [event.report] : []));
    expect(reports.map(({ epoch, folds }) => [epoch, folds?.length])).toEqual([
      [1, count],
      [2, count],
    ]);
  });

  test('as steps of a trial: a report a fold, a value that is the mean over all, and the same from its training file', async () => {
    const folds = { count: 3, repeats: 2, steps: 'folds' };
    const opened = await loadSearchFile(folder.write('search.json', json(folds, { trials: 2, epochs: 3 })), {
      threads: false,
    });
    expect(opened.study.epochs).toBe(6);
    const events: StudyEvent[] = await lastValueFrom(tune(opened.options).pipe(toArray()));
    const reports = events.flatMap(event =>
      event.type === 'trial-reported' && event.trial === 0 ? [event.report] : [],
    );
    expect(reports.map(({ epoch, fold, folds }) => [epoch, fold, folds?.length])).toEqual(
      [1, 2, 3, 4, 5, 6].map(epoch => [epoch, epoch - 1, epoch]),
    );
    const finished = events.find(event => event.type === 'trial-finished' && event.trial === 0);
    expect(finished).toMatchObject({ state: 'complete', value: reports.at(-1)?.metrics.valLoss, epochs: 6 });
    const [hparams] = events.flatMap(event =>
      event.type === 'trial-started' && event.trial === 0 ? [event.hparams] : [],
    );
    const file = folder.write('best.json', opened.trainingFile(hparams!));
    await opened.close();
    const training = await loadTrainingFile(file);
    expect(training.epochs).toBe(6);
    const again = await lastValueFrom(training.reports$.pipe(toArray()));
    expect(again.map(({ metrics }) => metrics)).toEqual(reports.map(({ metrics }) => metrics));
    // Trained on all rows by now.
    await training.save(`${folder.path}/model.rxnn`);
    training.close();
  });

  test('may be chosen by the search, as may their steps', async () => {
    const folds = { choice: [3, { count: 3, groups: 'patient', steps: { choice: ['epochs', 'folds'] } }] };
    const opened = await loadSearchFile(folder.write('search.json', json(folds)), { threads: false });
    expect(opened.study.space.map(({ name }) => name)).toContain('steps');
    await opened.close();
  });

  test.each([
    [
      { count: 3, group: 'patient' },
      'data.folds.group: unknown key (did you mean "groups"?; accepted: count, stratify, seed, repeats, groups, order, steps)',
    ],
    [
      { count: 3, groups: 'patients' },
      'data.folds.groups: no column "patients" (did you mean "patient"?); there are "patient", "date", "a", "b", "class"',
    ],
    [{ count: 3, groups: 'class' }, 'data.folds.groups: "class" is the target column'],
    [{ count: 11, groups: 'patient' }, 'data.folds.groups: 11 folds are more than the 10 groups'],
    [
      { count: 3, order: false },
      `data.folds.order: expected the name of the column with each row's time, or true for rows that are in order, got false`,
    ],
    [
      { count: 3, order: 'date', repeats: 2 },
      'data.folds.repeats: folds in the order of time leave nothing to chance, and are the same every time',
    ],
    [
      { count: 3, steps: 'fold' },
      'data.folds.steps: no kind of steps "fold" (did you mean "folds"?); there are epochs, folds',
    ],
    [{ count: 3, repeats: 0 }, 'data.folds.repeats: expected a whole number from 1 up, got 0'],
  ])('%j are refused', async (folds, expected) => {
    expect(await problem(folds)).toBe(`search.json: ${expected}`);
  });
});
