import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { run } from '../../src/cli/main.js';
import { readJournal } from '../../src/journal/read-journal.js';
import { type RunningStudy, runningFile } from '../../src/live/running-study.js';
import { only } from '../tune/trainings.js';
import { fakeIo } from './fake-io.js';
import { bin, folder, rxnn } from './rxnn.js';

// Real processes, which run dist/: `npm run build` first.

const objective = `
export default async function* ({ x }) {
  for (let epoch = 1; epoch <= 4000; epoch++) {
    await new Promise(wake => setTimeout(wake, 25));
    yield { epoch, step: epoch, samples: epoch, seconds: epoch / 40, metrics: { loss: x + 1 / epoch } };
    if (x === 0 && epoch === 4) return;
  }
}
`;
const search = {
  name: 'steered',
  space: { x: { float: [0, 1] }, kind: { choice: ['a', 'b'] } },
  objective: { module: './objective.mjs', minimize: 'loss' },
  sampler: { random: { seed: 0 } },
  trials: 3,
  parallel: 1,
};

let home: Awaited<ReturnType<typeof folder>>;
let studies: string;
beforeAll(async () => {
  home = await folder({ 'search.json': search, 'objective.mjs': objective });
  studies = await mkdtemp(join(tmpdir(), 'rxnn-steered-'));
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await home.remove();
  await rm(studies, { recursive: true, force: true });
});

