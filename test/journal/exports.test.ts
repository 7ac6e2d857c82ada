import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { exportCsv } from '../../src/journal/export-csv.js';
import { exportJson } from '../../src/journal/export-json.js';
import { exportOptuna } from '../../src/journal/export-optuna.js';
import { makeHeader } from '../../src/journal/header.js';
import type { StudyEvent, UnstampedEvent } from '../../src/tune/events.js';
import { foldEvent } from '../../src/tune/fold-event.js';
import { emptyStudy } from '../../src/tune/study-state.js';
import { info, init, stamped, study, temporaryFolder } from './studies.js';

const home = temporaryFolder();
afterAll(() => home.remove());

const told = (events: readonly StudyEvent[]) => ({
  header: { ...makeHeader(init, 0), rxnn: '0.1.0' },
  state: events.reduce(foldEvent, emptyStudy),
});

/** The small study, with a fifth trial that waits. */
const waiting = () => {
  const hparams = { units: 128, optimizer: 'adam', learningRate: 0.02 };
  const enqueued: UnstampedEvent = { type: 'trial-enqueued', trial: 4, hparams, origin: { kind: 'clone', of: 2 } };
  return [...study(), { seq: study().length, time: 1_700_000_020_000, ...enqueued }];
};

describe('as CSV', () => {
  test('a study is a heading and a line a trial, with every digit, what is not there empty, and words quoted where they must be', () => {
    expect(exportCsv(told(study())).split('\n')).toEqual([
      'number,state,value,bestEpoch,epochs,samples,seconds,by,reason,origin,started,finished,units,optimizer,learningRate,loss,valLoss',
      '0,complete,0.5,2,3,300,1,epochs,all 3 epochs done,enqueued,2023-11-14T22:13:22.000Z,2023-11-14T22:13:26.000Z,16,sgd,,0.30000000000000004,0.5',
      '1,failed,,,2,200,0.6666666666666666,diverged,valLoss is ∞ — “diverged”,,2023-11-14T22:13:27.000Z,2023-11-14T22:13:30.000Z,64,adam,0.012345678901234567,0.30000000000000004,Infinity',
      '2,pruned,0.9,1,1,100,0.3333333333333333,median,worse than the median,,2023-11-14T22:13:31.000Z,2023-11-14T22:13:33.000Z,8,adam,0.0001,0.30000000000000004,0.9',
      '3,running,-0,2,2,200,0.6666666666666666,,,,2023-11-14T22:13:34.000Z,,32,adam,0.05,0.30000000000000004,-0',
      '',
    ]);
  });

  test('a name that is taken has its kind before it, and quotes, commas and line ends are kept', () => {
    const events = stamped([
      { type: 'study-started', study: { ...info, space: [] } },
      { type: 'trial-started', trial: 0, hparams: { epochs: 'a "b", c\nd', 'x,y': true } },
      {
        type: 'trial-reported',
        trial: 0,
        report: { epoch: 1, step: 1, samples: 1, seconds: 0, metrics: { state: 2, 'x,y': 3 } },
      },
    ]);
    const [heading, ...rest] = exportCsv(told(events)).split(/\n(?!d)/);
    expect(heading).toMatch(/,hyperparameter\.epochs,"x,y",metric\.state,"metric\.x,y"$/);
    expect(rest[0]).toMatch(/,"a ""b"", c\nd",true,2,3$/);
  });
});

