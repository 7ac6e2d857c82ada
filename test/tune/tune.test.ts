import {
  EMPTY,
  filter,
  finalize,
  firstValueFrom,
  ignoreElements,
  lastValueFrom,
  map,
  merge,
  mergeMap,
  NEVER,
  Observable,
  of,
  pipe,
  range,
  Subject,
  type Subscriber,
  take,
  tap,
  throwError,
  timer,
  toArray,
} from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { any } from '../../src/early-stopping/any.js';
import { diverged } from '../../src/early-stopping/diverged.js';
import { patience } from '../../src/early-stopping/patience.js';
import { sampleBudget } from '../../src/early-stopping/sample-budget.js';
import type { Rule, StudyView } from '../../src/early-stopping/study-view.js';
import { timeBudget } from '../../src/early-stopping/time-budget.js';
import { named } from '../../src/early-stopping/user-rule.js';
import { InputError } from '../../src/errors.js';
import type { Report } from '../../src/train/report.js';
import { choice, float, int } from '../../src/tune/distributions.js';
import type { StudyEvent } from '../../src/tune/events.js';
import { grid } from '../../src/tune/samplers/grid.js';
import { randomSearch } from '../../src/tune/samplers/random-search.js';
import { searchSpace } from '../../src/tune/space.js';
import { type TuneOptions, tune } from '../../src/tune/tune.js';
import { decideAt, only, report, scripted, watch } from './trainings.js';

const x = float(0, 1);
const reports = (...values: readonly number[]) => of(...values.map((value, i) => report(i + 1, value)));
const run = (options: Partial<TuneOptions<{ x: typeof x }>>) =>
  lastValueFrom(
    tune({
      space: { x },
      objective: point => reports(point.x),
      minimize: 'valLoss',
      trials: 1,
      clock: () => 0,
      ...options,
    }).pipe(toArray()),
  );
const finished = async (options: Partial<TuneOptions<{ x: typeof x }>>) => only(await run(options), 'trial-finished');

/** Keeps the events and emits nothing: for when only the end and the subscriptions matter. */
const hear = (seen: StudyEvent[]) =>
  pipe(
    tap((event: StudyEvent) => seen.push(event)),
    ignoreElements(),
  );

const marbles = (body: (helpers: Parameters<Parameters<TestScheduler['run']>[0]>[0]) => void) =>
  new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(body);

describe('tune', () => {
  test('tells a whole study', async () => {
    let now = 1000;
    const events = await run({
      objective: (_, { trial }) => reports(3 - trial, 2 - trial),
      trials: 2,
      name: 'two trials',
      info: { epochs: 2, data: 'none' },
      clock: () => now++,
    });
    expect(events).toMatchObject([
      {
        seq: 0,
        time: 1000,
        type: 'study-started',
        study: {
          name: 'two trials',
          objective: { metric: 'valLoss', direction: 'minimize' },
          space: [{ name: 'x', kind: 'float', low: 0, high: 1 }],
          sampler: 'random',
          rules: [],
          trials: 2,
          parallel: 1,
          epochs: 2,
          data: 'none',
        },
      },
      { seq: 1, type: 'trial-started', trial: 0, hparams: { x: expect.any(Number) } },
      { seq: 2, type: 'trial-reported', trial: 0, report: { epoch: 1, samples: 100, metrics: { valLoss: 3 } } },
      { seq: 3, type: 'trial-reported', trial: 0, report: { epoch: 2, samples: 200, metrics: { valLoss: 2 } } },
      {
        seq: 4,
        type: 'trial-finished',
        trial: 0,
        state: 'complete',
        value: 2,
        bestEpoch: 2,
        epochs: 2,
        stop: { by: 'epochs', reason: 'ran to its end, epoch 2', outcome: 'complete', epoch: 2 },
      },
      { seq: 5, type: 'trial-started', trial: 1 },
      { seq: 6, type: 'trial-reported', trial: 1 },
      { seq: 7, type: 'trial-reported', trial: 1 },
      { seq: 8, type: 'trial-finished', trial: 1, value: 1 },
      {
        seq: 9,
        type: 'study-finished',
        reason: 'trials',
        best: { trial: 1, value: 1, epoch: 2 },
        counts: { complete: 2, pruned: 0, failed: 0, running: 0 },
        samples: 400,
      },
    ]);
    expect(JSON.parse(JSON.stringify(events))).toEqual(events.map(event => JSON.parse(JSON.stringify(event))));
  });

  test('is cold: nothing happens before somebody subscribes, and each subscription is a study of its own', async () => {
    let calls = 0;
    const events$ = tune({
      space: { x },
      objective: point => {
        calls++;
        return reports(point.x);
      },
      minimize: 'valLoss',
      trials: 3,
      seed: 4,
      clock: () => 0,
    });
    expect(calls).toBe(0);
    const first = await lastValueFrom(events$.pipe(toArray()));
    expect(calls).toBe(3);
    expect(await lastValueFrom(events$.pipe(toArray()))).toEqual(first);
  });

  test('the same seed gives the same study, another seed another one', async () => {
    const study = (seed: number, parallel: number) =>
      run({ trials: 6, seed, parallel, objective: (point, { seed: own }) => reports(point.x, own) });
    expect(await study(1, 1)).toEqual(await study(1, 1));
    expect(await study(1, 1)).not.toEqual(await study(2, 1));
    const hparams = async (parallel: number) => only(await study(1, parallel), 'trial-started').map(e => e.hparams);
    expect(await hparams(4)).toEqual(await hparams(1));
  });

  test('every trial has a seed of its own, the same run after run', async () => {
    const seeds = async (seed: number) => {
      const all: number[] = [];
      const objective = (_: unknown, context: { seed: number }) => {
        all.push(context.seed);
        return reports(1);
      };
      await run({ trials: 5, seed, objective });
      return all;
    };
    const first = await seeds(0);
    expect(new Set(first).size).toBe(5);
    expect(await seeds(0)).toEqual(first);
    expect(await seeds(1)).not.toEqual(first);
  });

  test('the objective gets the template with the point in it, typed, and the flat point beside it', async () => {
    const seen: unknown[] = [];
    await lastValueFrom(
      tune({
        space: {
          units: int(4, 4 + 1),
          kind: choice(['a']),
          net: { optimizer: choice([{ adam: { beta: choice([0.5]) } }]) },
        },
        objective: ({ units, kind, net }, { hparams }) => {
          expectTypeOf(units).toEqualTypeOf<number>();
          expectTypeOf(kind).toEqualTypeOf<'a'>();
          expectTypeOf(net.optimizer.adam.beta).toEqualTypeOf<0.5>();
          seen.push([kind, net, hparams]);
          return reports(1);
        },
        minimize: 'valLoss',
        sampler: grid(),
      }),
    );
    const net = { optimizer: { adam: { beta: 0.5 } } };
    expect(seen).toEqual([4, 5].map(units => ['a', net, { units, kind: 'a', optimizer: 'adam', beta: 0.5 }]));
    const space = searchSpace({ n: int(1, 3) });
    const events = await lastValueFrom(
      tune({ space, objective: ({ n }) => reports(n), maximize: 'valLoss', sampler: grid() }).pipe(toArray()),
    );
    expect(only(events, 'study-finished')[0]?.best).toMatchObject({ value: 3, hparams: { n: 3 } });
  });

  test('the objective may be a promise or an async iterable of reports', async () => {
    async function* iterated() {
      yield report(1, 5);
      yield report(2, 4);
    }
    const objective = (_: unknown, { trial }: { trial: number }) =>
      trial === 0 ? Promise.resolve(report(1, 6)) : iterated();
    expect((await finished({ objective, trials: 2 })).map(({ value }) => value)).toEqual([6, 4]);
  });
});

