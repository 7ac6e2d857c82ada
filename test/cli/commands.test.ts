import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readJournal } from '../../src/journal/read-journal.js';
import type { StudyEvent } from '../../src/tune/events.js';
import { bin, execute, folder, rxnn, search } from './rxnn.js';

let home: Awaited<ReturnType<typeof folder>>;
const at = (name: string) => join(home.path, name);

beforeAll(async () => {
  home = await folder({
    'search.json': search(),
    'long.json': search({ trials: 500, epochs: 2000, batchSize: 45 }),
    'own.json': { objective: { module: './own.mjs', minimize: 'loss' }, space: { x: { float: [0, 1] } }, trials: 2 },
    'own.mjs': 'export default ({ x }) => Promise.resolve({ loss: x });\n',
    'broken.json': search({ earlyStopping: [{ use: './broken.mjs' }] }),
    'talks.json': search({ model: { layers: [{ dense: { units: 3, activation: { use: './talks.mjs' } } }] } }),
    'talks.mjs':
      'console.log("loads"); process.stdout.write("writes\\n"); export default (_, { ops }) => { console.info("makes"); return ops.tanh; };\n',
    'broken.mjs': 'export default () => source => { throw new Error("broken operator"); };\n',
  });
});
afterAll(() => home.remove());

const events = (stdout: string): StudyEvent[] =>
  stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line));

