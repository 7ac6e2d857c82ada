import { lastValueFrom, toArray } from 'rxjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadSearchFile, type SearchOverrides } from '../../src/config/search-file.js';
import type { StudyEvent } from '../../src/tune/events.js';
import { studyControl } from '../../src/tune/study-control.js';
import { tune } from '../../src/tune/tune.js';
import { only } from '../tune/trainings.js';
import { edited, openFolder, search, table } from './folder.js';

// Real threads, which run dist/: `npm run build` first.
const folder = openFolder();
const activation = (body: string) =>
  `import { isMainThread } from 'node:worker_threads';\nexport default () => x => { ${body} };\n`;
beforeAll(() => {
  folder.write('table.csv', table);
  folder.write('fine.mjs', 'export default (_, { ops }) => x => ops.tanh(x);');
  folder.write(
    'import.mjs',
    'import { isMainThread } from "node:worker_threads"; if (!isMainThread) throw new TypeError("not here"); export default () => x => x;',
  );
  folder.write(
    'import-exits.mjs',
    'import { isMainThread } from "node:worker_threads"; if (!isMainThread) process.exit(3); export default () => x => x;',
  );
  folder.write('loops.mjs', activation('for (;;);'));
  folder.write('exits.mjs', activation('process.exit(5);'));
  folder.write(
    'stop-at.mjs',
    `import { isMainThread } from 'node:worker_threads';
     import { take } from 'rxjs';
     export default ({ epoch }) => { if (!isMainThread) throw new Error('a rule in a worker'); return take(epoch); };`,
  );
});
afterAll(() => folder.remove());

const run = async (json: object, overrides: SearchOverrides = {}) => {
  const opened = await loadSearchFile(folder.write('search.json', json), overrides);
  try {
    return await lastValueFrom(tune(opened.options).pipe(toArray()));
  } finally {
    await opened.close();
  }
};
const untimed = (events: readonly StudyEvent[]) =>
  JSON.parse(
    JSON.stringify(events, (key, value) => (key === 'seconds' || key === 'time' ? undefined : value)),
  ) as unknown;
const reportsByTrial = (events: readonly StudyEvent[]) => {
  const trials: unknown[][] = [];
  for (const { trial, report } of only(events, 'trial-reported')) {
    trials[trial] ??= [];
    trials[trial].push([report.epoch, report.metrics]);
  }
  return trials;
};

const rich = {
  ...search,
  ...edited(search, 'model.layers', [
    { dense: { units: { int: [2, 9] }, activation: { choice: ['relu', { use: './fine.mjs' }] } } },
    { dropout: { rate: { float: [0, 0.4] } } },
  ]),
  metrics: ['accuracy'],
  epochs: 12,
  trials: 8,
};

describe('the number of trials at a time', () => {
  test('can be raised while they run: each has a thread of its own', async () => {
    const endless = folder.write('search.json', { ...rich, epochs: 1_000_000 });
    const opened = await loadSearchFile(endless, { parallel: 1, trials: 1 });
    const control = studyControl();
    const reported = new Set<number>();
    const events: StudyEvent[] = [];
    try {
      await new Promise<void>((resolve, reject) => {
        tune({ ...opened.options, control }).subscribe({
          next: event => {
            events.push(event);
            if (event.type !== 'trial-reported') return;
            if (events.filter(({ type }) => type === 'trial-reported').length === 1)
              control.send({ type: 'set', parallel: 3, trials: 3 });
            reported.add(event.trial);
            // None of them ends before, so in one thread the others would never report.
            if (reported.size === 3) control.send({ type: 'stop' });
          },
          error: reject,
          complete: resolve,
        });
      });
    } finally {
      await opened.close();
    }
    expect(only(events, 'trial-finished').map(({ stop }) => stop.by)).toEqual(Array(3).fill('interrupted'));
  });

  test.each([true, false])(
    'do not matter where trials are heard in turns, with rules that restore weights too (threads: %s)',
    async threads => {
      const inTurns = {
        ...rich,
        deterministic: { lanes: 3 },
        trials: 6,
        epochs: 12,
        earlyStopping: [{ patience: { metric: 'valLoss', epochs: 50 } }, { median: { startupTrials: 2, warmup: 4 } }],
      };
      const studies = [];
      for (const parallel of [1, 3]) {
        const opened = await loadSearchFile(folder.write('search.json', inTurns), { parallel, threads });
        try {
          studies.push(await lastValueFrom(tune(opened.options).pipe(toArray())));
        } finally {
          await opened.close();
        }
      }
      const [one, three] = studies as [StudyEvent[], StudyEvent[]];
      expect(reportsByTrial(three)).toEqual(reportsByTrial(one));
      const ends = (events: readonly StudyEvent[]) =>
        events.flatMap(event => (event.type === 'trial-finished' ? [[event.trial, event.state, event.stop]] : []));
      expect(ends(three)).toEqual(ends(one));
      expect(ends(one).map(([, state]) => state)).not.toContain('failed');
    },
  );

  test('can be lowered where trials are heard in turns, which keep their threads, and the study stays the same', async () => {
    folder.write(
      'falls.mjs',
      `export default async function* ({ x }) {
         for (let epoch = 1; epoch <= 20; epoch++) {
           await new Promise(wake => setTimeout(wake, 2));
           yield { epoch, step: epoch, samples: epoch, seconds: 0, metrics: { loss: x + 1 / epoch } };
         }
       }`,
    );
    const inTurns = {
      space: { x: { float: [0, 1] } },
      objective: { module: './falls.mjs', minimize: 'loss' },
      deterministic: { lanes: 3 },
      trials: 5,
    };
    const undisturbed = await run(inTurns, { parallel: 3 });
    const opened = await loadSearchFile(folder.write('search.json', inTurns), { parallel: 3 });
    const control = studyControl();
    const events: StudyEvent[] = [];
    try {
      await new Promise<void>((resolve, reject) => {
        tune({ ...opened.options, control }).subscribe({
          next: event => {
            events.push(event);
            if (event.type === 'trial-reported' && event.trial === 0 && event.report.epoch === 3)
              control.send({ type: 'set', parallel: 1 });
          },
          error: reject,
          complete: resolve,
        });
      });
    } finally {
      await opened.close();
    }
    const order = (all: readonly StudyEvent[]) =>
      all
        .filter(({ type }) => type.startsWith('trial-'))
        .map(event => ('trial' in event ? [event.type, event.trial] : []));
    expect(order(events)).toEqual(order(undisturbed));
    expect(reportsByTrial(events)).toEqual(reportsByTrial(undisturbed));
  });
});