test('as JSON a study is one object with everything, a trial a line', () => {
  const text = exportJson(told(study()));
  expect(text.match(/^ {4}\{"number":\d/gm)).toHaveLength(4);
  const value = JSON.parse(text);
  expect(value).toMatchObject({ name: 'digits', study: info, seeds: init.seeds, best: { trial: 0, value: 0.5 } });
  expect(value.trials[0].reports[1]).toMatchObject({ epoch: 2, metrics: { valLoss: 0.5 } });
  expect(value.trials[1].reports[0].metrics.valLoss).toBeNull();
  expect(JSON.parse(exportJson(told(study().slice(0, 1)))).trials).toEqual([]);
});

describe('as Optuna’s journal', () => {
  // What Optuna 3.1.0 wrote for such a trial (`study.add_trial`), but for the worker's name.
  const recorded =
    '{"op_code": 4, "worker_id": "w", "study_id": 0, "datetime_start": "2023-11-14T22:13:22.000000", "state": 1, "value": 0.5, "values": null, "datetime_complete": "2023-11-14T22:13:26.000000", "distributions": {"units": "{\\"name\\": \\"IntDistribution\\", \\"attributes\\": {\\"log\\": true, \\"step\\": 1, \\"low\\": 8, \\"high\\": 256}}", "optimizer": "{\\"name\\": \\"CategoricalDistribution\\", \\"attributes\\": {\\"choices\\": [\\"sgd\\", \\"adam\\"]}}"}, "params": {"units": 16.0, "optimizer": 0}, "user_attrs": {}, "system_attrs": {}, "intermediate_values": {"1": 0.7, "2": 0.5, "3": 0.6}}';

  test('a trial is the line that Optuna itself writes for it', () => {
    const lines = exportOptuna(told(study())).split('\n');
    expect(lines).toHaveLength(3 + 4 + 1);
    expect(JSON.parse(lines[0]!)).toMatchObject({ op_code: 0, study_name: 'digits', directions: [1] });
    const { worker_id: _, user_attrs: __, ...trial } = JSON.parse(lines[3]!);
    const { worker_id: ___, user_attrs: ____, ...wanted } = JSON.parse(recorded);
    expect(trial).toEqual(wanted);
    expect(JSON.parse(lines[3]!).distributions.units).toBe(wanted.distributions.units);
  });

  const python = ['python3', '/usr/bin/python3'].find(command => {
    try {
      execFileSync(command, ['-c', 'import optuna'], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  });
  const load = (text: string) => {
    const file = home.at('study.log');
    writeFileSync(file, text);
    const script = fileURLToPath(new URL('load_optuna.py', import.meta.url));
    return JSON.parse(execFileSync(python as string, [script, file], { encoding: 'utf8' }));
  };

  test('Optuna loads parameters, distributions, states, values and curves', ({ skip }) => {
    if (python === undefined) skip('there is no python3 with optuna here');
    const loaded = load(exportOptuna(told(waiting())));
    const units = 'IntDistribution(high=256, log=True, low=8, step=1)';
    const optimizer = "CategoricalDistribution(choices=('sgd', 'adam'))";
    const learningRate = 'FloatDistribution(high=0.1, log=True, low=0.0001, step=None)';
    expect(loaded).toMatchObject({ name: 'digits', directions: ['MINIMIZE'], best: [[0, [0.5]]] });
    expect(loaded.trials).toEqual([
      {
        number: 0,
        state: 'COMPLETE',
        values: [0.5],
        params: { units: 16, optimizer: 'sgd' },
        distributions: { units, optimizer },
        intermediate: { 1: '0.7', 2: '0.5', 3: '0.6' },
        fixed: null,
        start: '2023-11-14T22:13:22',
        complete: '2023-11-14T22:13:26',
        by: 'epochs',
      },
      expect.objectContaining({
        number: 1,
        state: 'FAIL',
        values: null,
        params: { units: 64, optimizer: 'adam', learningRate: 0.012345678901234567 },
        distributions: { units, optimizer, learningRate },
        intermediate: { 1: 'nan', 2: 'inf' },
        by: 'diverged',
      }),
      expect.objectContaining({ number: 2, state: 'PRUNED', values: [0.9], intermediate: { 1: '0.9' }, by: 'median' }),
      expect.objectContaining({ number: 3, state: 'RUNNING', values: null, intermediate: { 1: '0.45', 2: '-0.0' } }),
      expect.objectContaining({
        number: 4,
        state: 'WAITING',
        params: {},
        fixed: { units: 128, optimizer: 'adam', learningRate: 0.02 },
        start: null,
      }),
    ]);
  });

  test('Optuna loads several objectives, stepped ranges and options of any kind', ({ skip }) => {
    if (python === undefined) skip('there is no python3 with optuna here');
    const objectives = [
      { metric: 'valLoss', direction: 'minimize' },
      { metric: 'valAccuracy', direction: 'maximize' },
    ] as const;
    const hparams = { batch: 32, dropout: 0.3, layers: 5, bias: true, width: null };
    const loaded = load(
      exportOptuna(
        told(
          stamped([
            {
              type: 'study-started',
              study: {
                ...info,
                objectives,
                space: [
                  { name: 'batch', kind: 'ordinal', options: ['16', '32', '64'] },
                  { name: 'dropout', kind: 'float', low: 0, high: 0.35, step: 0.1 },
                  { name: 'layers', kind: 'int', low: 1, high: 6, step: 2 },
                  { name: 'bias', kind: 'choice', options: ['true', 'false'] },
                  { name: 'width', kind: 'choice', options: ['null', '3'] },
                ],
              },
            },
            { type: 'trial-started', trial: 0, hparams },
            {
              type: 'trial-reported',
              trial: 0,
              report: { epoch: 1, step: 1, samples: 1, seconds: 1, metrics: { valLoss: 0.5, valAccuracy: 0.75 } },
            },
            {
              type: 'trial-finished',
              trial: 0,
              state: 'complete',
              value: 0.5,
              values: [0.5, 0.75],
              bestEpoch: 1,
              epochs: 1,
              seconds: 1,
              stop: { by: 'epochs', reason: 'all 1 epochs done', outcome: 'complete', epoch: 1 },
            },
          ]),
        ),
      ),
    );
    expect(loaded).toMatchObject({ directions: ['MINIMIZE', 'MAXIMIZE'], best: [[0, [0.5, 0.75]]] });
    expect(loaded.trials).toMatchObject([
      {
        params: hparams,
        values: [0.5, 0.75],
        intermediate: {},
        distributions: {
          batch: 'CategoricalDistribution(choices=(16, 32, 64))',
          dropout: 'FloatDistribution(high=0.3, log=False, low=0.0, step=0.1)',
          layers: 'IntDistribution(high=5, log=False, low=1, step=2)',
          width: "CategoricalDistribution(choices=(None, '3'))",
        },
      },
    ]);
  });
});