describe('rxnn tune', () => {
  it('prints one line a trial on stderr and the summary on stdout', async () => {
    const { code, stdout, stderr } = await rxnn(['tune', at('search.json')]);
    expect(code).toBe(0);
    expect(stderr.match(/^trial \d complete, valLoss [\d.]+ at epoch \d, 3 epochs, /gm)).toHaveLength(4);
    expect(stdout).toMatch(/^points: 4 trials in .+\n4 complete, 0 pruned, 0 failed; 12 epochs, 540 rows trained\n/);
    expect(stdout).toMatch(/\nbest: valLoss [\d.]+ at epoch \d of trial #\d\n {2}\S+/);
    expect(stdout + stderr).not.toContain('\u001b');
  });

  it('with --json prints one event a line and nothing else, the last with the best trial, counts, seconds and samples', async () => {
    const { code, stdout } = await rxnn(['tune', at('search.json'), '--json', '--trials', '2', '--seed', '5']);
    expect(code).toBe(0);
    const all = events(stdout);
    expect(all.map(({ seq }) => seq)).toEqual(all.map((_, i) => i));
    expect(all[0]).toMatchObject({ type: 'study-started', study: { name: 'points', trials: 2 } });
    expect(all.filter(({ type }) => type === 'trial-reported')).toHaveLength(6);
    expect(all.at(-1)).toMatchObject({
      type: 'study-finished',
      reason: 'trials',
      best: { trial: expect.any(Number), value: expect.any(Number), hparams: expect.any(Object) },
      counts: { complete: 2 },
      seconds: expect.any(Number),
      samples: 2 * 3 * 45,
    });
  });

  it('keeps what a module prints off stdout, here and in the workers', async () => {
    const { code, stdout, stderr } = await rxnn([
      'tune',
      at('talks.json'),
      '--json',
      '--trials',
      '2',
      '--parallel',
      '1',
    ]);
    expect([code, events(stdout).length]).toEqual([0, 12]);
    expect(stderr.match(/^loads$/gm)).toHaveLength(2);
    expect(stderr.match(/^writes$/gm)).toHaveLength(2);
    expect(stderr.match(/^makes$/gm)!.length).toBeGreaterThanOrEqual(2);
  });

  it('draws the same points and losses for the same seed, and others for another', async () => {
    const losses = async (seed: string) => {
      const { stdout } = await rxnn([
        'tune',
        at('search.json'),
        '--json',
        '--trials',
        '2',
        '--device',
        'cpu',
        '--parallel',
        '1',
        '--seed',
        seed,
      ]);
      return events(stdout).map(event =>
        event.type === 'trial-reported' ? event.report.metrics : 'hparams' in event ? event.hparams : 0,
      );
    };
    const [one, again, other] = await Promise.all([losses('1'), losses('1'), losses('2')]);
    expect(again).toEqual(one);
    expect(other).not.toEqual(one);
  });

  it('with --dry-run says what would run, runs nothing and writes nothing', async () => {
    const { code, stdout } = await rxnn(['tune', at('search.json'), '--dry-run', '--out', at('dry.json')]);
    expect(code).toBe(0);
    expect(stdout).toContain('valLoss');
    expect(existsSync(at('dry.json'))).toBe(false);
  });

  it('ends a study by the clock', async () => {
    const { code, stdout } = await rxnn(['tune', at('long.json'), '--json', '--time', '500ms']);
    expect(code).toBe(0);
    expect(events(stdout).at(-1)).toMatchObject({ type: 'study-finished', reason: 'time' });
  });

  it('ends with 1 when every trial failed, each with its reason', async () => {
    const { code, stdout, stderr } = await rxnn(['tune', at('broken.json')]);
    expect(code).toBe(1);
    expect(stderr.match(/^trial \d failed, .*in early stopping: \.\/broken\.mjs: broken operator/gm)).toHaveLength(4);
    expect(stdout).toContain('no trial was completed');
  });
});

describe('rxnn tune, interrupted', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)(
    'by %s stops what runs, which waits for the study to go on, prints the summary, gives its lock back and ends with %i',
    async (signal, expected) => {
      let sent = false;
      const study = at(`ended-by-${signal}`);
      const { code, stdout, stderr } = await rxnn(['tune', at('long.json'), '--json', '--study', study], {
        during: child => {
          if (!sent) child.kill(signal);
          sent = true;
        },
      });
      expect(code).toBe(expected);
      expect(await readdir(study)).not.toContain('lock');
      expect(stderr).toContain('interrupted: finishing');
      const all = events(stdout);
      const started = all.filter(({ type }) => type === 'trial-started').length;
      const finished = all.filter(({ type }) => type === 'trial-finished').length;
      expect(all.at(-1)).toMatchObject({
        type: 'study-finished',
        reason: 'interrupted',
        counts: { running: 0, waiting: started - finished },
      });
      expect(stderr).toContain('the same command goes on from here');
    },
  );

  it('a training keeps what it has learnt: the model of the last epoch is saved', async () => {
    const { model: _, optimizer: __, ...rest } = search({ epochs: 100_000 });
    const layers = [{ dense: { units: 4, activation: 'tanh' } }];
    await writeFile(
      at('endless.json'),
      JSON.stringify({ ...rest, model: { layers }, optimizer: { adam: { learningRate: 0.01 } } }),
    );
    let sent = false;
    const { code, stdout } = await rxnn(['train', at('endless.json'), '--out', at('kept.model')], {
      during: (child, stderr) => {
        if (sent || !stderr.includes('epoch')) return;
        sent = true;
        child.kill('SIGINT');
      },
    });
    expect(code).toBe(130);
    expect(stdout).toMatch(/^points: interrupted after [\d,]+ epochs? in /);
    expect((await rxnn(['predict', at('kept.model'), at('points.csv')])).code).toBe(0);
  });

  it('ends quietly with 141, as by SIGPIPE, when nobody reads its output any more, and the study goes on from there', async () => {
    const tune = `"${process.execPath}" "${bin}" tune "${at('long.json')}" --json --time 20s --study piped`;
    const { stdout, stderr } = await execute('sh', ['-c', `(${tune} 2>err; echo $? >code) | head -n 1`], {
      cwd: home.path,
    });
    expect(JSON.parse(stdout)).toMatchObject({ type: 'study-started' });
    expect(stderr).toBe('');
    expect(await readFile(at('code'), 'utf8')).toBe('141\n');
    expect(await readFile(at('err'), 'utf8')).not.toMatch(/EPIPE|Error|interrupted| {4}at /);
    const { events, state } = await readJournal(at('piped'));
    expect(events.at(-1)).toMatchObject({ type: 'study-finished', reason: 'interrupted' });
    expect(state.trials.size).toBeGreaterThan(0);
    expect(existsSync(at('piped/lock'))).toBe(false);
  });

  it('ends at once, with 141 too, when it has nothing to bring to an end', async () => {
    const help = `"${process.execPath}" "${bin}" studies . --json`;
    const { stderr } = await execute('sh', ['-c', `(sleep 0.3; ${help} 2>err; echo $? >code) | true`], {
      cwd: home.path,
    });
    expect(stderr).toBe('');
    expect(await readFile(at('code'), 'utf8')).toBe('141\n');
  });
});