describe('the end of a study', () => {
  test('comes after exactly as many trials as were asked for', async () => {
    for (const parallel of [1, 3, 10]) {
      const events = await run({ trials: 7, parallel });
      expect(only(events, 'trial-started')).toHaveLength(7);
      expect(events.at(-1)).toMatchObject({ reason: 'trials', counts: { complete: 7 } });
    }
  });

  test('comes when the sampler has no more points', async () => {
    const options = {
      space: { n: int(1, 4) },
      objective: () => reports(1),
      minimize: 'valLoss',
      sampler: grid(),
    } as const;
    const all = await lastValueFrom(tune({ ...options, trials: 9, parallel: 3 }).pipe(toArray()));
    expect(all.at(-1)).toMatchObject({ reason: 'exhausted', counts: { complete: 4 } });
    expect(all[0]).toMatchObject({ study: { trials: 4 } });
    expect(await lastValueFrom(tune({ ...options, trials: 2 }))).toMatchObject({
      reason: 'trials',
      counts: { complete: 2 },
    });
  });

  test('comes when the time is up: running trials are stopped, and say so', () => {
    marbles(({ expectObservable, expectSubscriptions, cold, flush }) => {
      const training = cold<Report>('100ms a 100ms b 900ms c', { a: report(1, 3), b: report(2, 2), c: report(3, 1) });
      const seen: StudyEvent[] = [];
      const events$ = tune({ space: { x }, objective: () => training, minimize: 'valLoss', time: 0.5, parallel: 2 });
      expectObservable(events$.pipe(hear(seen))).toBe('500ms |');
      expectSubscriptions(training.subscriptions).toBe(['^ 499ms !', '^ 499ms !']);
      flush();
      expect(only(seen, 'trial-finished')).toMatchObject([
        {
          state: 'pruned',
          value: 2,
          seconds: 0.5,
          stop: { by: 'time', reason: "the study's time was up after epoch 2 of this trial" },
        },
        { state: 'pruned' },
      ]);
      expect(seen.at(-1)).toMatchObject({ reason: 'time', best: undefined, counts: { pruned: 2 }, seconds: 0.5 });
    });
  });

  test('trials that end at once neither hold up the event loop nor grow the stack', async () => {
    const last = await lastValueFrom(tune({ space: { x }, objective: () => EMPTY, minimize: 'valLoss', time: 0.05 }));
    expect(last).toMatchObject({ reason: 'time' });
    expect(only([last], 'study-finished')[0]?.counts.failed).toBeGreaterThan(1);
    expect(
      await lastValueFrom(tune({ space: { x }, objective: () => EMPTY, minimize: 'valLoss', trials: 5000 })),
    ).toMatchObject({ counts: { failed: 5000 } });
  });

  test.each(['stop$', 'signal'] as const)(
    '%s interrupts it: running trials are torn down and reported, then the study',
    how => {
      marbles(({ cold, expectObservable, expectSubscriptions, flush }) => {
        const training = cold<Report>('--a--b--c--|', { a: report(1, 3), b: report(2, 2), c: report(3, 1) });
        const controller = new AbortController();
        const stop$ = timer(6);
        if (how === 'signal') stop$.subscribe(() => controller.abort());
        const seen: StudyEvent[] = [];
        const events$ = tune({
          space: { x },
          objective: () => training,
          minimize: 'valLoss',
          trials: 9,
          parallel: 2,
          ...(how === 'signal' ? { signal: controller.signal } : { stop$ }),
        });
        expectObservable(events$.pipe(hear(seen))).toBe('------|');
        expectSubscriptions(training.subscriptions).toBe(['^-----!', '^-----!']);
        flush();
        expect(seen.slice(-3)).toMatchObject([
          {
            trial: 0,
            state: 'pruned',
            value: 2,
            epochs: 2,
            stop: { by: 'interrupted', reason: 'the study was interrupted after epoch 2 of this trial', epoch: 2 },
          },
          { trial: 1, state: 'pruned' },
          { type: 'study-finished', reason: 'interrupted', counts: { pruned: 2, complete: 0, running: 0 } },
        ]);
      });
    },
  );

  test('a study that is interrupted before it begins runs no trial', async () => {
    for (const events of [await run({ stop$: of(1) }), await run({ signal: AbortSignal.abort() })]) {
      expect(events.map(({ type }) => type)).toEqual(['study-started', 'study-finished']);
      expect(events[1]).toMatchObject({ reason: 'interrupted' });
    }
  });

  test('stop$ that fails interrupts it: it is told to its end, and then fails with the same error', () => {
    marbles(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const training = cold<Report>('--a--b--c--|', { a: report(1, 3), b: report(2, 2), c: report(3, 1) });
      const stop$ = cold<number>('------#', {}, 'lost');
      const seen: StudyEvent[] = [];
      const events$ = tune({ space: { x }, objective: () => training, minimize: 'valLoss', trials: 9, stop$ });
      expectObservable(events$.pipe(hear(seen))).toBe('------#', {}, 'lost');
      expectSubscriptions(training.subscriptions).toBe('^-----!');
      expectSubscriptions(stop$.subscriptions).toBe('^-----!');
      flush();
      expect(seen.slice(-2)).toMatchObject([
        { type: 'trial-finished', trial: 0, state: 'pruned', value: 2, stop: { by: 'interrupted', epoch: 2 } },
        { type: 'study-finished', reason: 'interrupted', counts: { pruned: 1, running: 0 } },
      ]);
    });
  });

  test('stop$ that fails before the study begins still lets it begin and end', async () => {
    const seen: StudyEvent[] = [];
    const events$ = tune({
      space: { x },
      objective: () => reports(1),
      minimize: 'valLoss',
      trials: 2,
      stop$: throwError(() => new Error('lost')),
    });
    await expect(lastValueFrom(events$.pipe(tap(event => seen.push(event))))).rejects.toThrow('lost');
    expect(seen.map(({ type }) => type)).toEqual(['study-started', 'study-finished']);
  });

  test('unsubscribing tears all running trials down and tells nothing more', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const training = cold<Report>('--a---b--|', { a: report(1, 3), b: report(2, 2) });
      const events$ = tune({ space: { x }, objective: () => training, minimize: 'valLoss', trials: 9, parallel: 3 });
      const reported$ = events$.pipe(
        filter(({ type }) => type !== 'study-started' && type !== 'trial-started'),
        map(event => (event.type === 'trial-reported' ? String(event.trial) : 'x')),
      );
      expectObservable(reported$, '-----!').toBe('--(012)');
      expectSubscriptions(training.subscriptions).toBe(['^----!', '^----!', '^----!']);
    });
  });

  test('who stops the study while hearing an event hears the events in order, as does everyone else', async () => {
    const controller = new AbortController();
    const heard: [number[], number[]] = [[], []];
    const objective = () => scripted([3, 2, 1], ['macrotask'], 'complete');
    const shared$ = new Subject<StudyEvent>();
    shared$.subscribe(event => {
      if (event.type === 'trial-reported') controller.abort();
      heard[0].push(event.seq);
    });
    shared$.subscribe(event => heard[1].push(event.seq));
    tune({ space: { x }, objective, minimize: 'valLoss', trials: 3, signal: controller.signal }).subscribe(shared$);
    await lastValueFrom(shared$);
    expect(heard).toEqual([
      [0, 1, 2, 3, 4],
      [0, 1, 2, 3, 4],
    ]);
  });
});

