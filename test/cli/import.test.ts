import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { lastValueFrom, toArray } from 'rxjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { importCommand } from '../../src/cli/import-command.js';
import { searchJsonSchema } from '../../src/config/json-schema.js';
import { loadSearchFile } from '../../src/config/search-file.js';
import { InputError } from '../../src/errors.js';
import { tune } from '../../src/tune/tune.js';
import { openFolder } from '../config/folder.js';
import { fakeIo } from './fake-io.js';

const folder = openFolder();
const validate = new Ajv({ strictTypes: false }).compile(searchJsonSchema());
beforeAll(() =>
  folder.write('objective.mjs', 'export default h => [{ loss: JSON.stringify(h).length, accuracy: 1, score: 1 }];'),
);
afterAll(() => folder.remove());

/** The search file made of a text, which has been tried, and what was said of it. */
async function imported(name: string, text: string) {
  const [file, out] = [folder.write(name, text), join(folder.path, `${name}.search.json`)];
  const { io, stdout } = fakeIo();
  expect(await importCommand(file, { out, force: true }, io)).toBe(0);
  const search = JSON.parse(readFileSync(out, 'utf8'));
  expect(validate(search), JSON.stringify(validate.errors)).toBe(true);
  const opened = await loadSearchFile(out, { threads: false });
  const events = await lastValueFrom(tune({ ...opened.options, trials: 3 }).pipe(toArray()));
  await opened.close();
  expect(events.at(-1)).toMatchObject({ type: 'study-finished', counts: { failed: 0 } });
  const [first, ...said] = stdout.text().trim().split('\n');
  return { search, first, said };
}

async function problem(text: string) {
  const file = folder.write('wrong.yaml', text);
  const error: unknown = await importCommand(file, { out: join(folder.path, 'x.json') }, fakeIo().io).catch(
    (e: unknown) => e,
  );
  if (!(error instanceof InputError)) throw error;
  return error.message.replaceAll(`${folder.path}/`, '');
}