const children: ChildProcess[] = [];
/** `rxnn tune` in the background, once it takes commands. */
async function tune(study: string, ...more: string[]) {
  const at = join(studies, study);
  const child = spawn(process.execPath, [bin, 'tune', join(home.path, 'search.json'), '--study', at, ...more], {
    env: { ...process.env, NO_COLOR: '1', RXNN_STUDIES: studies },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', text => (printed += text));
  const ended = new Promise<number | null>(resolve => child.on('close', resolve));
  await vi.waitFor(() => expect(existsSync(runningFile(at)), printed).toBe(true), { timeout: 20_000, interval: 50 });
  return { at, child, ended, printed: () => printed };
}
/** A command from this process, which is another one than the study's; starting one for each takes long. */
async function say(...args: string[]) {
  const { io, stdout, stderr } = fakeIo();
  const code = await run(args, { ...io, env: { RXNN_STUDIES: studies } });
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}

describe('a study that runs in another process', () => {
  test('is paused, resumed, enlarged, given trials and stopped by commands, and its journal says who did', async () => {
    const { at, ended, printed } = await tune('steered-0a1b2c3d');
    const running: RunningStudy = JSON.parse(readFileSync(runningFile(at), 'utf8'));
    if (process.platform !== 'win32') expect(statSync(runningFile(at)).mode & 0o777).toBe(0o600);
    expect(running.token).not.toBe(running.controlToken);

    const env = { RXNN_STUDIES: studies };
    const paused = await rxnn(['pause', 'steered', '0'], { env });
    const enqueued = await say('enqueue', 'steered', 'x=0');
    expect(paused).toEqual({ code: 0, stdout: 'trial 0 pauses, and its place is free for others\n', stderr: '' });
    expect(enqueued.stdout).toMatch(/^trial \d waits: x 0, kind [ab]\n$/);
    const [clone, wrong] = await Promise.all([
      say('enqueue', at, 'x=0', 'kind=b', '--like', '0', '--json'),
      say('enqueue', at, 'y=0'),
    ]);
    expect(JSON.parse(clone.stdout)).toEqual({ ok: true, trial: expect.any(Number), hparams: { x: 0, kind: 'b' } });
    expect([wrong.code, wrong.stderr]).toEqual([2, 'rxnn: no hyperparameter "y" (did you mean "x"?)\n']);
    const set = await say('set', 'steered', 'parallel=2', 'trials=5');
    expect(set.stdout).toBe('steered-0a1b2c3d: 2 trials at a time, 5 trials in all\n');
    await say('resume', 'steered', '0');
    await vi.waitFor(
      async () => {
        const { trials, running } = (await readJournal(at)).state;
        expect(running).toHaveLength(2);
        // Both places have a thread of their own.
        for (const number of running) expect(trials.get(number)?.reports.length).toBeGreaterThan(0);
      },
      { timeout: 20_000, interval: 50 },
    );
    // Those that would go on for ever; what is started meanwhile, too.
    for (let number = 0; number < 5; number++) {
      const { state } = await readJournal(at);
      if (state.trials.get(number)?.hparams.x === 0) continue;
      await vi.waitFor(async () => expect((await readJournal(at)).state.trials.has(number)).toBe(true), 20_000);
      const { code, stderr } = await say('stop', 'steered', String(number), '--reason', 'enough');
      expect([code, stderr]).toEqual([0, '']);
    }
    expect(await ended).toBe(0);
    expect(existsSync(runningFile(at))).toBe(false);

    const { events, state } = await readJournal(at);
    expect(state.trials.size).toBe(5);
    expect(state.counts).toMatchObject({ complete: 2, pruned: 3, failed: 0, running: 0, waiting: 0, paused: 0 });
    expect(only(events, 'trial-paused')).toMatchObject([{ trial: 0, by: 'command' }]);
    expect(only(events, 'trial-waits')).toMatchObject([{ trial: 0, by: 'command' }]);
    expect(only(events, 'study-changed')).toContainEqual(
      expect.objectContaining({ parallel: 2, trials: 5, by: 'command' }),
    );
    expect(only(events, 'trial-enqueued').map(({ origin }) => origin)).toEqual([
      { kind: 'enqueued', by: 'command' },
      { kind: 'clone', of: 0, by: 'command' },
    ]);
    const byHand = only(events, 'trial-finished').filter(({ state }) => state === 'pruned');
    expect(byHand.map(({ stop }) => [stop.by, stop.reason])).toEqual(Array(3).fill(['user', 'enough']));
    expect(only(events, 'study-finished').at(-1)?.reason).toBe('trials');
    const all = `${printed()}${readFileSync(join(at, 'journal.jsonl'), 'utf8')}`;
    for (const token of [running.token, running.controlToken]) expect(all).not.toContain(token);
  }, 60_000);

  test('waits while it is paused, and is stopped as a whole with the live page open too', async () => {
    const { at, ended, printed } = await tune('live-0a1b2c3d', '--live');
    const running: RunningStudy = JSON.parse(readFileSync(runningFile(at), 'utf8'));
    // One server for both: the page's, whose address does not give the right to control.
    expect(printed()).toContain(`http://127.0.0.1:${running.port}/#token=`);
    // The file may outlive the process, and be passed on with its folder: its tokens are of this run alone.
    for (const token of [running.token, running.controlToken]) expect(printed()).not.toContain(token);
    await say('pause', 'live');
    // Without a report there would be nothing to complete with.
    await vi.waitFor(async () => expect((await readJournal(at)).state.epochs).toBeGreaterThan(0), 20_000);
    await say('stop', 'live', '0', '--outcome', 'complete');
    await vi.waitFor(async () => expect((await readJournal(at)).state.counts.complete).toBe(1), 20_000);
    await new Promise(wake => setTimeout(wake, 300));
    expect((await readJournal(at)).state.trials.size).toBe(1);
    const stopped = await say('stop', 'live', '--reason', 'seen enough');
    expect(stopped.stdout).toBe('live-0a1b2c3d stops; `rxnn tune` goes on with it\n');
    expect(await ended).toBe(0);
    expect((await readJournal(at)).events.at(-1)).toMatchObject({
      type: 'study-finished',
      reason: 'interrupted',
      stopped: { by: 'command', reason: 'seen enough' },
    });
    expect(printed()).toContain('\nstopped by command: seen enough\n');
    expect((await say('studies')).stderr).toContain('live-0a1b2c3d was stopped by command: seen enough\n');
    expect((await say('studies')).stdout).toMatch(/live-0a1b2c3d +stopped /);
    expect((await say('trials', 'live')).stderr).toContain('the study was stopped by command: seen enough\n');
  }, 60_000);

  test('that was killed is not taken for a running one, and runs again', async () => {
    const { at, child, ended } = await tune('killed-0a1b2c3d');
    child.kill('SIGKILL');
    await ended;
    expect(existsSync(runningFile(at))).toBe(true);
    const { code, stderr } = await say('pause', 'killed');
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^rxnn: the study killed-0a1b2c3d does not run, so it takes no commands; `rxnn tune \S+search\.json` goes on with it\n$/,
    );
    const again = await tune('killed-0a1b2c3d');
    await vi.waitFor(async () => expect((await say('pause', 'killed')).code).toBe(0), 20_000);
    again.child.kill('SIGTERM');
    expect(await again.ended).toBe(143);
    expect(existsSync(runningFile(at))).toBe(false);
  }, 60_000);
});

test('a study that is not stored leaves nothing behind', async () => {
  const { code } = await rxnn(
    ['tune', join(home.path, 'search.json'), '--no-journal', '--time', '900ms', '--trials', '1'],
    { env: { RXNN_STUDIES: join(studies, 'none') } },
  );
  expect(code).toBe(0);
  expect(existsSync(join(studies, 'none'))).toBe(false);
  expect(readdirSync(home.path).sort()).toEqual(['objective.mjs', 'points.csv', 'search.json']);
});
