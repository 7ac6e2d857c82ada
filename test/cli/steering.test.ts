import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { hparamsFrom, settingsFrom } from '../../src/cli/command-arguments.js';
import { whichStudy } from '../../src/cli/find-study.js';
import { run } from '../../src/cli/main.js';
import { openJournal } from '../../src/journal/open-journal.js';
import { thisProcess } from '../../src/journal/process-identity.js';
import { announceRunning, runningFile, runningStudy } from '../../src/live/running-study.js';
import { serveControl } from '../../src/live/serve-control.js';
import type { UnstampedEvent } from '../../src/tune/events.js';
import { type StudyCommand, studyControl } from '../../src/tune/study-control.js';
import { info, stamped } from '../journal/studies.js';
import { fakeIo } from './fake-io.js';

let studies: string;
const names = ['digits-2b5e5202', 'digits-2b5e5202.1', 'iris-00000001', 'iris-00000002', 'wine'];
beforeAll(async () => {
  studies = await mkdtemp(join(tmpdir(), 'rxnn-steering-'));
  for (const name of names) await (await openJournal(join(studies, name), init(name))).close();
  await mkdir(join(studies, 'empty'));
});
afterAll(() => rm(studies, { recursive: true, force: true }));

const init = (name: string) => ({
  study: { name, identity: name },
  search: { json: {}, path: 'search.json' },
  seeds: { study: 0 },
});
const env = () => ({ RXNN_STUDIES: studies });

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

/** A study that runs, as far as others can tell, and answers what it is made to. */
async function running(name: string, answer: (command: StudyCommand) => object = () => ({})) {
  const said: [StudyCommand, string][] = [];
  const control = studyControl();
  control.listen((command, by) => {
    said.push([command, by]);
    return answer(command);
  });
  const server = await serveControl(control);
  const remove = await announceRunning(join(studies, name), { ...server, controlToken: server.controlToken! });
  open.push(remove, server.close);
  return said;
}

/** What a command prints, and its exit code. */
async function say(...args: string[]) {
  const { io, stdout, stderr } = fakeIo();
  const code = await run(args, { ...io, env: env() });
  return [code, stdout.text(), stderr.text()];
}