describe('trials in worker threads', () => {
  test.each([
    [
      'a split and scaling that is searched too',
      { ...rich, ...edited(rich, 'data.scale', { choice: ['standard', 'minmax'] }) },
    ],
    ['folds', { ...rich, ...edited(rich, 'data.folds', 3), epochs: 4, trials: 3 }],
    ['a rule that restores weights', { ...rich, earlyStopping: ['diverged', { patience: { epochs: 2 } }] }],
    [
      'a rule that compares trials',
      { ...rich, earlyStopping: [{ successiveHalving: { minResource: 2, reductionFactor: 2 } }] },
    ],
    [
      'a rule of a module, which runs beside the tuner',
      { ...rich, earlyStopping: [{ use: './stop-at.mjs', with: { epoch: 3 } }] },
    ],
    [
      'rows with weights, numbers to predict',
      {
        ...rich,
        data: { source: 'table.csv', target: 'value', weights: 'a', ignore: ['class', 'flag'] },
        loss: 'huber',
        metrics: [],
      },
    ],
  ])('one at a time give the events of this thread, times aside: %s', async (_, json) => {
    const here = await run(json, { threads: false, parallel: 1 });
    const there = await run(json, { parallel: 1 });
    expect(here.length).toBeGreaterThan(10);
    expect(untimed(there)).toEqual(untimed(here));
  });

  test('give the same reports for each trial, however many there are', async () => {
    const one = reportsByTrial(await run(rich, { parallel: 1 }));
    expect(one.map(reports => reports.length)).toEqual(Array(8).fill(12));
    expect(reportsByTrial(await run(rich, { parallel: 3 }))).toEqual(one);
  });

  test.each([
    ['import.mjs', /cannot be imported: TypeError: not here/],
    ['import-exits.mjs', /ended by its own code: process\.exit\(3\)/],
    ['exits.mjs', /ended by its own code: process\.exit\(5\)/],
    ['loops.mjs', /gave no sign of life for 1 s/],
  ])("lose only those that a user's %s takes with it", async (use, reason) => {
    const json = {
      ...edited(search, 'model.layers', [
        { dense: { units: 3, activation: { choice: ['tanh', { use: `./${use}` }, 'relu'] } } },
      ]),
      optimizer: 'adam',
      sampler: 'grid',
      trials: undefined,
      workerTimeout: 1,
    };
    const ends = only(await run(json, { parallel: 1 }), 'trial-finished').map(({ state, stop }) => [
      state,
      stop.reason,
    ]);
    expect(ends.map(([state]) => state)).toEqual(['complete', 'failed', 'complete']);
    expect(ends[1]![1]).toMatch(reason);
  });

  test('of a file that does not fit its data are not left behind', async () => {
    const json = edited(search, 'data.target', 'digt');
    await expect(run(json)).rejects.toThrow('no column "digt"');
  });
});
