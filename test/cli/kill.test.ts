import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readJournal } from '../../src/journal/read-journal.js';
import { random } from '../../src/random.js';
import { bin, folder, search } from './rxnn.js';

let home: Awaited<ReturnType<typeof folder>>;
let studies: string;

const stopping = [
  'diverged',
  { patience: { metric: 'valLoss', epochs: 4 } },
  { median: { startupTrials: 3, warmup: 3 } },
  { successiveHalving: { minResource: 4, reductionFactor: 2 } },
];

/** None of them asks for weights, so that workers go on computing while they are asked. */
const looking = stopping.filter(rule => typeof rule === 'string' || !('patience' in rule));

/** Points of which some is left to be drawn; they wait, in this order, while the process dies for the first times. */
const enqueue = [{ units: 3 }, { learningRate: 0.05 }, { units: 7, learningRate: 0.01 }, { units: 5 }, { units: 8 }];

beforeAll(async () => {
  home = await folder({
    'one.json': search({
      name: 'one',
      enqueue,
      sampler: { tpe: { seed: 3, startupTrials: 5 } },
      model: { layers: [{ dense: { units: { int: [2, 16] }, activation: 'tanh' } }, { dropout: { rate: 0.1 } }] },
      epochs: 40,
      trials: 40,
      batchSize: 8,
      parallel: 1,
      checkpoint: { every: 0.02 },
      earlyStopping: stopping,
    }),
    'ahead.json': search({
      name: 'ahead',
      enqueue,
      sampler: { tpe: { seed: 3, startupTrials: 5 } },
      epochs: 120,
      trials: 48,
      batchSize: 8,
      parallel: 1,
      checkpoint: { every: 0.001 },
      earlyStopping: looking,
    }),
    'folds.json': search({
      name: 'folds',
      data: { source: 'points.csv', target: 'where', folds: { count: 3, stratify: true, seed: 0 } },
      epochs: 60,
      trials: 24,
      batchSize: 8,
      parallel: 1,
      checkpoint: { every: 0.001 },
      earlyStopping: stopping,
    }),
    'many.json': search({
      name: 'many',
      enqueue,
      epochs: 40,
      trials: 12,
      batchSize: 8,
      parallel: 3,
      checkpoint: { every: 0.02 },
      earlyStopping: [{ patience: { metric: 'valLoss', epochs: 4 } }],
    }),
    'turns.json': search({
      name: 'turns',
      sampler: { tpe: { seed: 1, startupTrials: 4 } },
      epochs: 25,
      trials: 14,
      batchSize: 8,
      parallel: 2,
      deterministic: { lanes: 3 },
      checkpoint: { every: 0.02 },
      earlyStopping: stopping,
    }),
  });
  studies = await mkdtemp(join(tmpdir(), 'rxnn-kill-'));
});
afterAll(async () => {
  await home.remove();
  await rm(studies, { recursive: true, force: true });
});

/** Runs the study of a file; killed after so many milliseconds from its first sign of work. */
function run(file: string, study: string, killAfter?: number): Promise<{ code: number | null; stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [bin, 'tune', join(home.path, file), '--study', join(studies, study)], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, NO_COLOR: '1' },
    });
    let stderr = '';
    let timer: NodeJS.Timeout | undefined;
    child.stderr.setEncoding('utf8').on('data', text => {
      stderr += text;
      if (killAfter === undefined || timer !== undefined || !stderr.includes(' at a time')) return;
      timer = setTimeout(() => child.kill('SIGKILL'), killAfter);
    });
    child.on('error', reject);
    child.on('close', code => {
      clearTimeout(timer);
      resolve({ code, stderr });
    });
  });
}

/** What must be the same, however often the process died. */
async function results(study: string) {
  const { state, events } = await readJournal(join(studies, study));
  const trials = [...state.trials.values()].map(
    ({ number, hparams, state, value, bestEpoch, epochs, reports, stop }) => {
      // The time that it took is another one each time.
      const numbers = reports.map(({ seconds: _, checkpoint: _c, ...report }) => report);
      return { number, hparams, state, value, bestEpoch, epochs, reports: numbers, stop };
    },
  );
  const ends = events.filter(({ type }) => type === 'trial-finished').length;
  const starts = events.filter(({ type }) => type === 'trial-started').length;
  const enqueued = events.flatMap(event =>
    event.type === 'trial-enqueued' ? [{ trial: event.trial, hparams: event.hparams, origin: event.origin }] : [],
  );
  return { trials, best: state.best, counts: state.counts, ends, starts, enqueued };
}

describe('a study whose process is killed with SIGKILL at random moments, again and again', () => {
  it.each([
    ['one.json', 'one worker: trials, hyperparameters, values and decisions are the same to the bit', 12],
    ['ahead.json', 'one worker that goes ahead of what is heard of it: the same', 8],
    ['folds.json', 'folds side by side: the same', 5],
    ['turns.json', 'trials heard in turns by several workers: the same', 6],
    ['many.json', 'several workers: every trial has the same numbers', 7],
  ])(
    '%s, %s',
    async (file, _, kills) => {
      const [whole, cut] = [`${file}-whole`, `${file}-cut`];
      const unbroken = await run(file, whole);
      expect(unbroken.code).toBe(0);
      const moments = random(7, file);
      let resumed = 0;
      let waited = 0;
      for (let kill = 0; kill < kills; kill++) {
        const { stderr } = await run(file, cut, Math.floor(moments.uniform() * 250));
        if (/goes on after/.test(stderr)) resumed++;
        const { state } = await readJournal(join(studies, cut));
        const queued = [...state.trials.values()].filter(trial => trial.origin?.kind === 'enqueued');
        if (queued.some(trial => trial.state === 'waiting' && trial.slot === undefined)) waited++;
      }
      const last = await run(file, cut);
      expect(last.code).toBe(0);
      expect(resumed).toBeGreaterThan(1);
      if ((await results(whole)).enqueued.length > 0) expect(waited).toBeGreaterThan(0);
      expect(await results(cut)).toEqual(await results(whole));
      expect(await results(cut)).toMatchObject({ starts: (await results(whole)).trials.length });
    },
    180_000,
  );
});