describe('a command to a running study', () => {
  test.each<[string[], StudyCommand, string]>([
    [['pause', 'digits'], { type: 'pause' }, 'digits-2b5e5202 starts no new trial until it is resumed; '],
    [['pause', 'digits', '7'], { type: 'pause-trial', trial: 7 }, 'trial 7 pauses, and its place is free for others\n'],
    [['resume', 'digits'], { type: 'resume' }, 'digits-2b5e5202 starts trials again\n'],
    [['resume', 'digits', '0'], { type: 'resume-trial', trial: 0 }, 'trial 0 goes on as soon as there is a place\n'],
    [['stop', 'digits'], { type: 'stop' }, 'digits-2b5e5202 stops; `rxnn tune` goes on with it\n'],
    [
      ['stop', 'digits', '--reason', 'it overheats'],
      { type: 'stop', reason: 'it overheats' },
      'digits-2b5e5202 stops; `rxnn tune` goes on with it\n',
    ],
    [['stop', 'digits', '7'], { type: 'stop-trial', trial: 7 }, 'trial 7 is stopped as pruned\n'],
    [
      ['stop', 'digits', '7', '--reason', 'it oscillates', '--outcome', 'failed'],
      { type: 'stop-trial', trial: 7, reason: 'it oscillates', outcome: 'failed' },
      'trial 7 is stopped as failed\n',
    ],
    [['set', 'digits', 'parallel=4'], { type: 'set', parallel: 4 }, 'digits-2b5e5202: 4 trials at a time\n'],
    [
      ['set', 'digits', 'trials=200', 'parallel=1'],
      { type: 'set', trials: 200, parallel: 1 },
      'digits-2b5e5202: 1 trial at a time, 200 trials in all\n',
    ],
    [['retry', 'digits', '3'], { type: 'retry-trial', trial: 3 }, 'trial 9 waits: units 64 (trial 3 once more)\n'],
    [['enqueue', 'digits'], { type: 'enqueue', hparams: {} }, 'trial 9 waits: units 64\n'],
    [
      ['enqueue', 'digits', 'units=64', 'activation=relu', 'bias=false'],
      { type: 'enqueue', hparams: { units: 64, activation: 'relu', bias: false } },
      'trial 9 waits: units 64\n',
    ],
    [
      ['enqueue', 'digits', 'units=64', '--like', '2'],
      { type: 'clone-trial', trial: 2, hparams: { units: 64 } },
      'trial 9 waits: units 64 (like trial 2)\n',
    ],
  ])('says in one sentence what was done: rxnn %j', async (args, command, sentence) => {
    const said = await running('digits-2b5e5202', ({ type }) =>
      type === 'enqueue' || type === 'clone-trial' || type === 'retry-trial'
        ? { trial: 9, hparams: { units: 64 } }
        : {},
    );
    const [code, stdout, stderr] = await say(...args);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain(sentence);
    expect(String(stdout).match(/\n/g)).toHaveLength(1);
    expect(said).toEqual([[command, 'command']]);
    expect(await say(...args, '--json')).toEqual([0, expect.stringMatching(/^\{"ok":true.*\}\n$/), '']);
  });

  test('that the study refuses ends with its sentence and exit code 2', async () => {
    await running('wine', () => {
      throw new Error('trial 7 is complete; only a trial that is running can be paused');
    });
    const sentence = 'rxnn: trial 7 is complete; only a trial that is running can be paused\n';
    expect(await say('pause', 'wine', '7')).toEqual([2, '', sentence]);
    expect(await say('pause', 'wine', '7', '--json')).toEqual([2, '', sentence]);
  });

  test.each([
    [['stop', 'wine', '--outcome', 'pruned'], '--outcome is for a trial that is stopped; state its number'],
    [['stop', 'wine', '1', '--outcome', 'great'], '--outcome: expected complete or pruned or failed, got "great"'],
    [['pause', 'wine', 'first'], 'trial: expected a whole number from 0 up, got "first"'],
    [['set', 'wine', 'parallel=0'], 'parallel: expected a whole number from 1 up, got "0"'],
    [['set', 'wine', 'paralel=2'], 'no setting "paralel" (did you mean "parallel"?); there are parallel and trials'],
    [['set', 'wine'], 'missing required argument "changes"'],
    [['enqueue', 'wine', 'units'], 'expected name=value, such as units=64, got "units"'],
    [['enqueue', 'wine', 'x=1', 'x=2'], 'x is there twice; leave one of them out'],
    [['retry', 'wine'], 'missing required argument "trial"'],
  ])('that cannot be meant is refused before anything is sent: rxnn %j', async (args, sentence) => {
    const said = await running('wine');
    expect(await say(...args)).toEqual([2, '', `rxnn: ${sentence}\n`]);
    expect(said).toEqual([]);
  });
});