describe('slots', () => {
  test('at most `parallel` trials run; the next one is drawn, and its objective called, when one has ended', () => {
    marbles(({ cold, expectSubscriptions, expectObservable, flush }) => {
      const long = cold<Report>('a-----|', { a: report(1, 1) });
      const short = cold<Report>('a-|', { a: report(1, 1) });
      const asked: number[] = [];
      const sampler = {
        name: 'spy',
        begin: () => ({
          ask: (trial: number, history: ReadonlyMap<number, { state: string }>) => {
            asked.push([...history.values()].filter(({ state }) => state === 'running').length);
            return { x: trial / 10 };
          },
        }),
      };
      const events$ = tune({
        space: { x },
        objective: (_, { trial }) => (trial === 0 ? long : short),
        minimize: 'valLoss',
        trials: 4,
        parallel: 2,
        sampler,
      });
      expectObservable(events$.pipe(ignoreElements())).toBe('------|');
      expectSubscriptions(long.subscriptions).toBe('^-----!');
      expectSubscriptions(short.subscriptions).toBe(['^-!', '--^-!', '----^-!']);
      flush();
      expect(asked).toEqual([0, 1, 1, 1]);
    });
  });
});

describe('the end of a trial', () => {
  test("is its rule's first decision: the training is unsubscribed from at that moment", () => {
    marbles(({ cold, expectSubscriptions, expectObservable, flush }) => {
      const training = cold<Report>('-a-b-c-d-|', {
        a: report(1, 4),
        b: report(2, 3),
        c: report(3, 2),
        d: report(4, 1),
      });
      const seen: StudyEvent[] = [];
      const decision = { metric: 'valLoss', value: 3, threshold: 1, against: 'median of 5 trials at epoch 2' };
      const events$ = tune({
        space: { x },
        objective: () => training,
        minimize: 'valLoss',
        trials: 2,
        earlyStopping: () => decideAt(2, decision),
      });
      expectObservable(events$.pipe(hear(seen))).toBe('------|');
      expectSubscriptions(training.subscriptions).toBe(['^--!', '---^--!']);
      flush();
      expect(only(seen, 'trial-finished')[0]).toEqual({
        seq: 4,
        time: 3,
        type: 'trial-finished',
        trial: 0,
        state: 'pruned',
        value: 3,
        bestEpoch: 2,
        epochs: 2,
        seconds: 0.003,
        stop: { by: 'decider', reason: 'because', outcome: 'pruned', epoch: 2, ...decision },
      });
      expect(seen.at(-1)).toMatchObject({ best: undefined, counts: { pruned: 2 } });
    });
  });

  test("is where a user's operator completes: the trial is complete and says who ended it", async () => {
    const plateau = () => (source: Observable<Report>) => source.pipe(take(2));
    const [piped] = await finished({
      objective: () => reports(3, 2, 1),
      earlyStopping: () => pipe(plateau(), diverged()),
    });
    expect(piped).toMatchObject({
      state: 'complete',
      value: 2,
      epochs: 2,
      stop: {
        by: 'earlyStopping',
        reason: 'earlyStopping ended the training after epoch 2',
        outcome: 'complete',
        epoch: 2,
      },
    });
    function flat(source: Observable<Report>) {
      return source.pipe(take(1));
    }
    const [named] = await finished({ objective: () => reports(3, 2, 1), earlyStopping: () => flat });
    expect(named).toMatchObject({ epochs: 1, stop: { by: 'flat' } });
  });

  test('reports are told before the rule is asked, even those that it swallows', async () => {
    const events = await run({ objective: () => reports(3, 2, 1), earlyStopping: () => mergeMap(() => EMPTY) });
    expect(only(events, 'trial-reported').map(({ report }) => report.epoch)).toEqual([1, 2, 3]);
    expect(only(events, 'trial-finished')[0]).toMatchObject({ state: 'complete', epochs: 3, stop: { by: 'epochs' } });
  });

  test('is torn down before it is told, at every kind of end', async () => {
    const { log, watched } = watch();
    const rules = [
      pipe(),
      decideAt(1),
      take<Report>(1),
      map<Report, Report>(() => {
        throw new Error('no');
      }),
    ];
    const trainings = [reports(1, 2), throwError(() => new Error('no'))];
    const events$ = tune({
      space: { x },
      objective: (_, { trial }) => watched(trial, trainings[trial % 2]!),
      minimize: 'valLoss',
      trials: 8,
      earlyStopping: ({ trial }) => rules[Math.floor(trial / 2)]!,
    });
    let ends = 0;
    await lastValueFrom(
      events$.pipe(
        map(event => {
          if (event.type !== 'trial-finished') return;
          ends++;
          expect(log.tornDown.has(event.trial)).toBe(true);
        }),
      ),
    );
    expect(ends).toBe(8);
  });

  test('patience in a rule restores the best weights before the training is torn down', async () => {
    const log: string[] = [];
    const model = (epoch: number) => ({
      snapshot() {
        log.push(`snapshot ${epoch}`);
        return { dispose: () => log.push('dispose') };
      },
      restore: () => log.push('restore'),
      read: () => Promise.resolve({}),
      hold: () => () => {},
    });
    const training = of(1, 2, 3, 4).pipe(map(value => report(value, value, { model: model(value) })));
    const { watched } = watch();
    const [end] = await finished({
      objective: (_, { trial }) => watched(trial, training),
      earlyStopping: () => patience({ epochs: 2 }),
    });
    expect(log).toEqual(['snapshot 1', 'restore', 'dispose']);
    expect(end).toMatchObject({
      state: 'complete',
      value: 1,
      bestEpoch: 1,
      epochs: 3,
      stop: { by: 'patience', restoredEpoch: 1 },
    });
  });

  test('patience in a rule says which weights are back also when the training ran to its end', async () => {
    const model = {
      snapshot: () => ({ dispose() {} }),
      restore() {},
      read: () => Promise.resolve({}),
      hold: () => () => {},
    };
    const training = of(3, 1, 2).pipe(map((value, i) => report(i + 1, value, { model })));
    const ends = await finished({
      objective: () => training,
      trials: 4,
      earlyStopping: ({ trial }) =>
        [
          patience({ epochs: 5 }),
          any(diverged(), patience({ epochs: 5 })),
          pipe(diverged(), patience({ epochs: 5 })),
          patience({ epochs: 5, restoreBest: false }),
        ][trial]!,
    });
    const plainEnd = { by: 'epochs', reason: 'ran to its end, epoch 3', outcome: 'complete', epoch: 3 };
    expect(ends.map(({ stop }) => stop)).toEqual([...Array(3).fill({ ...plainEnd, restoredEpoch: 2 }), plainEnd]);
  });

  test('events carry no weights', async () => {
    const model = {
      snapshot: () => ({ dispose() {} }),
      restore() {},
      read: () => Promise.resolve({}),
      hold: () => () => {},
    };
    const events = await run({ objective: () => of(report(1, 1, { model })) });
    expect(only(events, 'trial-reported')[0]?.report).not.toHaveProperty('model');
  });
});

