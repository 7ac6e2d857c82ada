import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lastValueFrom } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../src/cli/main.js';
import { loadSearchFile } from '../../src/config/search-file.js';
import { openJournal } from '../../src/journal/open-journal.js';
import { readJournal } from '../../src/journal/read-journal.js';
import type { StudyEvent, UnstampedEvent } from '../../src/tune/events.js';
import { foldEvent } from '../../src/tune/fold-event.js';
import { importance } from '../../src/tune/importance.js';
import { emptyStudy, type StudyState } from '../../src/tune/study-state.js';
import { tune } from '../../src/tune/tune.js';
import { info, init, study as smallStudy, stamped } from '../journal/studies.js';
import { fakeIo } from './fake-io.js';
import { bin, execute, folder, rxnn, search } from './rxnn.js';

let home: Awaited<ReturnType<typeof folder>>;
const at = (...names: string[]) => join(home.path, ...names);
/** A study of six trials of a search file, and what its events tell. */
let points: string;
let state: StudyState;

beforeAll(async () => {
  home = await folder({ 'search.json': search() });
  points = at('rxnn-studies', 'points');
  const file = at('search.json');
  const found = await loadSearchFile(file, { trials: 6, seed: 11, device: 'simd', parallel: 1, threads: false });
  const journal = await openJournal(points, {
    study: { name: 'points', identity: 'points' },
    search: { json: JSON.parse(readFileSync(file, 'utf8')), path: file },
    seeds: { study: 11 },
  });
  await lastValueFrom(tune(found.options).pipe(journal.record));
  await journal.close();
  await found.close();
  ({ state } = await readJournal(points));

  const small = await openJournal(at('rxnn-studies', 'digits'), init);
  for (const event of smallStudy()) small.write(event);
  await small.close();
});
afterAll(() => home.remove());

/** Runs the command line here. */
const said = (...args: string[]) => saidIn({ columns: 120 }, ...args);

async function saidIn(terminal: { columns?: number }, ...args: string[]) {
  const { io, stdout, stderr } = fakeIo(terminal);
  const code = await run(args, io);
  return { code, stdout: stdout.text(), stderr: stderr.text().replaceAll(`${home.path}/`, '') };
}
const lines = (text: string) => text.trimEnd().split('\n');
const objects = (text: string) => lines(text).map(line => JSON.parse(line));
const digits = () => at('rxnn-studies', 'digits');

describe('rxnn studies', () => {
  it('lists the studies of a folder with their state, trials and best value, the newest first', async () => {
    const { code, stdout } = await said('studies', at('rxnn-studies'));
    expect(code).toBe(0);
    const [heading, ...rows] = lines(stdout);
    expect(heading).toMatch(/^study +state +trials +best +objective +complete +pruned +failed +begun/);
    expect(rows.map(row => row.split(/ {2,}/).slice(0, 2))).toEqual([
      ['digits', 'not finished'],
      ['points', 'finished'],
    ]);
    expect(rows[0]).toMatch(/ 3\/4 +0\.5000 +minimize valLoss +1 +1 +1 +\d{4}-\d\d-\d\d \d\d:\d\d/);
  });

  it('prints one study a line as JSON', async () => {
    const { stdout } = await said('studies', at('rxnn-studies'), '--json');
    expect(objects(stdout)).toMatchObject([
      { name: 'digits', state: 'not finished', counts: { complete: 1, running: 1 }, best: { value: 0.5 } },
      { name: 'points', study: 'points', state: 'finished', trials: 6, folder: points },
    ]);
  });

  it('lists what it cannot read with the reason, and says that there is nothing', async () => {
    const other = at('other');
    cpSync(digits(), join(other, 'broken'), { recursive: true });
    const journal = join(other, 'broken', 'journal.jsonl');
    writeFileSync(journal, readFileSync(journal, 'utf8').replace('0.9', '0.8'));
    const { code, stdout, stderr } = await said('studies', other);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^broken +cannot be read/m);
    expect(stderr).toMatch(/^other\/broken\/journal\.jsonl: line 14 is damaged: /);
    mkdirSync(at('nothing'));
    expect(await said('studies', at('nothing'))).toEqual({
      code: 0,
      stdout: '',
      stderr: 'there are no studies in nothing\n',
    });
    expect(await said('studies', at('nowhere'))).toMatchObject({
      code: 2,
      stderr: 'rxnn: nowhere: there is no such folder\n',
    });
  });
});

