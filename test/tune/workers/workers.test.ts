import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { concatMap, from, lastValueFrom, map, type Observable, take, tap, timer, toArray } from 'rxjs';
import { afterEach, describe, expect, test } from 'vitest';
import { patience } from '../../../src/early-stopping/patience.js';
import type { Rule } from '../../../src/early-stopping/study-view.js';
import { successiveHalving } from '../../../src/early-stopping/successive-halving.js';
import { threshold } from '../../../src/early-stopping/threshold.js';
import type { Weights } from '../../../src/nn/network.js';
import { holdMap } from '../../../src/train/hold-map.js';
import type { Report } from '../../../src/train/report.js';
import { choice } from '../../../src/tune/distributions.js';
import type { StudyEvent } from '../../../src/tune/events.js';
import { grid } from '../../../src/tune/samplers/grid.js';
import { type ObjectiveContext, type TrialContext, type TuneOptions, tune } from '../../../src/tune/tune.js';
import { openWorkers, type Workers, type WorkersOptions } from '../../../src/tune/workers/open-workers.js';
import { only } from '../trainings.js';
import objective, { points } from './objective.mjs';

// Real threads, which run dist/: `npm run build` first.
const module = new URL('./objective.mjs', import.meta.url);
const opened: Workers[] = [];
const open = (options: Partial<WorkersOptions> = {}) => {
  const workers = openWorkers({ module, workers: 1, ...options });
  opened.push(workers);
  return workers;
};
afterEach(async () => {
  await Promise.all(opened.splice(0).map(workers => workers.close()));
});

/** As long as a thread may take on a busy machine, in ms. */
const LONG = 20_000;

const context = (trial = 0) => ({ trial, seed: 1, hparams: {} });
const reportsOf = (workers: Workers, hparams: object, trial = 0) =>
  lastValueFrom(workers.objective(hparams, context(trial)).pipe(toArray()));
/** Runs trials of these kinds one after another, `parallel` at a time. */
const study = (workers: Workers, kinds: readonly (string | object)[], more: Partial<TuneOptions<unknown>> = {}) =>
  tune({
    space: { of: choice(kinds.map((_, i) => i)) },
    objective: ({ of }: { of: number }, context: TrialContext) => {
      const kind = kinds[of]!;
      return workers.objective(typeof kind === 'string' ? { kind } : kind, context);
    },
    sampler: grid(),
    minimize: 'loss',
    ...more,
  } as never) as Observable<StudyEvent>;
const finished = async (events$: Observable<StudyEvent>) =>
  only(await lastValueFrom(events$.pipe(toArray())), 'trial-finished').map(({ state, stop }) => [state, stop.reason]);
const untimed = (events: readonly StudyEvent[]) =>
  JSON.parse(
    JSON.stringify(events, (key, value) => (key === 'seconds' || key === 'time' ? undefined : value)),
  ) as unknown;