describe('a trial whose budget is used up before its first report', () => {
  const partial = { ...report(0, 1, { samples: 40, seconds: 3 }), metrics: { loss: 1 }, within: 'epoch' as const };
  test.each([
    ['timeBudget', timeBudget({ seconds: 2, within: 'epoch' }), '3 s of training have used up its 2 s'],
    ['sampleBudget', sampleBudget({ samples: 30, within: 'epoch' }), '40 training rows have used up its 30'],
  ])('is pruned without a value, by %s, as Optuna prunes one without a step', async (by, rule, reason) => {
    const [end] = await finished({ objective: () => of(partial, report(1, 1)), earlyStopping: () => rule });
    const stop = { by, outcome: 'pruned', epoch: 0, reason: `${reason}; it had not reported valLoss yet` };
    expect(end).toMatchObject({ state: 'pruned', epochs: 0, stop });
    expect(end?.value).toBeUndefined();
  });
});

describe('what an objective returns', () => {
  const value = { epoch: 1, metrics: { valLoss: 0.25 } };
  test.each<[string, TuneOptions<{ x: typeof x }>['objective']]>([
    ['metrics', () => ({ valLoss: 0.25 })],
    ['a report', () => value],
    ['a promise of metrics', async () => ({ valLoss: 0.25 })],
    ['a promise of a report', async () => value],
    ['a list of reports', () => [value]],
    ['a stream of reports', () => of(value)],
    [
      'an async iterable of metrics',
      async function* () {
        yield { valLoss: 0.25 };
      },
    ],
  ])('may be %s', async (_, objective) => {
    const events = await run({ objective });
    const whole = { epoch: 1, step: 1, samples: 0, seconds: 0, metrics: { valLoss: 0.25 } };
    expect(only(events, 'trial-reported').map(event => event.report)).toEqual([whole]);
    expect(only(events, 'trial-finished')[0]).toMatchObject({ state: 'complete', value: 0.25 });
  });
});

