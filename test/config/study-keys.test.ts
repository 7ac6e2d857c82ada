import { join } from 'node:path';
import { firstValueFrom, lastValueFrom, toArray } from 'rxjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadSearchFile, type Search } from '../../src/config/search-file.js';
import type { ModuleFile } from '../../src/config/study-schema.js';
import { loadTrainingFile } from '../../src/config/training-file.js';
import type { HParams, StudyEvent } from '../../src/tune/events.js';
import { streamOf } from '../../src/tune/objective-result.js';
import { tune } from '../../src/tune/tune.js';
import { rxnn } from '../cli/rxnn.js';
import { edited, openFolder, search, sentence, table } from './folder.js';

const folder = openFolder();
const curve = '[3, 2, 1].map((loss, i) => ({ epoch: i + 1, metrics: { loss: loss * x + shared.offset } }))';
beforeAll(() => {
  folder.write('table.csv', table);
  folder.write('stream.mjs', `import { from } from 'rxjs';\nexport default ({ x }, { shared }) => from(${curve});`);
  folder.write(
    'promise.mjs',
    'export default async ({ x }, { shared, trial, seed, hparams }) => ({ loss: hparams.x + shared.offset });',
  );
  folder.write('plain.mjs', 'export default ({ x }) => ({ loss: x });');
  folder.write('iterable.mjs', `export default async function* ({ x }, { shared }) { yield* ${curve}; }`);
  folder.write('throws.mjs', 'export default () => { throw new Error("no such curve"); };');
  folder.write('nothing.mjs', 'export const objective = 1;');
});
afterAll(() => folder.remove());

const open = (json: object, overrides = {}) => loadSearchFile(folder.write('search.json', json), overrides);
const problem = (json: object) => sentence(open(json), folder);
const eventsOf = async (opened: Search): Promise<StudyEvent[]> => {
  const events = await lastValueFrom(tune(opened.options).pipe(toArray()));
  await opened.close();
  return events;
};
/** The first report of a trial at a point. */
async function firstReport({ options }: Search, hparams: HParams) {
  const context = { trial: 0, seed: 0, hparams, waitFor: () => {} };
  return firstValueFrom(streamOf(options.objective(options.space.substitute(hparams) as never, context)));
}

describe('constraints of a search file', () => {
  test('are those of its space, and told', async () => {
    const opened = await open({ ...search, constraints: ['units * learningRate <= 0.1'] }, { threads: false });
    expect(opened.options.space.allows({ units: 4, learningRate: 0.05 })).toBe(false);
    expect(opened.options.space.allows({ units: 4, learningRate: 0.02 })).toBe(true);
    expect(opened.study.constraints).toEqual(['units * learningRate <= 0.1']);
    expect(opened.trainingFile({ units: 4, learningRate: 0.02 })).not.toHaveProperty('constraints');
    await opened.close();
  });

  test.each([
    ['units <= 4', 'constraints: expected a list of constraints such as "units1 >= units2", got "units <= 4"'],
    [[3], 'constraints[0]: expected a constraint such as "a <= b", got 3'],
    [
      ['unit <= 4'],
      'constraints[0]: column 1: no hyperparameter "unit" (did you mean "units"?); there are units, learningRate',
    ],
    [['units <= 4', 'units > 4'], 'constraints[1]: none of 10000 points drawn at random fulfils "units > 4"'],
    [
      { choice: [['units <= 4']] },
      'constraints: no distribution can stand here, because it is the same for all trials',
    ],
  ])('%j is refused', async (constraints, expected) => {
    expect(await problem({ ...search, constraints })).toBe(`search.json: ${expected}`);
  });

  test('that no point fulfils are one sentence and exit code 2', async () => {
    const file = folder.write('impossible.json', { ...search, constraints: ['units > 4'] });
    const { code, stderr } = await rxnn(['tune', file]);
    expect(code).toBe(2);
    expect(stderr).toBe(`rxnn: ${file}: constraints[0]: none of 10000 points drawn at random fulfils "units > 4"\n`);
  });
});