describe('a trial in a worker', () => {
  test('reports what it reports in this thread, to the bit', async () => {
    const hparams = { units: 5, epochs: 4 };
    const here = await lastValueFrom((objective(hparams, { trial: 3 }) as Observable<Report>).pipe(toArray()));
    const there = await reportsOf(open(), hparams, 3);
    expect(there).toHaveLength(4);
    expect(there.map(({ metrics }) => metrics)).toEqual(here.map(({ metrics }) => metrics));
    expect(there.map(({ step, samples }) => [step, samples])).toEqual(here.map(({ step, samples }) => [step, samples]));
  });

  test('is not said to compute while it waits for its reports to be heard', async () => {
    const workers = open();
    await reportsOf(workers, { kind: 'generator', epochs: 1 });
    workers.load();
    const begin = performance.now();
    let heard = 0;
    const slowly = tap(() => {
      const from = performance.now();
      while (performance.now() < from + 25);
      heard += performance.now() - from;
    });
    await lastValueFrom(workers.objective({ kind: 'generator', epochs: 12 }, context()).pipe(slowly, toArray()));
    const elapsed = performance.now() - begin;
    const [load] = workers.load();
    expect(load?.busy).toBeLessThanOrEqual(1 - heard / elapsed + 0.02);
    expect(load?.busy).toBeGreaterThanOrEqual(0);
  });

  test('runs in another thread, the same for all trials of a worker, with the shared data in shared memory', async () => {
    const workers = open({ shared: { data: points() } });
    const [[first], [second]] = [
      await reportsOf(workers, { kind: 'where' }),
      await reportsOf(workers, { kind: 'where' }),
    ];
    expect(first!.metrics).toMatchObject({ main: 0, buffer: 1 });
    expect(second!.metrics.thread).toBe(first!.metrics.thread);
  });

  test('may be whatever RxJS takes for a stream', async () => {
    const reports = await reportsOf(open(), { kind: 'generator', epochs: 5 });
    expect(reports.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5]);
  });

  test("keeps still while its report is delivered: snapshots, restoring and reading are of that report's weights", async () => {
    const workers = open();
    const readAt = new Map<number, Weights>();
    const run = (look: (report: Report) => void) =>
      lastValueFrom(
        workers.objective({ epochs: 4 }, context()).pipe(
          tap(look),
          holdMap(async report => {
            readAt.set(report.epoch, await report.model!.read());
            return report;
          }),
          toArray(),
        ),
      );
    const plain = await run(() => {});
    const truth = new Map(readAt);
    expect(truth.get(2)).not.toEqual(truth.get(1));
    let kept: ReturnType<NonNullable<Report['model']>['snapshot']>;
    const restored = await run(({ epoch, model }) => {
      if (epoch === 2) kept = model!.snapshot();
      if (epoch === 4) model!.restore(kept);
    });
    expect(readAt.get(3)).toEqual(truth.get(3));
    expect(readAt.get(4)).toEqual(truth.get(2));
    expect(restored.map(({ metrics }) => metrics)).toEqual(plain.map(({ metrics }) => metrics));
  });

  test('waits while a report is held, and goes on when it is released', async () => {
    const workers = open();
    const order: string[] = [];
    await lastValueFrom(
      workers.objective({ epochs: 3 }, context()).pipe(
        tap(({ epoch }) => order.push(`reported ${epoch}`)),
        holdMap(async report => {
          await new Promise(resolve => setTimeout(resolve, 30));
          order.push(`done ${report.epoch}`);
          return report;
        }),
      ),
    );
    expect(order).toEqual([1, 2, 3].flatMap(epoch => [`reported ${epoch}`, `done ${epoch}`]));
  });

  test('is freed in its worker before it is reported finished, at an early stop too', async () => {
    const words = new Int32Array(new SharedArrayBuffer(8));
    const workers = open({ shared: { words } });
    const states: unknown[] = [];
    await lastValueFrom(
      study(workers, [{ epochs: 2 }, { epochs: 1e6 }], { earlyStopping: () => take(5) as Rule }).pipe(
        tap(event => {
          if (event.type === 'trial-started') Atomics.store(words, 0, 0);
          if (event.type === 'trial-finished') states.push([event.epochs, Atomics.load(words, 0)]);
        }),
      ),
    );
    // The word is 1 and the number of tensors that are left on the worker's device.
    expect(states).toEqual([
      [2, 1],
      [5, 1],
    ]);
  });

  test('ends when it is unsubscribed from, and makes nothing more', async () => {
    const words = new Int32Array(new SharedArrayBuffer(8));
    const workers = open({ shared: { words } });
    const pending: PromiseLike<unknown>[] = [];
    const waitFor = (teardown: PromiseLike<unknown>) => pending.push(teardown);
    const training = workers.objective({ kind: 'counts batches' }, { ...context(), waitFor });
    await new Promise<void>(resolve => {
      const subscription = training.subscribe(() => {
        setTimeout(() => {
          subscription.unsubscribe();
          resolve();
        }, 20);
      });
    });
    expect(pending).toHaveLength(1);
    await pending[0];
    const count = Atomics.load(words, 1);
    await new Promise(resolve => setTimeout(resolve, 30));
    expect(Atomics.load(words, 1)).toBe(count);
  });

  test('that waits for a worker is left out when it is unsubscribed from', async () => {
    const workers = open();
    const first = workers.objective({ epochs: 1e6 }, context()).subscribe();
    let reports = 0;
    const second = workers.objective({}, context(1)).subscribe(() => reports++);
    second.unsubscribe();
    first.unsubscribe();
    expect(await reportsOf(workers, {})).toHaveLength(3);
    expect(reports).toBe(0);
  });

  test('fails with the error of its objective, name and all', async () => {
    const kinds = ['throws', 'rejects', 'unknown', { units: 0 }];
    expect(await finished(study(open(), kinds))).toEqual([
      ['failed', 'TypeError: no such thing'],
      ['failed', 'RangeError: too far'],
      ['failed', 'no unknown'],
      ['failed', expect.stringContaining('units must be a whole number')],
    ]);
  });

  test('fails when a report or a hyperparameter is no plain data', async () => {
    const ends = await finished(study(open(), ['function in a report', { kind: () => 1 }, 'generator']));
    expect(ends.map(([state]) => state)).toEqual(['failed', 'failed', 'complete']);
    expect(ends[0]![1]).toContain('a report must be plain data to reach the tuner from a worker thread');
    expect(ends[1]![1]).toContain('hyperparameters must be plain data to reach a worker thread');
  });

  test('fails when its teardown throws, as in this thread', async () => {
    expect(await finished(study(open(), ['fails when freed']))).toEqual([
      ['failed', 'while it was torn down: still in use'],
    ]);
  });
});