describe('reports that do not say their seconds', () => {
  const unsaid = (epoch: number) => ({ epoch, metrics: { valLoss: 1 / epoch } });

  test('come with those since the trial began, by the clock of the study, so that timeBudget ends it', async () => {
    let now = 0;
    const events = await run({
      objective: () => range(1, 9).pipe(map(unsaid)),
      earlyStopping: () => timeBudget({ seconds: 3 }),
      clock: () => 500 * now++,
    });
    const seconds = only(events, 'trial-reported').map(each => each.report.seconds);
    expect(seconds.at(-1)).toBeGreaterThanOrEqual(3);
    expect(seconds.slice(0, -1).every((each, i) => each > 0 && each < 3 && each > (seconds[i - 1] ?? 0))).toBe(true);
    expect(only(events, 'trial-finished')[0]?.stop).toMatchObject({ by: 'timeBudget', outcome: 'complete' });
  });

  test('and with those of before when it was paused', async () => {
    const study = { clock: () => 0, survives: true, stop$: NEVER };
    let now = 0;
    const first = await run({ ...study, objective: () => range(1, 3).pipe(map(unsaid)), clock: () => 1000 * now++ });
    const history = first.filter(({ type }) => !['trial-finished', 'study-finished'].includes(type));
    const before = only(history, 'trial-reported').at(-1)?.report.seconds as number;
    const events = await run({ ...study, objective: () => range(1, 5).pipe(map(unsaid)), history });
    const after = only(events, 'trial-reported').filter(({ report }) => report.epoch > 3);
    expect(after.map(({ report }) => report.seconds)).toEqual([before, before]);
    expect(before).toBeGreaterThan(0);
  });
});