describe('from a search to predictions', () => {
  it('the best trial is a training file, a trained model a file, and its predictions lines', async () => {
    const best = await rxnn(['tune', at('search.json'), '--out', at('best.json')]);
    expect([best.code, best.stderr.trim().split('\n').at(-1)]).toEqual([0, `the best trial is in ${at('best.json')}`]);
    expect(JSON.stringify(JSON.parse(await readFile(at('best.json'), 'utf8')))).not.toMatch(/"int"|"float"|"choice"/);

    const trained = await rxnn(['train', at('best.json'), '--epochs', '5', '--out', at('points.model')]);
    expect(trained.code).toBe(0);
    expect(trained.stdout).toMatch(
      /^points: 5 epochs in [\s\S]*\n {2}loss +[\d.]+\n {2}valLoss +[\d.]+\n {2}valAccuracy +[\d.]+\n$/,
    );
    expect(trained.stderr).toMatch(/epoch 5\/5 {2}loss [\d.]+ {2}valLoss/);

    const csv = await rxnn(['predict', at('points.model'), at('points.csv')]);
    const [header, ...rows] = csv.stdout.trim().split('\n');
    expect([csv.code, csv.stderr, header, rows.length]).toEqual([0, '', 'where,p(in),p(out)', 60]);
    for (const row of rows) {
      const [label, pIn, pOut] = row.split(',');
      expect(Number(pIn) + Number(pOut)).toBeCloseTo(1, 5);
      expect(label).toBe(Number(pIn) >= Number(pOut) ? 'in' : 'out');
    }
    const json = await rxnn(['predict', at('points.model'), at('points.csv'), '--json']);
    const lines = json.stdout
      .trim()
      .split('\n')
      .map(line => JSON.parse(line));
    expect(lines.map(({ where, probabilities: p }) => `${where},${p.in},${p.out}`)).toEqual(rows);
  });

  it('a training prints its reports as JSON lines', async () => {
    const { model: _, optimizer: __, objective: ___, sampler: ____, trials: _____, ...rest } = search();
    const layers = [{ dense: { units: 4, activation: 'tanh' } }];
    await writeFile(
      at('train.json'),
      JSON.stringify({ ...rest, model: { layers }, optimizer: { adam: { learningRate: 0.01 } } }),
    );
    const { code, stdout } = await rxnn(['train', at('train.json'), '--json']);
    expect(code).toBe(0);
    const lines = stdout
      .trim()
      .split('\n')
      .map(line => JSON.parse(line));
    expect(lines.map(({ type }) => type)).toEqual([...Array(3).fill('training-reported'), 'training-finished']);
    expect(lines.at(-1).metrics).toEqual(lines.at(-2).report.metrics);
  });
});