describe('points to begin with', () => {
  test('may be the only ones that a search finds to fulfil its constraints', async () => {
    const opened = await open({ ...search, constraints: ['learningRate == 0.1'], enqueue: [{ learningRate: 0.1 }] });
    expect(opened.options.enqueue).toEqual([{ learningRate: 0.1 }]);
    await opened.close();
  });

  test('are options of the study, what they depend on filled in', async () => {
    const json = {
      ...search,
      optimizer: { choice: ['adam', { sgd: { momentum: { float: [0, 0.9] } } }] },
      enqueue: [{ units: 3 }, { units: 2, momentum: 0.5 }],
      duplicates: 'forbid',
    };
    const opened = await open(json, { threads: false });
    expect(opened.options).toMatchObject({
      enqueue: [{ units: 3 }, { units: 2, momentum: 0.5, optimizer: 'sgd' }],
      duplicates: 'forbid',
    });
    await opened.close();
  });

  test.each([
    [{ units: 3 }, 'enqueue: expected a list of points such as { "units": 64 }, got {"units":3}'],
    [[3], 'enqueue[0]: expected an object with values for hyperparameters, such as { "units": 64 }, got 3'],
    [[{ units: [3] }], 'enqueue[0].units: expected a value: a number, a text, true, false or null, got [3]'],
    [[{ units: 3 }, { units: 9 }], 'enqueue[1].units: expected a whole number from 2 to 4, got 9'],
    [[{ unit: 3 }], 'enqueue[0]: no hyperparameter "unit" (did you mean "units"?); there are units, learningRate'],
  ])('%j is refused', async (enqueue, expected) => {
    expect(await problem({ ...search, enqueue })).toBe(`search.json: ${expected}`);
  });

  test('are no more than there are trials, which they count among', async () => {
    const enqueue = [2, 3, 4].map(units => ({ units }));
    const refused = 'search.json: enqueue: 3 points for 2 trials; they count among the trials, so state more of those';
    expect(await problem({ ...search, enqueue, trials: 2 })).toBe(refused);
    const three = folder.write('search.json', { ...search, enqueue, trials: 3 });
    expect(await sentence(loadSearchFile(three, { trials: 2 }), folder)).toBe(refused);
  });
});

describe('what a file says of the study', () => {
  test('is passed on to tune', async () => {
    const json = { ...search, nan: 'worst', deterministic: { lanes: 2 }, checkpoint: { every: 30 } };
    const opened = await open(json, { threads: false });
    expect(opened.options).toMatchObject({ nan: 'worst', deterministic: { lanes: 2 } });
    expect(opened.checkpointEvery).toBe(30);
    expect(Object.keys(opened.trainingFile({ units: 3, learningRate: 0.01 }))).toEqual([
      'data',
      'model',
      'loss',
      'optimizer',
      'batchSize',
      'epochs',
      'device',
    ]);
    await opened.close();
  });

  test.each([
    [{ nan: 'ignore' }, 'nan: no policy for NaN "ignore"; there are fail, prune, worst'],
    [{ duplicates: true }, 'duplicates: expected one of allow, forbid, got true'],
    [{ deterministic: { lane: 2 } }, 'deterministic.lane: unknown key (did you mean "lanes"?; accepted: lanes)'],
    [{ checkpoint: { every: 0 } }, 'checkpoint.every: expected a number above 0, got 0'],
    [{ reportEvery: { steps: 0 } }, 'reportEvery.steps: expected a whole number from 1 up, got 0'],
    [{ objective: [] }, 'objective: expected at least one objective, got none'],
    [
      { objective: [{ minimize: 'valLoss' }, { maximize: 'valLoss' }] },
      'objective: two objectives are of the same metric',
    ],
    [
      { objective: [{ minimize: 'valLoss' }, { minimize: 'parameter' }] },
      expect.stringContaining('objective[1].minimize: no metric "parameter" is reported (did you mean "parameters"?)'),
    ],
    [
      { objective: [{ minimize: 'valLoss' }, {}] },
      'objective[1]: expected either minimize or maximize, with the name of a metric',
    ],
  ])('%j is refused', async (changes, expected) => {
    const told = await problem({ ...search, ...changes });
    expect(told.replace('search.json: ', '')).toEqual(expected);
  });
});

