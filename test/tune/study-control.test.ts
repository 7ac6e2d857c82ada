import { lastValueFrom, Observable, tap, toArray } from 'rxjs';
import { describe, expect, test, vi } from 'vitest';
import { InputError } from '../../src/errors.js';
import type { Report } from '../../src/train/report.js';
import { createStudy } from '../../src/tune/create-study.js';
import { choice, float, int } from '../../src/tune/distributions.js';
import type { HParams, StudyEvent } from '../../src/tune/events.js';
import { foldEvent } from '../../src/tune/fold-event.js';
import { grid } from '../../src/tune/samplers/grid.js';
import { randomSearch } from '../../src/tune/samplers/random-search.js';
import type { Sampler } from '../../src/tune/samplers/sampler.js';
import { searchSpace } from '../../src/tune/space.js';
import { type StudyCommand, studyControl } from '../../src/tune/study-control.js';
import { emptyStudy } from '../../src/tune/study-state.js';
import { type TuneOptions, tune } from '../../src/tune/tune.js';
import { only, report } from './trainings.js';

const space = { x: float(0, 1) };

/** Ten epochs, one a turn of the event loop. */
function tenEpochs(): Observable<Report> {
  return new Observable(subscriber => {
    let epoch = 0;
    const step = () => {
      if (subscriber.closed) return;
      subscriber.next(report(++epoch, 1 / epoch));
      if (epoch === 10) subscriber.complete();
      else setImmediate(step);
    };
    setImmediate(step);
  });
}

/** Runs a study and says `commands` when the event of their number has been heard. */
async function steered(
  commands: Readonly<Record<number, StudyCommand | readonly StudyCommand[]>>,
  options: Partial<TuneOptions<typeof space>> = {},
) {
  const control = studyControl();
  const events: StudyEvent[] = [];
  const answers: unknown[] = [];
  await new Promise<void>((resolve, reject) => {
    tune<typeof space>({ space, objective: tenEpochs, minimize: 'valLoss', trials: 3, control, ...options }).subscribe({
      next: event => {
        events.push(event);
        for (const command of [commands[event.seq] ?? []].flat()) {
          try {
            answers.push(control.send(command, 'test'));
          } catch (error) {
            answers.push((error as Error).message);
          }
        }
      },
      error: reject,
      complete: resolve,
    });
  });
  events.forEach((event, index) => {
    expect(event.seq).toBe(index);
  });
  return { events, answers, state: events.reduce(foldEvent, emptyStudy) };
}