describe('rxnn trials', () => {
  it('shows number, state, value, epochs, what ended it and the hyperparameters of each trial', async () => {
    const { code, stdout } = await said('trials', digits());
    expect(code).toBe(0);
    const [heading, ...rows] = lines(stdout);
    expect(heading).toBe(
      'trial  state     valLoss  bestEpoch  epochs  seconds  by          units  optimizer  learningRate',
    );
    expect(rows).toEqual([
      '   #0  complete   0.5000          2       3    1.0 s  all epochs     16  sgd                   –',
      '   #1  failed          –          –       2    0.7 s  diverged       64  adam            0.01235',
      '   #2  pruned     0.9000          1       1    0.3 s  median          8  adam             0.0001',
      '   #3  running    0.0000          2       2    0.7 s  –              32  adam               0.05',
    ]);
  });

  const numbers = async (...args: string[]) =>
    objects((await said('trials', digits(), '--json', ...args)).stdout).map(t => t.number);

  it.each<[string[], number[]]>([
    [['--where', 'state=complete'], [0]],
    [
      ['--where', 'valLoss<0.9'],
      [0, 3],
    ],
    [
      ['--where', 'valLoss <= 0.9'],
      [0, 2, 3],
    ],
    [
      ['--where', 'valLoss>=0.9'],
      [1, 2],
    ],
    [['--where', 'value>0.5', '--where', 'units!=64'], [2]],
    [
      ['--where', 'learningRate!=0.05'],
      [0, 1, 2],
    ],
    [
      ['--where', 'optimizer="adam"', '--where', 'state != running'],
      [1, 2],
    ],
    [
      ['--sort', 'units'],
      [2, 0, 3, 1],
    ],
    [
      ['--sort', 'value', '--reverse'],
      [2, 0, 3, 1],
    ],
    [
      ['--sort', 'optimizer', '--limit', '2'],
      [1, 2],
    ],
    [
      ['--sort', 'learningRate'],
      [2, 1, 3, 0],
    ],
  ])('%j gives the trials %j', async (args, wanted) => {
    expect(await numbers(...args)).toEqual(wanted);
  });

  it.each<[string[], number[]]>([
    [['--where', 'by=all epochs'], [0]],
    [
      ['--where', 'by!="all epochs"'],
      [1, 2, 3],
    ],
    [['--where', 'by=epochs'], [0]],
    [['--where', 'by=median'], [2]],
    [['--where', 'trial=2'], [2]],
    [['--where', 'number=#2'], [2]],
    [
      ['--where', 'trial>=#2'],
      [2, 3],
    ],
    [
      ['--sort', 'trial', '--reverse'],
      [3, 2, 1, 0],
    ],
  ])('%j, in the words of the table, gives the trials %j', async (args, wanted) => {
    expect(await numbers(...args)).toEqual(wanted);
    expect((await said('trials', digits(), '--columns', 'trial', ...args)).stdout).toMatch(/^trial\n/);
  });

  it('in the order of the value are those of the best first, by the direction of the objective, and the failed last', async () => {
    const most = at('most');
    const journal = await openJournal(most, init);
    const objective = { metric: 'valLoss', direction: 'maximize' } as const;
    for (const event of smallStudy()) {
      if (event.type === 'study-started') journal.write({ ...event, study: { ...event.study, objective } });
      // Of the failed one the journal says a value, which is the largest.
      else if (event.type === 'trial-finished' && event.state === 'failed') journal.write({ ...event, value: 100 });
      else journal.write(event);
    }
    await journal.close();
    const sorted = async (study: string, ...args: string[]) =>
      objects((await said('trials', study, '--json', '--sort', 'value', ...args)).stdout).map(t => t.number);
    expect(await sorted(digits())).toEqual([3, 0, 2, 1]);
    expect(await sorted(most)).toEqual([2, 0, 3, 1]);
    expect(await sorted(most, '--reverse')).toEqual([3, 0, 2, 1]);
    expect(await sorted(most, '--limit', '1')).toEqual([2]);
    const help = (await rxnn(['trials', '--help'])).stdout.replace(/\s+/g, ' ');
    expect(help).toContain('value (the best first)');
  });

  it('prints chosen columns, as CSV with every digit, and as JSON', async () => {
    const columns = ['--columns', 'number,valLoss,learningRate', '--limit', '2'];
    expect((await said('trials', digits(), '--csv', ...columns)).stdout).toBe(
      'number,valLoss,learningRate\n0,0.5,\n1,Infinity,0.012345678901234567\n',
    );
    expect(objects((await said('trials', digits(), '--json', ...columns)).stdout)).toEqual([
      { number: 0, valLoss: 0.5 },
      { number: 1, valLoss: null, learningRate: 0.012345678901234567 },
    ]);
    expect((await said('trials', digits(), ...columns)).stderr).toBe('2 of 4 trials\n');
  });

  it('prints the metrics of the best epoch, as CSV and as JSON, which has the last ones too', async () => {
    const csv = (await said('trials', digits(), '--csv', '--limit', '1')).stdout;
    const [names = [], cells = []] = lines(csv).map(line => line.split(','));
    const [trial] = objects((await said('trials', digits(), '--json', '--limit', '1')).stdout);
    expect(trial).toMatchObject({ value: 0.5, metrics: { valLoss: 0.5 }, lastMetrics: { valLoss: 0.6 } });
    expect(cells[names.indexOf('valLoss')]).toBe('0.5');
    for (const option of ['--csv', '--json']) {
      expect((await rxnn(['trials', '--help'])).stdout).toMatch(new RegExp(`${option} [^-]*best\\s+epoch`));
    }
  });

  it('calls the value by its metric only where no column is that metric', async () => {
    const heading = async (columns: string) => lines((await said('trials', digits(), '--columns', columns)).stdout)[0];
    expect(await heading('number,value')).toBe('trial  valLoss');
    expect(await heading('value,valLoss')).toBe(' value  valLoss');
  });

  it.each<[string[], string]>([
    [
      ['--where', 'state=prunned'],
      '--where: no state "prunned" (did you mean "pruned"?); there are waiting, running, paused, complete, pruned, failed',
    ],
    [['--where', 'valLos<1'], '--where: trials have no "valLos" (did you mean "valLoss"?); they have number, state, '],
    [['--where', 'state<complete'], '--where: "state<complete": "<" compares numbers, and "complete" is none'],
    [['--where', 'oops'], '--where: expected a condition such as "valLoss<0.3" or "state=complete", got "oops"'],
    [['--sort', 'vaule'], '--sort: trials have no "vaule" (did you mean "value"?)'],
    [['--columns', 'number,unit'], '--columns: trials have no "unit" (did you mean "units"?)'],
    [['--columns', 'number,,'], '--columns: expected names with commas between them, got "number,,"'],
    [['--limit', '0'], '--limit: expected a whole number from 1 up, got "0"'],
    [['--csv', '--json'], '--csv and --json exclude each other'],
  ])('%j is one sentence and exit code 2', async (args, sentence) => {
    const { code, stdout, stderr } = await said('trials', digits(), ...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^rxnn: [^\n]+\n$/);
    expect(stderr).toContain(sentence);
  });

  it('reads a study that somebody writes, with a note on a line that is not whole yet', async () => {
    const open = at('open');
    const journal = await openJournal(open, init);
    for (const event of smallStudy()) journal.write(event);
    await journal.flush();
    writeFileSync(join(open, 'journal.jsonl'), '{"seq":', { flag: 'a' });
    const { code, stderr } = await said('trials', open);
    expect([code, stderr]).toEqual([0, 'note: the last line of journal.jsonl was not whole and is left out\n']);
    await journal.close();
  });
});