describe('a study in one worker', () => {
  test('has the events of one in this thread, times aside, with a rule that restores weights', async () => {
    const workers = open();
    const kinds = [2, 3, 5, 8].map(units => ({ units, epochs: 40, learningRate: 0.3 }));
    const options: Partial<TuneOptions<unknown>> = { earlyStopping: () => patience({ metric: 'valLoss', epochs: 2 }) };
    const here = study({ ...workers, objective } as never, kinds, options);
    const there = await lastValueFrom(study(workers, kinds, options).pipe(toArray()));
    expect(untimed(there)).toEqual(untimed(await lastValueFrom(here.pipe(toArray()))));
    expect(only(there, 'trial-finished').some(({ stop }) => stop.by === 'patience')).toBe(true);
    expect(only(there, 'trial-finished').some(({ stop }) => stop.restoredEpoch !== undefined)).toBe(true);
  });
});

describe('a worker that may go ahead', () => {
  /** What of each report has a model, and the epoch that the worker is at while it is heard, once it stands still. */
  const heard = async (ahead: boolean, more: Partial<TuneOptions<unknown>> = {}) => {
    const words = new Int32Array(new SharedArrayBuffer(4));
    const workers = open({ ahead, shared: { words } });
    const seen: { epoch: number; at: number; model: boolean }[] = [];
    const objective = (hparams: object, context: ObjectiveContext) =>
      workers.objective(hparams, context).pipe(
        tap(({ epoch, model }) => {
          // A worker that goes on is sooner there than that; one that does not, never.
          if (Atomics.load(words, 0) === epoch)
            Atomics.wait(words, 0, epoch, context.ahead && ahead && epoch < 4 ? LONG : 50);
          seen.push({ epoch, at: Atomics.load(words, 0), model: model !== undefined });
        }),
      );
    const events = study({ ...workers, objective } as never, [{ kind: 'counts reports', epochs: 4 }], more);
    const ends = await finished(events);
    return { seen, ends };
  };

  test('makes the next report while one is heard, and keeps still with that', async () => {
    const { seen, ends } = await heard(true);
    expect(seen).toEqual([1, 2, 3, 4].map(epoch => ({ epoch, at: Math.min(epoch + 1, 4), model: false })));
    expect(ends).toEqual([['complete', expect.any(String)]]);
  });

  test('keeps still while a report is heard if it is not asked to, or a rule may ask for weights', async () => {
    const still = [1, 2, 3, 4].map(epoch => ({ epoch, at: epoch, model: true }));
    expect((await heard(false)).seen).toEqual(still);
    const rule = () => patience({ metric: 'loss', epochs: 9 });
    expect((await heard(true, { earlyStopping: rule })).seen).toEqual(still);
    expect((await heard(true, { deterministic: { lanes: 1 } })).seen).toEqual(still);
  });

  test('ends at a decision: what it made since is nobody’s', async () => {
    const { seen, ends } = await heard(true, { earlyStopping: () => threshold({ metric: 'loss', below: 0.6 }) });
    expect(seen.map(({ epoch }) => epoch)).toEqual([1, 2]);
    expect(ends).toEqual([['complete', expect.stringContaining('loss')]]);
  });

  test('has the events of one that waits, times aside, under a rule that compares trials', async () => {
    const kinds = [2, 3, 5, 8, 4, 6].map(units => ({ units, epochs: 9, learningRate: 0.3 }));
    const earlyStopping: TuneOptions<unknown>['earlyStopping'] = ({ study }) => successiveHalving(study);
    const [waiting, ahead] = [open(), open({ ahead: true })].map(workers =>
      lastValueFrom(study(workers, kinds, { earlyStopping }).pipe(toArray())),
    );
    expect(untimed((await ahead)!)).toEqual(untimed((await waiting)!));
    expect(only((await ahead)!, 'trial-finished').some(({ state }) => state === 'pruned')).toBe(true);
  });

  test('fails, crashes and is freed as one that waits', async () => {
    const workers = open({ ahead: true });
    expect(await finished(study(workers, ['throws', 'function in a report', 'fails when freed', 'generator']))).toEqual(
      [
        ['failed', 'TypeError: no such thing'],
        ['failed', expect.stringContaining('plain data')],
        ['failed', 'while it was torn down: still in use'],
        ['complete', 'ran to its end, epoch 3'],
      ],
    );
  });
});