describe('several objectives', () => {
  test('are told and passed on; parameters counts what is trained', async () => {
    const json = { ...search, objective: [{ maximize: 'valAccuracy' }, { minimize: 'parameters' }] };
    const opened = await open(json, { threads: false });
    expect(opened.options.objectives).toEqual([{ maximize: 'valAccuracy' }, { minimize: 'parameters' }]);
    expect(opened.options).not.toHaveProperty('maximize');
    expect(opened.study).toMatchObject({
      objective: { metric: 'valAccuracy', direction: 'maximize' },
      objectives: [
        { metric: 'valAccuracy', direction: 'maximize' },
        { metric: 'parameters', direction: 'minimize' },
      ],
    });
    const { metrics } = await firstReport(opened, { units: 3, learningRate: 0.01 });
    // Six columns (kind is two) to 3 units to 3 classes, with biases.
    expect(metrics.parameters).toBe(6 * 3 + 3 + 3 * 3 + 3);
    expect(Object.keys(metrics)).toEqual(['loss', 'valLoss', 'valAccuracy', 'parameters']);
    await opened.close();
  });

  test('a training reports its parameters when it is asked for them', async () => {
    const training = { ...edited(edited(search, 'model.layers', []), 'optimizer', 'adam'), metrics: ['parameters'] };
    const { reports$, close } = await loadTrainingFile(folder.write('train.json', training));
    expect((await firstValueFrom(reports$)).metrics.parameters).toBe(6 * 3 + 3);
    close();
  });
});

const own = (module: string, changes = {}) => ({
  name: 'own',
  space: { x: { float: [1, 2] }, fixed: 'as it is' },
  objective: { module, with: { offset: 10 }, minimize: 'loss' },
  trials: 3,
  parallel: 2,
  ...changes,
});