describe('a study', () => {
  it('is named by its folder, its journal, or its name in rxnn-studies', async () => {
    for (const name of [points, join(points, 'journal.jsonl')]) {
      expect(lines((await said('trials', name, '--json')).stdout)).toHaveLength(6);
    }
    const named = await rxnn(['trials', 'points', '--json'], { cwd: home.path, env: { RXNN_STUDIES: 'rxnn-studies' } });
    expect([named.code, lines(named.stdout).length]).toEqual([0, 6]);
    const { code, stderr } = await rxnn(['trials', 'pionts'], {
      cwd: home.path,
      env: { RXNN_STUDIES: 'rxnn-studies' },
    });
    expect([code, stderr]).toEqual([
      2,
      'rxnn: there is no study "pionts", neither here nor in rxnn-studies (did you mean "points"?)\n',
    ]);
  });

  it('that is not there is one sentence', async () => {
    expect(await said('best', at('nowhere'))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('there is no study '),
    });
    expect(await said('best', home.path)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('is a folder without a study'),
    });
    expect(await said('best', at('points.csv'))).toMatchObject({
      code: 2,
      stderr: 'rxnn: points.csv: is no journal of a study\n',
    });
  });
});

describe('rxnn best', () => {
  it('shows the best trial, or another', async () => {
    const { stdout } = await said('best', points);
    const { trial, epoch } = state.best!;
    expect(lines(stdout)[0]).toMatch(new RegExp(`^trial #${trial}: valLoss [\\d.]+ at epoch ${epoch} of 3$`));
    expect(stdout).toMatch(/\n {2}units +\d\n {2}learningRate +0\.\d+\n$/);
    expect((await said('best', digits(), '--trial', '2')).stdout).toMatch(
      /^trial #2: valLoss 0\.9000.*\npruned; median: worse/,
    );
  });

  it('writes a training file anywhere that repeats the value to the bit', async () => {
    mkdirSync(at('elsewhere'));
    const out = at('elsewhere', 'best.json');
    const written = await said('best', points, '--out', out);
    expect(written).toEqual({ code: 0, stdout: '', stderr: `trial #${state.best!.trial} is in elsewhere/best.json\n` });
    expect(JSON.parse(readFileSync(out, 'utf8'))).toMatchObject({
      seed: 11,
      device: 'simd',
      data: { source: '../points.csv' },
    });
    const { code, stdout } = await rxnn(['train', out, '--json']);
    expect(code).toBe(0);
    const { epoch, value } = state.best!;
    const reports = objects(stdout).flatMap(({ report }) => report ?? []);
    expect(reports.find(report => report.epoch === epoch).metrics.valLoss).toBe(value);
    const curve = state.trials.get(state.best!.trial)!.reports.map(({ metrics }) => metrics);
    expect(reports.map(({ metrics }) => metrics)).toEqual(curve);
  });

  it('prints the file as JSON, where the search file was', async () => {
    const { stdout } = await said('best', points, '--json', '--trial', '1');
    expect(JSON.parse(stdout)).toMatchObject({
      data: { source: 'points.csv' },
      model: { layers: [{ dense: { units: state.trials.get(1)!.hparams.units } }] },
    });
  });

  it('writes none of a study whose objective is a module, says so, and prints what the module was called with', async () => {
    const own = at('own');
    const json = {
      objective: { module: './objective.mjs', minimize: 'loss' },
      space: { x: { float: [0, 1] }, y: 3 },
      earlyStopping: [{ use: './rule.mjs' }],
      trials: 2,
      $schema: 'https://example.org/search.schema.json',
    };
    const journal = await openJournal(own, { ...init, search: { json, path: at('search', 'own.json') } });
    const events = smallStudy().map(event => ('hparams' in event ? { ...event, hparams: { x: 0.25 } } : event));
    for (const event of events) journal.write(event);
    await journal.close();
    expect(await said('best', own, '--out', at('own-best.json'))).toEqual({
      code: 2,
      stdout: '',
      stderr:
        'rxnn: own/journal.jsonl: --out: the objective of this study is a module, so no training file repeats a trial; `rxnn best --json` prints what the module is called with for the best trial\n',
    });
    expect(existsSync(at('own-best.json'))).toBe(false);
    const { code, stdout } = await said('best', own, '--json');
    expect([code, JSON.parse(stdout)]).toEqual([0, { x: 0.25, y: 3 }]);
  });

  it('says what there is none of', async () => {
    expect((await said('best', points, '--trial', '6')).stderr).toMatch(
      /journal\.jsonl: --trial: there is no trial 6; there are 6, from 0\n$/,
    );
    expect((await said('best', points, '--out', home.path)).stderr).toContain('--out: ');
    const empty = at('empty');
    const journal = await openJournal(empty, { study: init.study, seeds: {} });
    for (const event of smallStudy().slice(0, 3)) journal.write(event);
    await journal.close();
    expect(await said('best', empty)).toMatchObject({
      code: 2,
      stderr: 'rxnn: empty/journal.jsonl: no trial was completed, so there is no best one\n',
    });
    expect((await said('best', empty, '--trial', '0', '--json')).stderr).toContain('is not one of a search file');
  });
});