describe('a study in several workers', () => {
  test('has the same reports for each trial, whatever their number', async () => {
    const kinds = [2, 3, 4, 5, 6, 7].map(units => ({ units, epochs: 6 }));
    const of = async (size: number) => {
      const events = await lastValueFrom(study(open({ workers: size }), kinds, { parallel: size }).pipe(toArray()));
      return kinds.map((_, trial) =>
        only(events, 'trial-reported').flatMap(event => (event.trial === trial ? [event.report.metrics] : [])),
      );
    };
    const one = await of(1);
    expect(one.map(reports => reports.length)).toEqual(kinds.map(() => 6));
    expect(await of(3)).toEqual(one);
  });

  test('runs more trials at a time than it has workers, each as soon as one is free', async () => {
    const ends = await finished(study(open({ workers: 2 }), Array(7).fill('generator'), { parallel: 5 }));
    expect(ends.map(([state]) => state)).toEqual(Array(7).fill('complete'));
  });
});

describe('workers of which there are to be more or fewer', () => {
  const slow = { kind: 'generator', epochs: 200 };
  const threadsOf = (workers: Workers, trials: number) =>
    Promise.all(Array.from({ length: trials }, () => reportsOf(workers, { kind: 'where' }))).then(
      all => new Set(all.map(([report]) => report!.metrics.thread)),
    );

  test('are started when trials need them', async () => {
    const workers = open({ shared: { data: points() } });
    const endless = workers.objective({ kind: 'generator', epochs: 1e9 }, context()).subscribe();
    const waits = reportsOf(workers, { kind: 'where' });
    workers.resize(2);
    expect(workers.size).toBe(2);
    expect(await waits).toHaveLength(1);
    expect((await threadsOf(workers, 4)).size).toBe(1);
    endless.unsubscribe();
  });

  test('end when they are idle, those with a trial after it', async () => {
    const workers = open({ workers: 2, shared: { data: points() } });
    const both = [reportsOf(workers, slow), reportsOf(workers, slow)];
    workers.resize(1);
    expect((await Promise.all(both)).map(reports => reports.length)).toEqual([200, 200]);
    const [first] = await threadsOf(workers, 1);
    expect(await threadsOf(workers, 6)).toEqual(new Set([first]));
  });

  test('are at least one', () => {
    expect(() => open().resize(0)).toThrow('resize: expected `workers` to be a whole number from 1 up, got 0');
  });
});