describe('rxnn import', () => {
  test('a Weights & Biases sweep: every distribution, nested parameters, metric, method, count and early termination', async () => {
    const { search, said } = await imported(
      'sweep.yaml',
      `
program: train.py
method: bayes
name: my sweep
metric: { name: accuracy, goal: maximize }
run_cap: 30
early_terminate: { type: hyperband, min_iter: 3, eta: 4 }
parameters:
  fixed: { value: 3 }
  optimizer: { values: [adam, sgd], probabilities: [0.3, 0.7] }
  layers: { min: 1, max: 5 }
  dropout: { min: 0.0, max: 0.5 }
  units: { distribution: q_uniform, min: 16, max: 256, q: 16 }
  rate: { distribution: log_uniform_values, min: 0.0001, max: 0.1 }
  decay: { distribution: log_uniform, min: -9.210340371976182, max: -2.302585092994046 }
  inverse: { distribution: inv_log_uniform, min: 0, max: 2.302585092994046 }
  batch: { distribution: q_log_uniform_values, min: 8, max: 128, q: 8 }
  noise: { distribution: normal, mu: 0, sigma: 0.5 }
  scale: { distribution: log_normal, mu: 0, sigma: 1 }
  share: { distribution: beta, a: 2, b: 2 }
  odd: { distribution: triangular, min: 0, max: 1 }
  nested:
    parameters:
      inner: { values: [1, 2] }
`,
    );
    expect(search).toMatchObject({
      name: 'my sweep',
      objective: { module: './objective.mjs', maximize: 'accuracy' },
      trials: 30,
      earlyStopping: ['diverged', { successiveHalving: { minResource: 3, reductionFactor: 4 } }],
    });
    expect(search.space).toEqual({
      fixed: 3,
      optimizer: { choice: ['adam', 'sgd'] },
      layers: { int: [1, 5] },
      dropout: { float: [0, 0.5] },
      units: { int: [16, 256], step: 16 },
      rate: { float: [0.0001, 0.1], log: true },
      decay: { float: [0.0001, 0.1], log: true },
      inverse: { float: [0.1, 1], log: true },
      batch: { int: [8, 128], log: true },
      noise: { float: [-1.5, 1.5] },
      scale: { float: [0.0497870683679, 20.0855369232], log: true },
      share: { float: [0, 1] },
      nested: { inner: { choice: [1, 2] } },
    });
    expect(said).toEqual([
      'optimizer: its values are equally likely here; the probabilities are left out',
      'batch: a log range has no step here; 8 is left out',
      'noise: a normal distribution becomes an even one, three deviations wide',
      'scale: a log-normal distribution becomes an even one, three deviations wide',
      'share: a beta distribution becomes an even one from 0 to 1',
      'odd: no distribution "triangular" is known; it is left out',
      expect.stringMatching(/^method: bayes becomes the sampler \w+$/),
      'early_terminate: hyperband there stops trials at rungs, as successiveHalving does here',
      'program: how the sweep is run there; here a module trains, ./objective.mjs',
    ]);
  });

  test('a grid of a sweep is a grid here', async () => {
    const { search } = await imported(
      'grid.yaml',
      'method: grid\nmetric: {name: loss}\nparameters: {a: {values: [1, 2]}, b: {min: 1, max: 3}}',
    );
    expect(search).toMatchObject({ sampler: 'grid', objective: { minimize: 'loss' } });
    expect(search).not.toHaveProperty('trials');
  });

  test('a range of a sweep without a distribution is of integers if both ends are written as such', async () => {
    const { search, said } = await imported(
      'written.yaml',
      `
method: random
metric: { name: loss }
parameters:
  float: { min: 0.0, max: 1.0 }
  half: { min: 0, max: 1.0 }
  power: { min: 1, max: 1e3 }
  hex: { min: 0, max: 0xe }
  again: &again { min: 0, max: 2. }
  alias: *again
  nested: { parameters: { inner: { min: 0., max: 3 }, whole: { min: 0, max: 3 } } }
`,
    );
    expect(search.space).toEqual({
      float_: { float: [0, 1] },
      half: { float: [0, 1] },
      power: { float: [1, 1000] },
      hex: { int: [0, 14] },
      again: { float: [0, 2] },
      alias: { float: [0, 2] },
      nested: { inner: { float: [0, 3] }, whole: { int: [0, 3] } },
    });
    expect(said).toEqual(['float: the name is the word for a distribution here; it becomes float_']);
  });

  test('an NNI search space: every type, and choices that hold more parameters', async () => {
    const { search, first, said } = await imported(
      'search_space.json',
      JSON.stringify({
        units: { _type: 'randint', _value: [8, 65] },
        rate: { _type: 'loguniform', _value: [0.0001, 0.1] },
        dropout: { _type: 'uniform', _value: [0, 0.5] },
        width: { _type: 'quniform', _value: [0, 1, 0.25] },
        noise: { _type: 'normal', _value: [1, 0.1] },
        layer: {
          _type: 'choice',
          _value: [{ _name: 'empty' }, { _name: 'conv', kernel: { _type: 'choice', _value: [3, 5] } }, 'plain'],
        },
        where: { _type: 'layer_choice', _value: ['a'] },
      }),
    );
    expect(first).toMatch(/search_space\.json: an NNI search space$/);
    expect(search.space).toEqual({
      units: { int: [8, 64] },
      rate: { float: [0.0001, 0.1], log: true },
      dropout: { float: [0, 0.5] },
      width: { float: [0, 1], step: 0.25 },
      noise: { float: [0.7, 1.3] },
      layer: { choice: ['empty', { conv: { kernel: { choice: [3, 5] } } }, 'plain'] },
    });
    expect(said).toEqual([
      'noise: a normal distribution becomes an even one, three deviations wide',
      'where: there is no "layer_choice" here; it is left out',
      'neither metric nor trials are said; the objective is to minimize "loss", in 20 trials',
    ]);
  });

  test('a parameter with the name of a distribution is given another', async () => {
    const { search, said } = await imported(
      'named.yaml',
      'method: random\nmetric: {name: loss}\nparameters: {choice: {values: [1, 2]}}',
    );
    expect(search.space).toEqual({ choice_: { choice: [1, 2] } });
    expect(said).toEqual(['choice: the name is the word for a distribution here; it becomes choice_']);
  });

  test('the search space within an NNI experiment, with its trials, direction, tuner and name', async () => {
    const { search, said } = await imported(
      'whole.yml',
      `
experimentName: mine
searchSpace:
  lr: {_type: loguniform, _value: [0.0001, 0.1]}
tuner: {name: Random, classArgs: {optimize_mode: maximize}}
trialConcurrency: 2
maxTrialNumber: 7
maxExperimentDuration: 1h
trialCommand: python x.py
`,
    );
    expect(search).toMatchObject({
      name: 'mine',
      objective: { module: './objective.mjs', maximize: 'score' },
      sampler: 'random',
      trials: 7,
      parallel: 2,
    });
    expect(said).toEqual([
      'no metric is said; the objective is to maximize "score"',
      'trialCommand, maxExperimentDuration: how the experiment is run there; here a module trains, ./objective.mjs',
    ]);
  });

  test('an NNI experiment in its older form, with a tuner that there is not here', async () => {
    const { search, said } = await imported(
      'older.yml',
      'searchSpace: {x: {_type: uniform, _value: [0, 1]}}\nmaxTrialNum: 9\ntuner: {builtinTunerName: Anneal}\n',
    );
    expect(search).toMatchObject({ trials: 9, sampler: 'tpe', objective: { minimize: 'loss' } });
    expect(said).toEqual([
      'tuner: there is no "Anneal" here; the sampler is tpe',
      'no metric is said; the objective is to minimize "loss"',
    ]);
  });

  test('the search space within an NNI experiment without more', async () => {
    const { search } = await imported(
      'experiment.yml',
      'searchSpace:\n  x:\n    _type: uniform\n    _value: [0, 1]\ntrialCommand: python x.py\n',
    );
    expect(search.space).toEqual({ x: { float: [0, 1] } });
  });

  test.each([
    ['a: [1', expect.stringMatching(/^wrong\.yaml: line 1, column \d+: invalid YAML: /)],
    ['a: 1\na: 2', expect.stringMatching(/^wrong\.yaml: line 2, column 1: invalid YAML: Map keys must be unique/)],
    ['- 1', 'wrong.yaml: expected a sweep or a search space, an object, and there is none'],
    ['', 'wrong.yaml: expected a sweep or a search space, an object, and there is none'],
    [
      'method: random',
      'wrong.yaml: expected a Weights & Biases sweep, which has "parameters", or an NNI search space, whose parameters have a "_type"',
    ],
    ['parameters: {a: {distribution: odd}}', 'wrong.yaml: there is no parameter that could be translated'],
    ['parameters: {a: {min: 3, max: x}}', 'wrong.yaml: there is no parameter that could be translated'],
  ])('%j is refused in one sentence', async (text, expected) => {
    expect(await problem(text)).toEqual(expected);
  });
});