describe('rxnn export', () => {
  it('prints CSV, JSON and Optuna’s journal, or writes them', async () => {
    expect(lines((await said('export', digits())).stdout)).toHaveLength(5);
    expect(JSON.parse((await said('export', digits(), '--to', 'json')).stdout).trials).toHaveLength(4);
    const out = at('study.log');
    expect(await said('export', digits(), '--to', 'optuna', '--out', out)).toEqual({
      code: 0,
      stdout: '',
      stderr: '4 trials in study.log\n',
    });
    expect(Array.from(readFileSync(out, 'utf8').matchAll(/^\{"op_code": (\d)/gm), ([, op]) => Number(op))).toEqual([
      0, 3, 2, 4, 4, 4, 4,
    ]);
  });

  it.runIf(process.platform === 'linux')('writes through an open pipe, which has no name in any folder', async () => {
    const command = `"${process.execPath}" "${bin}" export "${digits()}" --to json --out /proc/self/fd/3 3>&1 >&2 | cat`;
    const { stdout, stderr } = await execute('sh', ['-c', command]);
    expect(stderr).toBe('4 trials in /proc/self/fd/3\n');
    expect(JSON.parse(stdout).trials).toHaveLength(4);
  });

  it('refuses another format, and to write over the journal', async () => {
    expect(await said('export', digits(), '--to', 'cvs')).toMatchObject({
      code: 2,
      stderr: 'rxnn: --to: expected csv or json or optuna, got "cvs" (did you mean "csv"?)\n',
    });
    expect((await said('export', digits(), '--out', join(digits(), 'journal.jsonl'))).stderr).toContain(
      'would be overwritten',
    );
  });
});

describe('rxnn replay', () => {
  it('says what each rule and all together would have saved, and whether the best trial would have been lost', async () => {
    const rules = [{ threshold: { metric: 'valLoss', above: 0.6, outcome: 'pruned' } }, { patience: { epochs: 5 } }];
    const { code, stdout } = await said('replay', digits(), '--rules', JSON.stringify(rules));
    expect([code, lines(stdout)]).toEqual([
      0,
      [
        'rules                                                stopped   epochs saved         rows saved  best trial  best then',
        'threshold {metric:valLoss,above:0.6,outcome:pruned}      3/4  3 of 8 (38 %)  300 of 800 (38 %)  #0 lost     –',
        'patience {epochs:5}                                      0/4   0 of 8 (0 %)     0 of 800 (0 %)  #0 kept     0.5000 (#0)',
        'all together                                             3/4  3 of 8 (38 %)  300 of 800 (38 %)  #0 lost     –',
        '',
        'threshold {metric:valLoss,above:0.6,outcome:pruned} would have stopped the best trial, #0, at epoch 1, with valLoss',
        '0.7000 instead of 0.5000: valLoss 0.7 is above 0.6',
        'all together would have stopped the best trial, #0, at epoch 1, with valLoss 0.7000 instead of 0.5000: valLoss 0.7 is',
        'above 0.6',
        'up to 2 trials that ended early would have gone on, with a valLoss that is not known',
      ],
    ]);
  });

  it('answers in a pipe, and in a narrow terminal, which has no room for the rest', async () => {
    const rules = ['--rules', '["median", { "patience": { "epochs": 5 } }]'];
    const piped = lines((await saidIn({}, 'replay', digits(), ...rules)).stdout);
    expect(piped[0]).toMatch(/^rules +stopped +epochs saved +rows saved +best trial +best then$/);
    const narrow = lines((await saidIn({ columns: 70 }, 'replay', digits(), ...rules)).stdout);
    expect(narrow[0]).toMatch(/^rules +stopped +epochs saved +best trial +best then +…$/);
    expect(narrow).toContain('no room for rows saved');
    expect(Math.max(...narrow.map(line => line.length))).toBeLessThanOrEqual(70);
  });

  it('says so when a rule would have completed the best trial before its best epoch', async () => {
    const curves = at('curves');
    const journal = await openJournal(curves, { ...init, study: { name: 'curves', identity: 'curves' } });
    const report = (trial: number, epoch: number, loss: number): UnstampedEvent => {
      const metrics = { loss, valLoss: loss };
      return { type: 'trial-reported', trial, report: { epoch, step: epoch, samples: epoch, seconds: epoch, metrics } };
    };
    const trial = (number: number, losses: readonly number[]): UnstampedEvent[] => [
      { type: 'trial-started', trial: number, hparams: { rate: 0.1 } },
      ...losses.map((loss, i) => report(number, i + 1, loss)),
      {
        type: 'trial-finished',
        trial: number,
        state: 'complete',
        value: Math.min(...losses),
        epochs: losses.length,
        seconds: losses.length,
        stop: { by: 'epochs', reason: 'all epochs done', outcome: 'complete', epoch: losses.length },
      },
    ];
    const events: UnstampedEvent[] = [
      { type: 'study-started', study: { ...info, name: 'curves' } },
      ...trial(0, [0.9, 0.8, 0.8, 0.8, 0.1]),
      ...trial(1, [0.9, 0.5, 0.3]),
    ];
    for (const event of stamped(events)) journal.write(event);
    await journal.close();
    const { stdout } = await said(
      'replay',
      curves,
      '--rules',
      '[{ "patience": { "metric": "valLoss", "epochs": 2 } }]',
    );
    expect(lines(stdout)[1]).toMatch(/ 1\/2 .* #0 lost +0\.3000 \(#1\)$/);
    expect(stdout.replaceAll('\n', ' ')).toContain(
      'would have stopped the best trial, #0, at epoch 4, with valLoss 0.8000 instead of 0.1000: ',
    );
    expect(stdout.replaceAll('\n', ' ')).toContain('; the best then is #1, number 2 of the record');
  });

  it('takes a file with a list, one rule, or a file with rules, and prints JSON', async () => {
    writeFileSync(at('list.json'), '["diverged"]');
    writeFileSync(at('one.json'), '{ "patience": { "epochs": 1 } }');
    writeFileSync(at('file.json'), '{ "earlyStopping": [{ "patience": { "epochs": 1 } }] }');
    const replayed = async (rules: string) =>
      objects((await said('replay', digits(), '--json', '--rules', rules)).stdout);
    expect(await replayed(at('list.json'))).toMatchObject([{ rules: 'diverged', trials: 4 }]);
    const patience = await replayed('"diverged"');
    expect(patience).toHaveLength(1);
    expect(await replayed(at('file.json'))).toEqual(await replayed(at('one.json')));
  });

  it.each<[string, string]>([
    ['[]', 'rxnn: --rules: expected at least one rule, got none\n'],
    ['["patiense"]', 'rxnn: --rules: [0]: no rule "patiense" (did you mean "patience"?)'],
    ['[{', 'rxnn: --rules: '],
    ['rules.json', 'rxnn: rules.json: no such file\n'],
  ])('--rules %j is one sentence', async (rules, sentence) => {
    const { code, stderr } = await said('replay', digits(), '--rules', rules);
    expect(code).toBe(2);
    expect(stderr).toContain(sentence);
    expect(stderr).toMatch(/^[^\n]+\n$/);
  });
});

describe('rxnn importance', () => {
  it('lists the shares of the hyperparameters, the most important first', async () => {
    const { code, stdout, stderr } = await said('importance', points);
    expect([code, stderr]).toEqual([0, 'note: 6 complete trials say little; 50 would say more\n']);
    const shares = importance(state);
    expect(lines(stdout).map(line => line.split(/ +/).slice(0, 2))).toEqual([
      ['hyperparameter', 'importance'],
      ...shares.map(each => [each.name, each.importance.toFixed(3)]),
    ]);
    expect(objects((await said('importance', points, '--json')).stdout)).toEqual(shares);
  });

  it('needs two complete trials, and a metric that is an objective', async () => {
    expect((await said('importance', digits())).stderr).toContain(
      'at least 2 complete trials can say what matters, and there is 1',
    );
    const { code, stderr } = await said('importance', points, '--metric', 'loss');
    expect(code).toBe(2);
    expect(stderr).toContain('"loss" is no objective of the study; expected one of valLoss');
  });
});

describe('rxnn salvage', () => {
  it('cuts a damaged journal before the damage, after which the study is read', async () => {
    const broken = at('rxnn-studies', 'broken');
    cpSync(digits(), broken, { recursive: true });
    const file = join(broken, 'journal.jsonl');
    copyFileSync(file, at('whole.jsonl'));
    writeFileSync(
      file,
      readFileSync(file, 'utf8')
        .replace('"median"', '"medium"')
        .replace('worse than the median', 'worse than the medium'),
    );
    const { stderr } = await said('trials', broken);
    expect(stderr).toMatch(/line 2 is damaged/);
    writeFileSync(
      file,
      readFileSync(at('whole.jsonl'), 'utf8').replace('worse than the median', 'worse than the medium'),
    );
    expect((await said('trials', broken)).stderr).toMatch(/or keep the 13 events before it with `rxnn salvage /);
    const { code, stdout } = await rxnn(['salvage', 'broken'], {
      cwd: home.path,
      env: { RXNN_STUDIES: 'rxnn-studies' },
    });
    expect([code, stdout]).toEqual([
      0,
      'rxnn-studies/broken/journal.jsonl has the 13 events before line 15; as it was, it is in rxnn-studies/broken/journal.damaged-1.jsonl\n',
    ]);
    const { events } = await readJournal(broken);
    expect(events).toStrictEqual(smallStudy().slice(0, 13));
    expect(existsSync(join(broken, 'lock'))).toBe(false);
    expect((await said('salvage', broken)).code).toBe(2);
    const told: StudyState = (events as StudyEvent[]).reduce(foldEvent, emptyStudy);
    expect(told.trials.size).toBe(3);
  });
});

describe('a study with several objectives', () => {
  const several = () => at('several');
  /** Trials by number: what the network costs, and how it does. */
  const values = [
    [0.5, 100],
    [0.2, 900],
    [0.6, 300],
    [0.3, 400],
  ];
  beforeAll(async () => {
    const objectives = [
      { metric: 'valLoss', direction: 'minimize' },
      { metric: 'parameters', direction: 'minimize' },
    ] as const;
    const study = { ...info, objective: objectives[0], objectives };
    const journal = await openJournal(several(), init);
    const bodies = values.flatMap(([valLoss, parameters], trial): UnstampedEvent[] => {
      const metrics = { valLoss: valLoss!, parameters: parameters! };
      return [
        { type: 'trial-started', trial, hparams: { units: 8 * (trial + 1), optimizer: 'sgd' } },
        { type: 'trial-reported', trial, report: { epoch: 1, step: 1, samples: 1, seconds: 1, metrics } },
        {
          type: 'trial-finished',
          trial,
          state: 'complete',
          value: valLoss,
          values: [valLoss!, parameters!],
          bestEpoch: 1,
          epochs: 1,
          seconds: 1,
          stop: { by: 'epochs', reason: 'ran to its end', outcome: 'complete', epoch: 1 },
        },
      ];
    });
    for (const event of stamped([{ type: 'study-started', study }, ...bodies])) journal.write(event);
    await journal.close();
  });

  it('has a Pareto front, which rxnn best shows with all values and hyperparameters', async () => {
    const { code, stdout } = await said('best', several());
    expect(code).toBe(0);
    const [heading, ...rows] = lines(stdout);
    expect(heading).toMatch(/^trial +valLoss +parameters +epoch +state +ended by +units +optimizer$/);
    expect(rows.map(row => row.trim().split(/ {2,}/))).toEqual([
      ['#1', '0.2000', '900', '1/1', 'complete', 'all epochs', '16', 'sgd'],
      ['#3', '0.3000', '400', '1/1', 'complete', 'all epochs', '32', 'sgd'],
      ['#0', '0.5000', '100', '1/1', 'complete', 'all epochs', '8', 'sgd'],
      [''],
      ['Pareto front (minimize valLoss, minimize parameters): 3 trials that no other beats in all'],
    ]);
    expect((await said('best', several(), '--trial', '2')).stdout).toMatch(/^trial #2: valLoss 0\.6000/);
  });

  it('has no trial that is the best, of which a file could be written, unless it is stated', async () => {
    const sentence =
      'rxnn: several/journal.jsonl: of several objectives no trial is the best of all; say with --trial which of the Pareto front: 1, 3, 0\n';
    expect(await said('best', several(), '--json')).toEqual({ code: 2, stdout: '', stderr: sentence });
    expect(await said('best', several(), '--out', at('front.json'))).toEqual({ code: 2, stdout: '', stderr: sentence });
  });

  it('has hyperparameters that matter for each, or for the one that was stated', async () => {
    const { stdout } = await said('importance', several());
    expect(lines(stdout).filter(line => line.startsWith('for '))).toEqual(['for valLoss', 'for parameters']);
    expect(lines(stdout).filter(line => line.startsWith('units '))).toHaveLength(2);
    const { state } = await readJournal(several());
    const each = (metric: string) => importance(state, { metric }).map(share => ({ metric, ...share }));
    expect(objects((await said('importance', several(), '--json')).stdout)).toEqual([
      ...each('valLoss'),
      ...each('parameters'),
    ]);
    const one = await said('importance', several(), '--metric', 'parameters', '--json');
    expect(objects(one.stdout)).toEqual(importance(state, { metric: 'parameters' }));
  });
});
