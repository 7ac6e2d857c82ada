import fc from 'fast-check';
import { from, lastValueFrom, map, take, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { any } from '../../src/early-stopping/any.js';
import { diverged } from '../../src/early-stopping/diverged.js';
import { hyperband } from '../../src/early-stopping/hyperband.js';
import { median } from '../../src/early-stopping/median.js';
import { successiveHalving } from '../../src/early-stopping/successive-halving.js';
import { random } from '../../src/random.js';
import { float, int } from '../../src/tune/distributions.js';
import type { StudyEvent } from '../../src/tune/events.js';
import { foldEvent } from '../../src/tune/fold-event.js';
import { grid } from '../../src/tune/samplers/grid.js';
import { type CurvePoint, type SimulateOptions, simulate } from '../../src/tune/simulate.js';
import { emptyStudy } from '../../src/tune/study-state.js';
import { tune } from '../../src/tune/tune.js';
import { virtualTime } from '../../src/tune/virtual-time.js';

const objective = { metric: 'loss', direction: 'minimize' } as const;
const space = { x: float(0, 1) };

function* falling(x: number, epochs: number, seconds = 1): Iterable<CurvePoint> {
  for (let epoch = 1; epoch <= epochs; epoch++) yield { metrics: { loss: x + 1 / epoch }, seconds, samples: 10 };
}

/** Everything that a simulation emits, which it does at once. */
function eventsOf<const Space>(options: SimulateOptions<Space>): StudyEvent[] {
  const events: StudyEvent[] = [];
  let completed = false;
  simulate(options).subscribe({
    next: event => events.push(event),
    complete: () => {
      completed = true;
    },
  });
  expect(completed).toBe(true);
  return events;
}

const untimed = ({ time: _, ...event }: StudyEvent) =>
  event.type === 'trial-finished' || event.type === 'study-finished' ? { ...event, seconds: 0 } : event;

describe('virtualTime', () => {
  it('does what is due in the order of times and ranks, and not what was called off', () => {
    const action = fc.record({ time: fc.nat(20), rank: fc.nat(5), off: fc.boolean() });
    fc.assert(
      fc.property(fc.array(action, { maxLength: 50 }), actions => {
        const time = virtualTime();
        const done: [number, number][] = [];
        const offs = actions.map(({ time: at, rank }) => time.at(at, rank, () => done.push([time.now(), rank])));
        for (const [i, { off }] of actions.entries()) if (off) offs[i]!();
        while (time.step());
        const expected = actions.filter(({ off }) => !off).map(({ time: at, rank }) => [at, rank] as const);
        expect(done).toEqual(expected.toSorted((a, b) => a[0] - b[0] || a[1] - b[1]));
        expect(time.next()).toBeUndefined();
      }),
    );
  });
});

describe('simulate', () => {
  const rules: NonNullable<SimulateOptions<unknown>['earlyStopping']> = ({ study }) =>
    any(successiveHalving(study, { minResource: 2, reductionFactor: 2 }), median(study), diverged());

  it('has the events of tune, one trial at a time', async () => {
    const common = { space, earlyStopping: rules, seed: 3 };
    const simulated = eventsOf({
      ...common,
      objective,
      budget: { trials: 12 },
      name: 'study',
      curve: ({ x }) => falling(x, 9),
    });
    const tuned = await lastValueFrom(
      tune({
        ...common,
        minimize: 'loss',
        trials: 12,
        objective: ({ x }) =>
          from([...falling(x, 9)]).pipe(
            map(({ metrics }, i) => ({ epoch: i + 1, step: i + 1, samples: 10 * (i + 1), seconds: i + 1, metrics })),
          ),
      }).pipe(toArray()),
    );
    expect(simulated.map(untimed)).toEqual(tuned.map(untimed));
    expect(simulated.at(-1)).toMatchObject({ reason: 'trials', counts: { pruned: expect.any(Number) } });
  });

  it('is the same at every subscription', () => {
    const study$ = simulate({
      space,
      objective,
      budget: { epochs: 300 },
      parallel: 5,
      earlyStopping: ({ study }) => hyperband(study, { maxResource: 27 }),
      curve: ({ x }, { seed }) => falling(x, 27, random(seed, 'pace').uniform()),
    });
    const runs = [0, 1].map(() => {
      const events: StudyEvent[] = [];
      study$.subscribe(event => events.push(event));
      return events;
    });
    expect(runs[0]).toEqual(runs[1]);
    expect(runs[0]!.reduce(foldEvent, emptyStudy)).toMatchObject({ epochs: 300, finishReason: 'time', running: [] });
  });

  it('lets trials run side by side, each at its own pace', () => {
    const events = eventsOf({
      space: { seconds: int(1, 3) },
      objective,
      sampler: grid(),
      budget: { trials: 9 },
      parallel: 2,
      curve: ({ seconds }) => falling(seconds, 2, seconds),
    });
    expect(
      events.flatMap(event => ('trial' in event ? [`${event.time / 1000} ${event.type.slice(6)} ${event.trial}`] : [])),
    ).toEqual([
      '0 started 0',
      '0 started 1',
      '1 reported 0',
      '2 reported 0',
      '2 finished 0',
      '2 started 2',
      '2 reported 1',
      '4 reported 1',
      '4 finished 1',
      '5 reported 2',
      '8 reported 2',
      '8 finished 2',
    ]);
    expect(events.at(-1)).toMatchObject({ time: 8000, seconds: 8, reason: 'exhausted', samples: 60 });
  });

  it('stops everything when its time or its epochs are used up, to the epoch', () => {
    const common = { space, objective, parallel: 3, curve: ({ x }: { x: number }) => falling(x, 10) };
    const timed = eventsOf({ ...common, budget: { seconds: 14.5 } });
    expect(timed.at(-1)).toMatchObject({ time: 14500, reason: 'time', counts: { complete: 3, pruned: 3 } });
    expect(timed.at(-2)).toMatchObject({ stop: { by: 'time', epoch: 4 } });
    const counted = eventsOf({ ...common, budget: { epochs: 40 } });
    expect(counted.reduce(foldEvent, emptyStudy)).toMatchObject({ epochs: 40, running: [], finishReason: 'time' });
  });

  it('fails a trial whose curve throws, and goes on', () => {
    const events = eventsOf({
      space,
      objective,
      budget: { trials: 2 },
      *curve({ x }, { trial }) {
        yield* falling(x, 1);
        if (trial === 0) throw new Error('the record is torn');
      },
    });
    expect(events.filter(({ type }) => type === 'trial-finished')).toMatchObject([
      { state: 'failed', stop: { by: 'error', reason: 'the record is torn' } },
      { state: 'complete' },
    ]);
  });

  it('lets go of every curve, whatever ends the trial', () => {
    let open = 0;
    const study$ = simulate({
      space,
      objective,
      budget: { epochs: 55 },
      parallel: 4,
      earlyStopping: ({ study }) => median(study, { startupTrials: 1 }),
      *curve({ x }) {
        open++;
        try {
          yield* falling(x, 5);
        } finally {
          open--;
        }
      },
    });
    study$.subscribe();
    expect(open).toBe(0);
  });

  it('ends when it is unsubscribed from', async () => {
    const endless = simulate({
      space,
      objective,
      budget: { trials: Number.POSITIVE_INFINITY },
      curve: ({ x }) => falling(x, 3),
    });
    expect(await lastValueFrom(endless.pipe(take(100), toArray()))).toHaveLength(100);
  });

  it('draws again when the space does not allow a point, and gives up at last', async () => {
    const { searchSpace } = await import('../../src/tune/space.js');
    const half = { ...searchSpace(space), allows: ({ x }: { x?: unknown }) => Number(x) < 0.5 };
    const common = { objective, budget: { trials: 20 }, curve: () => falling(0, 1) };
    const drawn = eventsOf({ ...common, space: half }).flatMap(event =>
      event.type === 'trial-started' ? [Number(event.hparams.x)] : [],
    );
    expect(Math.max(...drawn)).toBeLessThan(0.5);
    await expect(lastValueFrom(simulate({ ...common, space: { ...half, allows: () => false } }))).rejects.toThrow(
      'simulate: of 10000 points for trial 0 the constraints allow none',
    );
  });

  it.each([
    [{ budget: {} }, 'simulate: expected `budget` to have `trials`, `epochs` or `seconds`, got none'],
    [{ budget: { epochs: 0 } }, 'simulate: expected `budget.epochs` to be a number above 0, got 0'],
    [{ objective: { metric: 'loss' } }, 'simulate: expected `objective` to be such as { metric: "valLoss"'],
    [{ curve: [] }, 'simulate: expected `curve` to be a function, got object'],
    [{ parallel: 0 }, 'simulate: expected `parallel` to be a whole number from 1 up, got 0'],
    [{ seed: Number.NaN }, 'simulate: expected `seed` to be a whole number from 0 up, got NaN'],
    [{ seed: -5 }, 'simulate: expected `seed` to be a whole number from 0 up, got -5'],
    [{ sampler: {} }, 'simulate: expected `sampler` to be a sampler such as randomSearch() or grid()'],
    [{ earlyStopping: {} }, 'simulate: expected `earlyStopping` to be a function that returns an operator'],
  ])('refuses %j', (odd, message) => {
    const options = { space, objective, curve: () => falling(0, 1), budget: { trials: 1 }, ...odd };
    expect(() => simulate(options as never)).toThrow(message);
  });
});