describe('what is wrong is one sentence with exit code 2, and nothing is written', () => {
  it.each([
    [['tune', 'nowhere.json'], /^rxnn: nowhere\.json: [^\n]+\n$/],
    [['train', 'nowhere.json', '--out', 'm'], /^rxnn: nowhere\.json: [^\n]+\n$/],
    [
      ['tune', 'own.json', '--out', 'best.json'],
      /^rxnn: own\.json: --out: the objective of this study is a module, so no training file repeats a trial; [^\n]+\n$/,
    ],
    [['tune', 'search.json', '--out', 'no/where.json'], /^rxnn: --out: there is no folder no\n$/],
    [['tune', 'search.json', '--out', '.'], /^rxnn: --out: \. is a folder, expected the name of a file\n$/],
    [['train', 'best.json', '--out', 'models/'], /^rxnn: --out: models\/ is a folder, expected the name of a file\n$/],
    [
      ['tune', 'search.json', '--out', './search.json'],
      /^rxnn: --out: \.\/search\.json is the file that runs, [^\n]+\n$/,
    ],
    [['train', 'search.json', '--out', 'search.json'], /^rxnn: --out: search\.json is the file that runs, [^\n]+\n$/],
    [['predict', 'search.json', 'points.csv'], /^rxnn: search\.json: [^\n]+\n$/],
    [['predict', 'nowhere.model', 'points.csv'], /^rxnn: nowhere\.model: [^\n]+\n$/],
    [['tune', 'typo.json'], /^rxnn: typo\.json: data\.target: no column "wher" \(did you mean "where"\?\)[^\n]*\n$/],
    [['tune', 'search.json', '--device', 'webgl2'], /^rxnn: --device: webgl2 cannot run here: [^\n]+\n$/],
    [['train', 'elsewhere.json'], /^rxnn: elsewhere\.json: device: webgl2 cannot run here: [^\n]+\n$/],
    [['predict', 'no.model', 'points.csv', '--device', 'webgl2'], /^rxnn: --device: webgl2 cannot run here: [^\n]+\n$/],
  ])('rxnn %j', async (args, sentence) => {
    await writeFile(
      at('typo.json'),
      JSON.stringify(search({ data: { source: 'points.csv', target: 'wher', split: { validation: 0.2 } } })),
    );
    const {
      model: _,
      optimizer: __,
      objective: ___,
      sampler: ____,
      trials: _____,
      ...rest
    } = search({ device: 'webgl2' });
    await writeFile(at('elsewhere.json'), JSON.stringify({ ...rest, model: { layers: [] }, optimizer: 'adam' }));
    const before = await readdir(home.path);
    const { code, stdout, stderr } = await rxnn(args, { cwd: home.path });
    expect([stdout, stderr]).toEqual(['', expect.stringMatching(sentence)]);
    expect(code).toBe(2);
    expect(await readdir(home.path)).toEqual(before);
  });

  it('a port in use', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise(resolve => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    const { code, stdout, stderr } = await rxnn(['tune', at('search.json'), '--live', '--port', String(port)]);
    server.close();
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(new RegExp(`^rxnn: port ${port} is in use[^\\n]*\\n$`));
  });

  it('with --debug the stack follows', async () => {
    const { code, stderr } = await rxnn(['tune', 'nowhere.json', '--debug'], { cwd: home.path });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^rxnn: nowhere\.json: [^\n]+\nInputError: [\s\S]+\n {4}at /);
  });
});

describe('--live', () => {
  it('says once where the page is, and ends with the study when nobody sits at a terminal', async () => {
    const { code, stderr } = await rxnn(['tune', at('search.json'), '--live'], { env: { XDG_STATE_HOME: home.path } });
    expect(code).toBe(0);
    expect(stderr.match(/^live: http:\/\/127\.0\.0\.1:\d+\/#token=[0-9a-f]+$/gm)).toHaveLength(1);
  });
});

describe('the program', () => {
  it('lists every device, with the reason for those that do not run', async () => {
    const { code, stdout } = await rxnn(['devices', '--json']);
    expect(code).toBe(0);
    const devices = stdout
      .trim()
      .split('\n')
      .map(line => JSON.parse(line));
    expect(devices.map(({ name }) => name)).toEqual(['webgpu', 'webgl2', 'simd', 'webasm', 'cpu']);
    for (const { available, reason, gflops } of devices) expect(available ? gflops > 0 : reason.length > 0).toBe(true);
  });

  it('says how to build it when it is not built', async () => {
    await mkdir(at('bin'), { recursive: true });
    await cp(bin, at('bin/rxnn.js'));
    await cp(join(dirname(bin), 'package.json'), at('bin/package.json'));
    await writeFile(at('package.json'), '{ "type": "module" }');
    const { code, stderr } = await execute(process.execPath, [at('bin/rxnn.js'), '--help']);
    expect([code, stderr]).toEqual([1, 'rxnn: dist/ is missing: build it with `npm run build` first\n']);
  });
});