describe('an objective of one’s own', () => {
  test.each(['./stream.mjs', './iterable.mjs'])('%s: its reports are the trials’, in worker threads', async module => {
    const opened = await open(own(module));
    expect(opened.study).toMatchObject({
      name: 'own',
      objective: { metric: 'loss', direction: 'minimize' },
      trials: 3,
    });
    const events = await eventsOf(opened);
    expect(events.at(-1)).toMatchObject({ type: 'study-finished', counts: { complete: 3 } });
    for (const event of events) {
      if (event.type !== 'trial-started') continue;
      const finished = events.find(each => each.type === 'trial-finished' && each.trial === event.trial);
      expect(finished).toMatchObject({ value: (event.hparams.x as number) + 10, epochs: 3, bestEpoch: 3 });
    }
  });

  test('a promise of metrics is a trial of one epoch; the same in this thread', async () => {
    const runs = [
      await eventsOf(await open(own('./promise.mjs'))),
      await eventsOf(await open(own('./promise.mjs'), { threads: false })),
    ];
    const ends = runs.map(events =>
      events
        .flatMap(event => (event.type === 'trial-reported' ? [{ trial: event.trial, report: event.report }] : []))
        .map(({ trial, report }) => ({ trial, report: { ...report, seconds: 0 } }))
        .sort((a, b) => a.trial - b.trial),
    );
    expect(ends[0]).toHaveLength(3);
    expect(ends[0]).toEqual(ends[1]);
    expect(ends[0]?.[0]?.report).toMatchObject({
      epoch: 1,
      step: 1,
      samples: 0,
      metrics: { loss: expect.any(Number) },
    });
  });

  test('may be no stream at all: one that returns metrics is a trial of one epoch', async () => {
    for (const overrides of [{}, { threads: false }]) {
      const events = await eventsOf(await open(own('./plain.mjs'), overrides));
      expect(events.at(-1)).toMatchObject({ counts: { complete: 3 } });
    }
  });

  test('may have rules, constraints and points to begin with; its metrics are known to itself only', async () => {
    const opened = await open(
      own('./stream.mjs', {
        constraints: ['x <= 1.5'],
        enqueue: [{ x: 1.25 }],
        earlyStopping: [{ threshold: { metric: 'loss', below: 12.6 } }],
      }),
    );
    expect(opened.options).toMatchObject({ enqueue: [{ x: 1.25 }] });
    const events = await eventsOf(opened);
    expect(events.some(event => event.type === 'trial-finished' && event.stop.by === 'threshold')).toBe(true);
  });

  test('one that throws fails its trial with its words', async () => {
    const events = await eventsOf(await open(own('./throws.mjs')));
    expect(events.find(({ type }) => type === 'trial-finished')).toMatchObject({
      state: 'failed',
      stop: { reason: expect.stringContaining('no such curve') },
    });
  });

  test('may be several of the reports’ metrics', async () => {
    const objectives = [{ minimize: 'loss' }, { maximize: 'loss2' }];
    const two = own('./stream.mjs', { objective: { module: './stream.mjs', with: { offset: 10 }, objectives } });
    const opened = await open(two);
    expect(opened.study.objectives).toEqual([
      { metric: 'loss', direction: 'minimize' },
      { metric: 'loss2', direction: 'maximize' },
    ]);
    await opened.close();
    const same = { ...two, objective: { module: './stream.mjs', objectives, minimize: 'loss' } };
    expect(await problem(same)).toContain('or objectives, a list of such');
  });

  test('the file of a trial has the point in its space and the module’s path relative to where it stands', async () => {
    const opened = await open(own('./stream.mjs', { seed: 3 }), { threads: false });
    const file = opened.trainingFile({ x: 1.5 }, join(folder.path, 'a/best.json')) as ModuleFile;
    expect(file).toEqual({
      name: 'own',
      space: { x: 1.5, fixed: 'as it is' },
      objective: { module: '../stream.mjs', with: { offset: 10 }, minimize: 'loss' },
      seed: 3,
    });
    await opened.close();
    const training = loadTrainingFile(folder.write('own.json', own('./stream.mjs')));
    expect(await sentence(training, folder)).toBe(
      'own.json: objective: this file has an objective of its own and no network to train; `rxnn tune` searches with it',
    );
  });

  test.each(['flaot', 'Float', 'itn', 'choise', 'ordinals'])('a distribution called %s is refused', async name => {
    const space = { x: { float: [1, 2] }, y: [{ [name]: [1, 2], log: true }] };
    expect(await problem(own('./stream.mjs', { space }))).toMatch(
      RegExp(`: space\\.y\\[0\\]: no distribution "${name}" \\(did you mean "[a-z]+"\\?\\)`),
    );
  });

  test.each([
    [own('./none.mjs'), 'objective.module: there is no file "none.mjs"'],
    [
      own('./nothing.mjs'),
      'objective.module: "nothing.mjs" must export a function (export default function …), and has no default export, only "objective"',
    ],
    [
      own('./stream.mjs', { space: undefined }),
      'space: missing; expected an object with distributions, such as { "units": { "int": [8, 64] } }',
    ],
    [
      own('./stream.mjs', { space: { x: 3 } }),
      'there is nothing to search, because no value is a distribution such as { "float": [0.001, 0.1], "log": true }',
    ],
    [
      own('./stream.mjs', { objective: { minimize: 'loss' } }),
      'objective.module: missing; expected the path of a module, relative to this file',
    ],
    [
      own('./stream.mjs', { objective: { module: './stream.mjs' } }),
      'objective: expected either minimize or maximize, with the name of a metric, or objectives, a list of such',
    ],
    [own('./stream.mjs', { epochs: 3 }), expect.stringContaining('epochs: unknown key')],
    [
      own('./stream.mjs', { earlyStopping: [{ patience: { epochs: { int: [0, 3] } } }] }),
      'earlyStopping[0].patience.epochs.int[0]: expected a whole number from 1 up, got 0',
    ],
  ])('%j is refused', async (json, expected) => {
    expect((await problem(json)).replace('search.json: ', '')).toEqual(expected);
  });
});

test('a distribution in place of the whole file is refused', async () => {
  expect(await problem({ choice: [search, search] })).toMatch(/no distribution can stand in place of the whole file/);
});