describe('a study that does not run', () => {
  const sentence = (how: string) =>
    `rxnn: the study wine does not run, so it takes no commands; \`rxnn tune search.json${how}\` goes on with it\n`;

  test('takes no command, and its own says so', async () => {
    expect(await say('pause', 'wine')).toEqual([2, '', sentence('')]);
  });

  test('outside of the folder of all studies is gone on with by naming its folder', async () => {
    const { io, stderr } = fakeIo();
    expect(await run(['stop', join(studies, 'wine')], { ...io, env: {} })).toBe(2);
    expect(stderr.text()).toBe(sentence(` --study ${join(studies, 'wine')}`));
  });

  test('but left its file behind is not spoken to', async () => {
    const said = await running('wine');
    const file = runningFile(join(studies, 'wine'));
    const own = (await runningStudy(join(studies, 'wine')))!;
    await writeFile(file, JSON.stringify({ ...own, pid: 2 ** 22 + 1 }));
    expect(await say('pause', 'wine')).toEqual([2, '', sentence('')]);
    await writeFile(file, JSON.stringify({ ...own, started: '1' }));
    expect(await say('pause', 'wine')).toEqual([2, '', sentence('')]);
    await writeFile(file, '{"pid":');
    expect(await say('pause', 'wine')).toEqual([2, '', sentence('')]);
    await writeFile(file, JSON.stringify({ ...own, token: 'secret' }));
    expect(await say('pause', 'wine')).toEqual([2, '', sentence('')]);
    expect(said).toEqual([]);
  });

  test('here, but on another machine, is not looked for at a port of this one', async () => {
    const said = await running('wine');
    const own = (await runningStudy(join(studies, 'wine')))!;
    await writeFile(runningFile(join(studies, 'wine')), JSON.stringify({ ...own, host: 'elsewhere' }));
    expect(await say('pause', 'wine')).toEqual([
      2,
      '',
      `rxnn: the study wine runs on elsewhere, as process ${own.pid}; say it there\n`,
    ]);
    expect(said).toEqual([]);
  });

  test('but whose process does is said not to answer', async () => {
    const { pid } = thisProcess();
    open.push(
      await announceRunning(join(studies, 'wine'), {
        port: 9,
        token: '0'.repeat(32),
        controlToken: '1'.repeat(32),
      }),
    );
    const [code, , stderr] = await say('pause', 'wine');
    expect(code).toBe(2);
    expect(stderr).toContain(`the study wine takes no commands: process ${pid} does not answer`);
    expect(stderr).not.toMatch(/[01]{32}/);
  });

  test('because it has just ended is said to be finished', async () => {
    const folder = join(studies, 'ended');
    const journal = await openJournal(folder, init('ended'));
    const counts = { waiting: 0, running: 0, paused: 0, complete: 0, pruned: 0, failed: 0 };
    const ending: UnstampedEvent[] = [
      { type: 'study-started', study: { ...info, name: 'ended' } },
      { type: 'study-finished', reason: 'trials', counts, seconds: 0, samples: 0 },
    ];
    for (const event of stamped(ending)) journal.write(event);
    await journal.close();
    open.push(await announceRunning(folder, { port: 9, token: '0'.repeat(32), controlToken: '1'.repeat(32) }));
    expect(await say('stop', 'ended')).toEqual([2, '', 'rxnn: the study ended is finished, so it takes no commands\n']);
  });
});

describe('a study is found', () => {
  const found = async (study: string) => (await whichStudy(study, env())).folder;

  test('by its folder, its journal, its name, and the beginning of its name', async () => {
    const folder = join(studies, 'digits-2b5e5202');
    for (const study of [folder, join(folder, 'journal.jsonl'), 'digits-2b5e5202', 'digits', 'dig'])
      expect(await found(study)).toBe(folder);
    expect(await found('digits-2b5e5202.1')).toBe(`${folder}.1`);
    expect(await found('w')).toBe(join(studies, 'wine'));
  });

  test.each([
    ['iris', '"iris" may be any of iris-00000001, iris-00000002; say more of its name'],
    ['wien', /^there is no study "wien", neither here nor in .* \(did you mean "wine"\?\)$/],
    ['', /^there is no study "", neither here nor in /],
  ])('or not, in a sentence: %j', async (study, sentence) => {
    await expect(found(study)).rejects.toThrow(sentence);
  });

  test('not in a folder that has none', async () => {
    await expect(found(join(studies, 'empty'))).rejects.toThrow('is a folder without a study');
  });
});

describe('values on the command line', () => {
  test('are what their JSON says, and texts where they are none', () => {
    const texts = ['a=1', 'b=-1e-3', 'c=true', 'd=null', 'e="1"', 'f=relu', 'g=', 'h=x=y', 'i=[1]', 'j=1e999', 'k={}'];
    expect(hparamsFrom(texts)).toEqual({
      a: 1,
      b: -0.001,
      c: true,
      d: null,
      e: '1',
      f: 'relu',
      g: '',
      h: 'x=y',
      i: '[1]',
      j: '1e999',
      k: '{}',
    });
    expect(Object.keys(hparamsFrom(['__proto__=1']))).toEqual(['__proto__']);
  });

  test('of settings are whole numbers', () => {
    expect(settingsFrom(['trials=200', 'parallel=4'])).toEqual({ trials: 200, parallel: 4 });
    expect(() => settingsFrom(['trials=1.5'])).toThrow('trials: expected a whole number from 1 up, got "1.5"');
  });
});