describe('a worker', () => {
  test.each([
    ['crashes', /crashed: TypeError: later/],
    ['exits', /ended by its own code: process\.exit\(7\)/],
    ['hangs', /gave no sign of life for 1 s and was ended; "workerTimeout" sets/],
    ['fills the memory', /ran out of memory/],
  ])('that %s loses one trial, which says so, and is replaced', async (kind, reason) => {
    const workerTimeout = kind === 'hangs' ? 1 : 60;
    const workers = open({ workerTimeout, resourceLimits: { maxOldGenerationSizeMb: 24 } });
    const ends = await finished(study(workers, ['generator', kind, 'generator']));
    expect(ends.map(([state]) => state)).toEqual(['complete', 'failed', 'complete']);
    expect(ends[1]![1]).toMatch(reason);
  });

  test('that fills its memory ends before V8 would end the process, with the usual limit too', async () => {
    const ends = await finished(study(open(), ['fills the memory with numbers', 'generator']));
    expect(ends).toEqual([
      ['failed', expect.stringContaining('ran out of memory')],
      ['complete', expect.anything()],
    ]);
  });

  test('that hangs when its trial was ended is replaced; the decision stands', async () => {
    const workers = open({ workerTimeout: 1 });
    const ends = await finished(
      study(workers, ['hangs when freed', 'generator'], { earlyStopping: () => take(1) as Rule }),
    );
    expect(ends.map(([state]) => state)).toEqual(['complete', 'complete']);
  });

  test('whose module never finishes loading is freed at once when nobody wants the trial, and else given up as one that hangs', async () => {
    const workers = open({ workerTimeout: 1, module: new URL('data:text/javascript,await new Promise(() => {})') });
    const stop$ = timer(200);
    expect(await finished(study(workers, ['train'], { stop$ }))).toEqual([
      ['pruned', 'the study was interrupted after epoch 0 of this trial'],
    ]);
    expect(await finished(study(workers, ['train']))).toEqual([
      ['failed', expect.stringContaining('gave no sign of life for 1 s')],
    ]);
  });

  test('whose module posts messages of its own goes on', async () => {
    const posts = `import { parentPort } from 'node:worker_threads';
      export default () => { for (const odd of [null, undefined, 1, {}]) parentPort.postMessage(odd); return [{ epoch: 1, metrics: { loss: 1 } }]; };`;
    const workers = open({ module: new URL(`data:text/javascript,${encodeURIComponent(posts)}`) });
    expect(await finished(study(workers, ['train']))).toEqual([['complete', 'ran to its end, epoch 1']]);
  });

  test('whose module cannot be loaded fails every trial with the reason', async () => {
    const workers = open({ module: new URL('data:text/javascript,export default 5') });
    expect(await finished(study(workers, ['train', 'train']))).toEqual(
      Array(2).fill(['failed', expect.stringContaining('must export the objective, a function, by default')]),
    );
  });

  test.each([
    ['export default () => [];\nconst odd = {\n', 'SyntaxError: Unexpected end of input'],
    ['throw new Error("oh");', 'Error: oh'],
    ['import "./nowhere.mjs";', 'Error: Cannot find module'],
  ])('whose module fails to load, as %j does, names it', async (text, reason) => {
    const folder = await mkdtemp(join(tmpdir(), 'rxnn-worker-'));
    try {
      const file = join(folder, 'broken.mjs');
      await writeFile(file, text);
      const workers = open({ module: file });
      const [[state, said]] = (await finished(study(workers, ['train']))) as [[string, string]];
      expect(state).toBe('failed');
      expect(said).toContain(`${file} cannot be loaded: ${reason}`);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('that is closed fails the trial that it runs', async () => {
    const workers = open();
    const ended = lastValueFrom(workers.objective({ epochs: 1e6 }, context()).pipe(tap(() => void workers.close())));
    await expect(ended).rejects.toThrow('the worker threads were closed while this trial was running');
    await expect(reportsOf(workers, {})).rejects.toThrow('the worker threads are closed');
  });
});

test('a model of a report that has been delivered cannot be held, and none of a trial that is over can be read', async () => {
  const workers = open();
  const models = await lastValueFrom(
    workers.objective({}, context()).pipe(
      map(({ model }) => model!),
      concatMap(model => from([model])),
      toArray(),
    ),
  );
  expect(() => models[0]!.hold()).toThrow('has been delivered');
  await reportsOf(workers, {});
  expect(() => models[0]!.snapshot()).toThrow('the network was disposed');
  await expect(models[0]!.read()).rejects.toThrow('the network was disposed');
});

test.each([
  [{ module: './nowhere.mjs' }, 'expected `module` to be a JavaScript file, and there is none at file:'],
  [{ module: 5 }, 'expected `module` to be a path or a URL, got 5'],
  [{ module: '.' }, 'expected `module` to be a JavaScript file, and there is none at file:'],
  [{ workers: 0 }, 'expected `workers` to be a whole number from 1 up, got 0'],
  [{ workerTimeout: 0 }, 'expected `workerTimeout` to be seconds from 1 up, got 0'],
  [{ shared: { f: () => 1 } }, 'expected `shared` to be plain data, which threads can be sent'],
])('openWorkers refuses %j', (options, message) => {
  expect(() => open(options as never)).toThrow(message);
});