describe('a trial that goes wrong fails alone, with its reason', () => {
  const broken: Readonly<Record<string, readonly [Partial<TuneOptions<{ x: typeof x }>>, string]>> = {
    'an objective that throws': [
      {
        objective: () => {
          throw new TypeError('x is not a function');
        },
      },
      'TypeError: x is not a function',
    ],
    'a training that errors': [{ objective: () => throwError(() => new Error('out of memory')) }, 'out of memory'],
    'a training without a report': [{ objective: () => EMPTY }, 'the objective ended without a report'],
    'an objective that returns nothing': [
      { objective: () => undefined as never },
      'expected reports such as { epoch: 1, metrics: { valLoss: 0.5 } }, or metrics alone such as { valLoss: 0.5 }, got undefined',
    ],
    'an objective that returns a number': [
      { objective: () => 0.3 as never },
      'or metrics alone such as { valLoss: 0.5 }, got 0.3',
    ],
    'a metric that is no number': [
      { objective: () => ({ valLoss: 'low' }) as never },
      'expected the metric "valLoss" to be a number, got "low"',
    ],
    'metrics that are no object': [
      { objective: () => of({ epoch: 1, metrics: 3 }) as never },
      'got {"epoch":1,"metrics":3}',
    ],
    'epochs that repeat': [
      { objective: () => of(report(1, 1), report(1, 2)) },
      'expected an epoch after 1, a whole number, got 1',
    ],
    'epochs that go backwards': [
      { objective: () => of(report(3, 1), report(2, 2)) },
      'expected an epoch after 3, a whole number, got 2',
    ],
    'epochs between others': [
      { objective: () => of(report(1, 1), report(1.5, 2)) },
      'expected an epoch after 1, a whole number, got 1.5',
    ],
    'reports without the metric': [
      { objective: () => of({ ...report(1, 1), metrics: { valLos: 1, loss: 1 } }) },
      'no metric "valLoss" in the reports, which have valLos, loss (did you mean "valLos"?)',
    ],
    'something that is no report': [
      { objective: () => of(3 as unknown as Report) },
      'expected reports such as { epoch: 1, metrics: { valLoss: 0.5 } }, or metrics alone such as { valLoss: 0.5 }, got 3',
    ],
    'an objective that is never a number': [
      { objective: () => reports(Number.NaN, Number.POSITIVE_INFINITY) },
      'ran to its end, epoch 2; valLoss was never a finite number',
    ],
    'a rule that throws when it is made': [
      {
        earlyStopping: () => {
          throw new Error('no');
        },
      },
      'in early stopping: no',
    ],
    'a rule that throws at a report': [
      {
        earlyStopping: () =>
          map(() => {
            throw new Error('no');
          }),
      },
      'in early stopping: no',
    ],
    'a rule that is no operator': [
      { earlyStopping: () => 'median' as never },
      'in early stopping: expected an operator on reports, such as patience({ epochs: 5 }), got string',
    ],
    'a rule that watches a metric that is not there': [
      { earlyStopping: () => patience({ metric: 'valF1', epochs: 3 }) },
      'in early stopping: patience: no metric "valF1" in the reports, which have loss, valLoss',
    ],
    'a rule that ends it before its first report': [
      { earlyStopping: () => () => EMPTY },
      'earlyStopping ended the trial before its first report',
    ],
    'a sampler that throws': [
      {
        sampler: {
          name: 'bad',
          begin: () => ({
            ask: () => {
              throw new Error('singular');
            },
          }),
        },
      },
      'singular',
    ],
    'a point that is not in the space': [
      { sampler: { name: 'bad', begin: () => ({ ask: () => ({ x: 7 }) }) } },
      'x: expected a number from 0 to 1, got 7',
    ],
  };
  test.each(Object.entries(broken))('%s', async (_, [options, reason]) => {
    const { sampler = randomSearch(), objective = () => reports(1), earlyStopping = () => pipe() } = options;
    const good = randomSearch().begin({
      space: searchSpace({ x }),
      objective: { metric: 'valLoss', direction: 'minimize' },
      seed: 0,
    });
    const sometimes: typeof sampler = {
      name: 'sometimes',
      begin: context => {
        const bad = sampler.begin(context);
        return { ask: (trial, history) => (trial === 1 ? bad : good).ask(trial, history) };
      },
    };
    const ends = await finished({
      trials: 3,
      objective: (point, context) => (context.trial === 1 ? objective(point, context) : reports(1)),
      earlyStopping: context => (context.trial === 1 ? earlyStopping(context) : pipe()),
      sampler: sometimes,
    });
    expect(ends.map(({ state }) => state)).toEqual(['complete', 'failed', 'complete']);
    expect(ends[1]?.stop).toMatchObject({ outcome: 'failed' });
    expect(ends[1]?.stop.reason).toContain(reason);
  });

  const textbook =
    (next: (report: Report, out: Subscriber<Report>) => void): Rule =>
    source =>
      new Observable(out => source.subscribe({ next: each => next(each, out), complete: () => out.complete() }));
  const brokenOperators: Readonly<Record<string, readonly [Rule, string]>> = {
    'throws in its own handler': [
      textbook(() => {
        throw new Error('no window yet');
      }),
      'no window yet',
    ],
    'throws in its own handler, behind an operator': [
      source =>
        textbook(() => {
          throw new Error('no window yet');
        })(source.pipe(filter(({ epoch }) => epoch > 1))),
      'no window yet',
    ],
    'emits undefined': [map(() => undefined as never), 'expected the operator to emit reports, got undefined'],
    'emits a number': [map(() => 5 as never), 'expected the operator to emit reports, got 5'],
    'decides without saying what': [
      map(each => ({ ...each, stop: true as never })),
      'expected `stop` to be a decision such as { by: "mine"',
    ],
    'decides for null': [map(each => ({ ...each, stop: null as never })), 'to be a decision such as'],
    'decides for a state that is none': [
      map(each => ({ ...each, stop: { by: 'mine', reason: 'flat', outcome: 'stopped' as never, epoch: 1 } })),
      'got {"by":"mine","reason":"flat","outcome":"stopped","epoch":1}',
    ],
    'returns nothing': [() => undefined as never, "You provided 'undefined' where a stream was expected"],
    'throws while it is torn down': [
      finalize(() => {
        throw new Error('cannot let go');
      }),
      'cannot let go',
    ],
  };
  describe.each([
    ['as it is', (operator: Rule) => operator],
    ['named', (operator: Rule) => named('mine', operator)],
    ['within a combinator', (operator: Rule) => any(operator, patience({ epochs: 9 }))],
  ])('a custom operator, %s, that', (_, used) => {
    test.each(Object.entries(brokenOperators))('%s', async (_, [operator, reason]) => {
      const ends = await finished({
        trials: 3,
        parallel: 3,
        objective: () => scripted([3, 2, 1], ['macrotask'], 'complete'),
        earlyStopping: ({ trial }) => (trial === 1 ? used(operator) : pipe()),
      });
      const states = ends.toSorted((a, b) => a.trial - b.trial).map(({ state }) => state);
      expect(states).toEqual(['complete', 'failed', 'complete']);
      const end = ends.find(({ trial }) => trial === 1)!;
      expect(end.stop).toMatchObject({ by: 'error', outcome: 'failed' });
      expect(end.stop.reason).toContain(reason);
    });

    test('does not complete with its source keeps nobody waiting', async () => {
      for (const forgetful of [textbook((each, out) => out.next(each)), () => NEVER] as const) {
        const silent: Rule = source => merge(forgetful(source), NEVER);
        const [end] = await finished({ objective: () => reports(2, 1), earlyStopping: () => used(silent) });
        expect(end).toMatchObject({ state: 'complete', epochs: 2, stop: { by: 'epochs' } });
      }
    });
  });

  test('a teardown that throws when the trial is stopped fails it', async () => {
    const leaky$ = new Observable<Report>(subscriber => {
      queueMicrotask(() => subscriber.next(report(1, 1)));
      return () => {
        throw new Error('cannot free');
      };
    });
    const ends = await finished({
      objective: (_, { trial }) => (trial === 0 ? leaky$ : reports(1)),
      trials: 2,
      earlyStopping: () => decideAt(1, { outcome: 'complete' }),
    });
    expect(ends.map(({ state }) => state)).toEqual(['failed', 'complete']);
    expect(ends[0]?.stop.reason).toBe('while it was torn down: cannot free');
  });

  test.each<[string, (training$: Observable<Report>) => Observable<Report>]>([
    ['of its own', training$ => training$],
    ['beneath an operator', map(each => each)],
  ])('a teardown %s that throws when the training has completed at once fails it', async (_, as) => {
    const leaky$ = new Observable<Report>(subscriber => {
      subscriber.next(report(1, 1));
      subscriber.complete();
      return () => {
        throw new Error('cannot free');
      };
    });
    const noisy$ = reports(1).pipe(
      finalize(() => {
        throw new Error('cannot free');
      }),
    );
    const ends = await finished({
      objective: (_, { trial }) => (trial === 0 ? as(leaky$) : trial === 1 ? noisy$ : reports(1)),
      trials: 3,
    });
    expect(ends.map(({ state }) => state)).toEqual(['failed', 'failed', 'complete']);
    expect(ends[0]?.stop.reason).toBe('while it was torn down: cannot free');
    expect(ends[1]?.stop.reason).toBe('while it was torn down: cannot free');
  });

  test('a teardown that throws when a training that emits all at once is stopped fails it', async () => {
    const leaky$ = new Observable<Report>(subscriber => {
      for (let epoch = 1; !subscriber.closed; epoch++) subscriber.next(report(epoch, 1));
      return () => {
        throw new Error('cannot free');
      };
    });
    const [end] = await finished({ objective: () => leaky$, earlyStopping: () => decideAt(3) });
    expect(end).toMatchObject({ state: 'failed', epochs: 3, stop: { reason: 'while it was torn down: cannot free' } });
  });

  test('what a training says after it was stopped does not matter', async () => {
    const cancelled$ = new Observable<Report>(subscriber => {
      subscriber.next(report(1, 1));
      subscriber.error(new Error('cancelled'));
    });
    const [end] = await finished({ objective: () => cancelled$, earlyStopping: () => decideAt(1) });
    expect(end).toMatchObject({ state: 'pruned', stop: { by: 'decider' } });
  });

  test('an endless training that emits all at once is ended by its rule', async () => {
    const forever$ = range(1, Number.POSITIVE_INFINITY).pipe(map(epoch => report(epoch, 1)));
    const [end] = await finished({ objective: () => forever$, earlyStopping: () => decideAt(5) });
    expect(end).toMatchObject({ state: 'pruned', epochs: 5 });
  });
});