describe('a study that is steered', () => {
  test('pauses a trial, whose place another one takes, and resumes it where it was', async () => {
    const { events, answers, state } = await steered({
      4: { type: 'pause-trial', trial: 0 },
      12: { type: 'resume-trial', trial: 0 },
    });
    expect(answers).toEqual([{}, {}]);
    expect(only(events, 'trial-paused')).toMatchObject([{ trial: 0, epoch: 3, by: 'test' }]);
    const started = events.findIndex(event => event.type === 'trial-started' && event.trial === 1);
    expect(started).toBe(events.findIndex(({ type }) => type === 'trial-paused') + 1);
    expect(only(events, 'trial-resumed')).toMatchObject([{ trial: 0, epoch: 3 }]);
    expect(state.trials.get(0)?.reports.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(state.counts).toMatchObject({ complete: 3, paused: 0 });
  });

  test('does not end while a trial is paused', async () => {
    const control = studyControl();
    const events: StudyEvent[] = [];
    const done = new Promise<void>(resolve => {
      tune<typeof space>({ space, objective: tenEpochs, minimize: 'valLoss', trials: 2, control }).subscribe({
        next: event => {
          events.push(event);
          if (event.seq === 3) control.send({ type: 'pause-trial', trial: 0 });
        },
        complete: resolve,
      });
    });
    await vi.waitFor(() => expect(events.at(-1)).toMatchObject({ type: 'trial-finished', trial: 1 }));
    await new Promise(resolve => setTimeout(resolve, 20));
    expect(events.at(-1)).toMatchObject({ type: 'trial-finished' });
    control.send({ type: 'resume-trial', trial: 0 });
    await done;
    expect(events.at(-1)).toMatchObject({ type: 'study-finished', reason: 'trials', counts: { complete: 2 } });
  });

  test('stops a trial with a reason, running or paused or waiting', async () => {
    const { events } = await steered({
      3: { type: 'stop-trial', trial: 0, reason: 'it oscillates' },
      6: { type: 'pause-trial', trial: 1 },
      8: { type: 'stop-trial', trial: 1, outcome: 'failed' },
      9: [
        { type: 'enqueue', hparams: {} },
        { type: 'stop-trial', trial: 3 },
      ],
    });
    expect(only(events, 'trial-finished')).toMatchObject([
      { trial: 0, state: 'pruned', stop: { by: 'user', reason: 'it oscillates', epoch: 2 } },
      { trial: 1, state: 'failed', stop: { by: 'user', reason: 'stopped by hand after epoch 1' } },
      { trial: 3, state: 'pruned', epochs: 0 },
      { trial: 2, state: 'complete' },
    ]);
  });

  test('runs enqueued, cloned and retried trials before the sampler is asked, with their origin', async () => {
    const { events, answers, state } = await steered(
      {
        2: [
          { type: 'enqueue', hparams: { x: 0.25 } },
          { type: 'clone-trial', trial: 0, hparams: { x: 0.5 } },
          { type: 'retry-trial', trial: 1 },
        ],
      },
      { trials: 5 },
    );
    expect(answers).toEqual([
      { trial: 1, hparams: { x: 0.25 } },
      { trial: 2, hparams: { x: 0.5 } },
      { trial: 3, hparams: { x: 0.25 } },
    ]);
    expect(only(events, 'trial-started').map(({ trial }) => trial)).toEqual([0, 1, 2, 3, 4]);
    expect([1, 2, 3].map(trial => state.trials.get(trial))).toMatchObject([
      { hparams: { x: 0.25 }, origin: { kind: 'enqueued', by: 'test' } },
      { hparams: { x: 0.5 }, origin: { kind: 'clone', of: 0, by: 'test' } },
      { hparams: { x: 0.25 }, origin: { kind: 'retry', of: 1, by: 'test' } },
    ]);
    expect(state.counts.complete).toBe(5);
  });

  test('takes a clone whose choice is another one, and no value that belongs to what was not chosen', async () => {
    const nested = { optimizer: choice([{ adam: { rate: float(0, 1) } }, { sgd: { momentum: float(0, 1) } }]) };
    const control = studyControl();
    const answers: unknown[] = [];
    const ask = (hparams: HParams) => {
      try {
        answers.push(control.send({ type: 'clone-trial', trial: 0, hparams }).hparams);
      } catch (error) {
        answers.push((error as Error).message);
      }
    };
    await lastValueFrom(
      tune<typeof nested>({
        space: nested,
        objective: tenEpochs,
        minimize: 'valLoss',
        trials: 1,
        control,
        enqueue: [{ optimizer: 'adam', rate: 0.5 }],
      }).pipe(
        tap(({ type }) => {
          if (type !== 'trial-started' || answers.length > 0) return;
          ask({ momentum: 0.9 });
          ask({ optimizer: 'sgd', momentum: 0.9 });
          ask({ rate: 0.25 });
        }),
      ),
    );
    expect(answers).toEqual([
      'momentum does not exist beside the others; state the option that it belongs to as well',
      { optimizer: 'sgd', momentum: 0.9 },
      { optimizer: 'adam', rate: 0.25 },
    ]);
  });

  test('has one more trial than was asked for when one is enqueued after the last', async () => {
    const { events, state } = await steered({ 3: { type: 'enqueue', hparams: { x: 0 } } }, { trials: 1 });
    expect(only(events, 'study-changed')).toMatchObject([{ trials: 2, by: 'enqueue' }]);
    expect(state.counts.complete).toBe(2);
    expect(state.study?.trials).toBe(2);
  });

  test('changes how many trials run at a time and how many there are', async () => {
    const wanted: number[] = [];
    const { events, state } = await steered(
      { 3: { type: 'set', parallel: 3, trials: 6 } },
      { resize: parallel => wanted.push(parallel) },
    );
    expect(wanted).toEqual([3]);
    let running = 0;
    let most = 0;
    for (const { type } of events) {
      if (type === 'trial-started') most = Math.max(most, ++running);
      if (type === 'trial-finished') running--;
    }
    expect(most).toBe(3);
    expect(only(events, 'study-changed')).toMatchObject([{ parallel: 3, trials: 6, by: 'test' }]);
    expect(state.counts.complete).toBe(6);
  });

  test('pauses as a whole: what runs goes on, nothing new is started', async () => {
    const control = studyControl();
    const events: StudyEvent[] = [];
    const done = new Promise<void>(resolve => {
      tune<typeof space>({ space, objective: tenEpochs, minimize: 'valLoss', trials: 2, control }).subscribe({
        next: event => {
          events.push(event);
          if (event.seq === 3) control.send({ type: 'pause' });
        },
        complete: resolve,
      });
    });
    await vi.waitFor(() => expect(only(events, 'trial-finished')).toHaveLength(1));
    await new Promise(resolve => setTimeout(resolve, 20));
    expect(only(events, 'trial-started')).toHaveLength(1);
    expect(() => control.send({ type: 'pause' })).toThrow('the study is paused already');
    control.send({ type: 'resume' });
    await done;
    expect(only(events, 'trial-finished')).toHaveLength(2);
  });

  test('is stopped by a command as by an interruption', async () => {
    const { events } = await steered({ 4: { type: 'stop' } });
    expect(events.at(-1)).toMatchObject({ type: 'study-finished', reason: 'interrupted', stopped: { by: 'test' } });
  });

  test('is stopped with the trial that just starts, when whoever hears of its start says so', async () => {
    const { events } = await steered({ 1: { type: 'stop' } });
    expect(events.map(({ type }) => type)).toEqual([
      'study-started',
      'trial-started',
      'trial-finished',
      'study-finished',
    ]);
    expect(events[2]).toMatchObject({ state: 'pruned', epochs: 0, stop: { by: 'interrupted' } });
  });

  test('says in its last event, and in its state until it goes on, who stopped it and why', async () => {
    const { events } = await steered({ 4: { type: 'stop', reason: 'the data is wrong' } });
    const stopped = { by: 'test', reason: 'the data is wrong' };
    expect(events.at(-1)).toMatchObject({ type: 'study-finished', reason: 'interrupted', stopped });
    const state = events.reduce(foldEvent, emptyStudy);
    expect(state.stopped).toEqual(stopped);
    const { study } = only(events, 'study-started')[0]!;
    const on: StudyEvent = { type: 'study-resumed', study, seq: events.length, time: 0 };
    expect(foldEvent(state, on).stopped).toBeUndefined();
  });

  test('that nobody stopped says so of nobody', async () => {
    const { events } = await steered({});
    expect(events.at(-1)).not.toHaveProperty('stopped');
  });

  test('prunes a trial that is stopped as complete before its first report, having no value to complete with', async () => {
    for (const nan of ['fail', 'prune', 'worst'] as const) {
      const { events, state } = await steered(
        { 1: { type: 'stop-trial', trial: 0, outcome: 'complete', reason: 'enough' } },
        { nan },
      );
      const [end] = only(events, 'trial-finished');
      expect(end).toMatchObject({
        trial: 0,
        state: 'pruned',
        epochs: 0,
        stop: { by: 'user', outcome: 'pruned', reason: 'enough; it had not reported valLoss yet' },
      });
      expect(end?.value).toBeUndefined();
      expect(state.best?.trial).not.toBe(0);
    }
  });

  test('says in a sentence what it cannot do', async () => {
    const { answers } = await steered({
      3: [
        { type: 'pause-trial', trial: 7 },
        { type: 'resume-trial', trial: 0 },
        { type: 'enqueue', hparams: { y: 1 } },
        { type: 'enqueue', hparams: { x: 7 } },
        { type: 'set', parallel: 0 },
        { type: 'set' },
        { type: 'resume' },
      ],
      14: { type: 'stop-trial', trial: 0 },
    });
    expect(answers).toEqual([
      'there is no trial 7; the last one is 0',
      'trial 0 is running; only a trial that is paused can be resumed',
      'no hyperparameter "y" (did you mean "x"?)',
      'x: expected a number from 0 to 1, got 7',
      'set: expected `parallel` to be a whole number from 1 to 1024, got 0',
      'set: expected `parallel` or `trials`',
      'the study is not paused',
      'trial 0 is complete; only a trial that has not ended can be stopped',
    ]);
    expect(() => studyControl().send({ type: 'stop' })).toThrow(InputError);
  });
});

describe('where the points of a study come from', () => {
  const finite = { units: int(1, 4) };
  const points = async (options: Partial<TuneOptions<typeof finite>>) => {
    const events = await lastValueFrom(
      tune<typeof finite>({ space: finite, objective: tenEpochs, minimize: 'valLoss', ...options }).pipe(toArray()),
    );
    return { events, units: only(events, 'trial-started').map(({ hparams }) => hparams.units) };
  };

  test('no point is drawn twice when that is forbidden, and the study ends when there is no other', async () => {
    const { events, units } = await points({ trials: 9, duplicates: 'forbid', enqueue: [{ units: 2 }] });
    expect(units[0]).toBe(2);
    expect([...units].sort()).toEqual([1, 2, 3, 4]);
    expect(events.at(-1)).toMatchObject({ type: 'study-finished', reason: 'exhausted' });
  });

  test('starting points take none of the points of a grid', async () => {
    const { units } = await points({ sampler: grid(), enqueue: [{ units: 3 }] });
    expect(units).toEqual([3, 1, 2, 3, 4]);
  });

  test('a sampler is asked again for points that the constraints forbid', async () => {
    const odd = { ...searchSpace(finite), allows: ({ units }: { units?: unknown }) => Number(units) % 2 === 1 };
    const events = await lastValueFrom(
      tune({ space: odd as never, objective: tenEpochs, minimize: 'valLoss', trials: 6 }).pipe(toArray()),
    );
    const units = only(events, 'trial-started').map(({ hparams }) => hparams.units);
    expect(units).toHaveLength(6);
    expect(units.every(value => value === 1 || value === 3)).toBe(true);
  });

  test('what a starting point leaves out is drawn until the constraints allow it', async () => {
    for (let seed = 0; seed < 8; seed++) {
      const events = await lastValueFrom(
        tune({
          space: searchSpace({ a: float(0, 1), b: float(0, 1) }, { constraints: ['a <= b'] }),
          objective: tenEpochs,
          minimize: 'valLoss',
          trials: 1,
          seed,
          enqueue: [{ a: 0.7 }],
        }).pipe(toArray()),
      );
      expect(Number(only(events, 'trial-started')[0]?.hparams.b)).toBeGreaterThanOrEqual(0.7);
    }
  });

  test('a sampler goes on with what it was told when the study began', async () => {
    const told: unknown[] = [];
    const spy: Sampler = {
      name: 'spy',
      begin(context) {
        told.push([context.trials, context.parallel]);
        return randomSearch().begin(context);
      },
    };
    const { events } = await points({ sampler: spy, trials: 2, parallel: 2 });
    await points({ sampler: spy, trials: 3, parallel: 1, history: events });
    expect(new Set(told.map(String))).toEqual(new Set(['2,2']));
  });

  test('there are no more starting points than trials, but those of a history are kept', async () => {
    const enqueue = [{ units: 1 }, { units: 2 }, { units: 3 }];
    const refused = 'tune: 3 points to `enqueue` for 2 `trials`, which they count among';
    expect(() => tune({ space: finite, objective: tenEpochs, minimize: 'valLoss', trials: 2, enqueue })).toThrow(
      refused,
    );
    expect(() => createStudy({ space: finite, minimize: 'valLoss', trials: 2, enqueue })).toThrow(refused);
    const { events } = await points({ trials: 3, enqueue });
    expect((await points({ trials: 2, enqueue, history: events })).units).toHaveLength(3);
  });

  test('starting points that the space does not have are refused when the study begins', async () => {
    await expect(points({ trials: 1, enqueue: [{ units: 9 }] })).rejects.toThrow('units: expected a whole number');
  });
});

describe('what a trial comes to', () => {
  const study = async (options: Partial<TuneOptions<typeof space>>) =>
    lastValueFrom(tune<typeof space>({ space, objective: tenEpochs, trials: 1, ...options }).pipe(toArray()));

  test('several objectives have their values at the best epoch of the first', async () => {
    const objective = () =>
      [3, 1, 2].map((value, i) => ({ ...report(i + 1, 0), metrics: { loss: 0, valLoss: value, size: 10 + i } }));
    const events = await study({ objective, objectives: [{ minimize: 'valLoss' }, { maximize: 'size' }] });
    expect(only(events, 'trial-finished')).toMatchObject([{ value: 1, values: [1, 11], bestEpoch: 2 }]);
    expect(only(events, 'study-started')[0]?.study).toMatchObject({
      objective: { metric: 'valLoss' },
      objectives: [
        { metric: 'valLoss', direction: 'minimize' },
        { metric: 'size', direction: 'maximize' },
      ],
    });
    expect(only(events, 'study-finished')).toMatchObject([{ best: { value: 1, values: [1, 11] } }]);
  });

  test('NaN throughout fails it, prunes it, or leaves it complete without a value', async () => {
    const objective = () => [report(1, Number.NaN)];
    const state = async (nan: 'fail' | 'prune' | 'worst') =>
      only(await study({ objective, minimize: 'valLoss', nan }), 'trial-finished')[0]?.state;
    expect([await state('fail'), await state('prune'), await state('worst')]).toEqual(['failed', 'pruned', 'complete']);
  });

  test('every objective must be a number, and there', async () => {
    const objectives = [{ minimize: 'valLoss' }, { minimize: 'size' }] as const;
    const state = async (metrics: Record<string, number>, nan?: 'fail' | 'prune' | 'worst') => {
      const objective = () => [{ ...report(1, 0), metrics: { valLoss: 1, ...metrics } }];
      const [end] = only(await study({ objective, objectives, nan }), 'trial-finished');
      return `${end?.state}: ${end?.stop.reason}`;
    };
    expect(await state({ size: Number.NaN })).toMatch(/^failed: .*size was no finite number at its best epoch$/);
    expect(await state({ size: Number.NaN }, 'prune')).toMatch(/^pruned: /);
    expect(await state({ sice: 3 })).toMatch(/^failed: no metric "size" in the reports, .*did you mean "sice"/);
  });

  test('one fold after another gives the value of the last report, the mean over the most folds', async () => {
    const objective = () => [0.1, 0.4, 0.3].map((value, fold) => ({ ...report(fold + 1, value), fold }));
    expect(only(await study({ objective, minimize: 'valLoss' }), 'trial-finished')).toMatchObject([{ value: 0.3 }]);
  });

  test('reports within an epoch reach a rule that asks for them, and no record', async () => {
    const within = { ...report(0, 5), within: 'epoch' as const, metrics: { loss: 5 } };
    const seenBy = async (asks: boolean) => {
      const seen: Report[] = [];
      const watching = tap<Report>(each => seen.push(each));
      const events = await study({
        objective: () => [within, report(1, 1)],
        minimize: 'valLoss',
        earlyStopping: () => (asks ? Object.assign(watching, { within: 'epoch' as const }) : watching),
      });
      expect(only(events, 'trial-reported')).toHaveLength(1);
      return seen.map(({ within }) => within);
    };
    expect(await seenBy(true)).toEqual(['epoch', undefined]);
    expect(await seenBy(false)).toEqual([undefined]);
  });
});