describe('the record', () => {
  test('is not altered by an objective, a rule or a sampler that changes what it was given', async () => {
    const point: Record<string, number> = { x: 0.5 };
    const events = await run({
      sampler: { name: 'own', begin: () => ({ ask: () => point }) },
      objective: (_, { hparams }) => {
        (hparams as { x: number }).x = 7;
        point.x = 0.25;
        return of(report(1, 2, { folds: [{ valLoss: 2 }] }), report(2, 1));
      },
      earlyStopping: ({ hparams }) => {
        (hparams as { x: number }).x = 8;
        return map(each => {
          (each.metrics as { valLoss: number }).valLoss = 99;
          for (const fold of each.folds ?? []) (fold as { valLoss: number }).valLoss = 99;
          return each;
        });
      },
    });
    expect(only(events, 'trial-started')[0]?.hparams).toEqual({ x: 0.5 });
    expect(only(events, 'trial-reported').map(({ report }) => [report.metrics.valLoss, report.folds])).toEqual([
      [2, [{ valLoss: 2 }]],
      [1, undefined],
    ]);
    expect(only(events, 'study-finished')[0]?.best).toMatchObject({ value: 1, hparams: { x: 0.5 } });
  });

  test('cannot be changed by a rule that looks at other trials', async () => {
    const ends = await finished({
      trials: 2,
      objective: () => reports(2, 1),
      earlyStopping: ({ study }) =>
        tap(() => {
          for (const { reports: known } of study.trials) {
            for (const { metrics } of known) (metrics as { valLoss: number }).valLoss = 0;
          }
        }),
    });
    expect(ends.map(({ state, stop }) => [state, stop.by])).toEqual([
      ['failed', 'error'],
      ['failed', 'error'],
    ]);
    expect(ends[1]?.stop.reason).toMatch(/^in early stopping: TypeError: .*read only/);
  });
});

describe('the best trial', () => {
  test('is a complete one: pruned and failed trials do not count, however good', async () => {
    const outcomes = ['pruned', 'failed', 'complete', 'complete'] as const;
    const events = await run({
      objective: (_, { trial }) => reports(trial, trial),
      trials: 4,
      earlyStopping: ({ trial }) => decideAt(1, { outcome: outcomes[trial]! }),
    });
    expect(only(events, 'study-finished')[0]?.best).toMatchObject({ trial: 2, value: 2, epoch: 1 });
  });

  test('is the first of equals, and NaN is never best', async () => {
    const values = [Number.NaN, 2, 1, 1];
    const last = (maximize: boolean) =>
      run({
        objective: (_, { trial }) => reports(values[trial]!, Number.NaN),
        trials: 4,
        ...(maximize ? { minimize: undefined, maximize: 'valLoss' } : {}),
      }).then(events => only(events, 'study-finished')[0]?.best);
    expect(await last(false)).toMatchObject({ trial: 2, value: 1 });
    expect(await last(true)).toMatchObject({ trial: 1, value: 2 });
  });
});

describe('the study as rules see it', () => {
  test('has every trial started so far, and the reports that rules were asked about before', async () => {
    const seen: string[] = [];
    const tell = (study: StudyView) =>
      study.trials.map(({ number, state, reports: known }) => `${number} ${state} ${known.length}`).join(', ');
    await finished({
      objective: () => reports(2, 1),
      trials: 2,
      earlyStopping: ({ study, trial }) =>
        map(given => {
          seen.push(`${study.trial === trial} ${study.objective.metric}: ${tell(study)}`);
          return given;
        }),
    });
    expect(seen).toEqual([
      'true valLoss: 0 running 0',
      'true valLoss: 0 running 1',
      'true valLoss: 0 complete 2, 1 running 0',
      'true valLoss: 0 complete 2, 1 running 1',
    ]);
  });
});

describe('options of tune', () => {
  const options = { space: { x }, objective: () => reports(1), minimize: 'valLoss', trials: 1 } as const;
  test.each([
    [{ minimize: undefined }, 'tune: expected either `minimize` or `maximize` to name a metric'],
    [{ maximize: 'valAccuracy' }, 'tune: expected either `minimize` or `maximize`'],
    [{ trials: 0 }, 'tune: expected `trials` to be a whole number from 1 up, got 0'],
    [{ trials: 1.5 }, 'tune: expected `trials` to be a whole number'],
    [{ parallel: 0 }, 'tune: expected `parallel` to be a whole number from 1 up, got 0'],
    [{ parallel: Number.NaN }, 'tune: expected `parallel`'],
    [{ seed: 'one' as never }, 'tune: expected `seed` to be a whole number from 0 up, got one'],
    [{ seed: -5 }, 'tune: expected `seed` to be a whole number from 0 up, got -5'],
    [{ seed: 0.5 }, 'tune: expected `seed` to be a whole number from 0 up, got 0.5'],
    [
      { paralel: 3 } as never,
      'tune: no option "paralel" (did you mean "parallel"?); there are space, objective, minimize, maximize, ',
    ],
    [{ time: -1 }, 'tune: expected `time` to be seconds from above 0 to 2147483, got -1'],
    [{ time: 1e9 }, 'tune: expected `time` to be seconds'],
    [{ objective: 3 as never }, 'tune: expected `objective` to be a function'],
    [{ sampler: 'random' as never }, 'tune: expected `sampler` to be a sampler'],
    [{ earlyStopping: [] as never }, 'tune: expected `earlyStopping` to be a function'],
    [
      { trials: undefined },
      'tune: expected `trials` or `time`, because the sampler "random" does not say after how many points (`count`) it ends',
    ],
    [{ sampler: grid() }, 'x: grid: x, every number from 0 to 1, has no end of values; give it a "step"'],
  ])('%o is refused at once, in one sentence', (wrong, message) => {
    const call = () => tune({ ...options, ...wrong });
    expect(call).toThrow(InputError);
    expect(call).toThrow(message);
  });

  test('NEVER is a training too: nothing but its report is awaited', async () => {
    const events$ = tune({ ...options, objective: () => NEVER });
    expect(await firstValueFrom(events$.pipe(take(2), toArray()))).toHaveLength(2);
  });
});
