import { takeWhile } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { any } from '../../src/early-stopping/any.js';
import { median } from '../../src/early-stopping/median.js';
import { patience } from '../../src/early-stopping/patience.js';
import { successiveHalving } from '../../src/early-stopping/successive-halving.js';
import { threshold } from '../../src/early-stopping/threshold.js';
import { random } from '../../src/random.js';
import { float, int } from '../../src/tune/distributions.js';
import type { StudyEvent } from '../../src/tune/events.js';
import { foldEvent } from '../../src/tune/fold-event.js';
import { type ReplayedRule, replayRules } from '../../src/tune/replay-rules.js';
import { grid } from '../../src/tune/samplers/grid.js';
import { type SimulateOptions, simulate } from '../../src/tune/simulate.js';
import { emptyStudy } from '../../src/tune/study-state.js';

const objective = { metric: 'loss', direction: 'minimize' } as const;

function record(options: Partial<SimulateOptions<unknown>> = {}): StudyEvent[] {
  const events: StudyEvent[] = [];
  simulate({
    space: { x: float(0, 1), speed: float(0.1, 2) },
    objective,
    budget: { trials: 40 },
    parallel: 3,
    *curve({ x, speed }, { seed }) {
      const pace = 0.5 + random(seed, 'pace').uniform();
      for (let epoch = 1; epoch <= 16; epoch++) {
        yield { metrics: { loss: x + (1 - x) * epoch ** -speed }, seconds: pace, samples: 100 };
      }
    },
    ...(options as object),
  }).subscribe(event => events.push(event));
  return events;
}

/** Trials of one value each, with curves that are listed. */
const listed = (...curves: readonly (readonly number[])[]) =>
  record({
    space: { row: int(0, curves.length - 1) },
    sampler: grid(),
    parallel: 1,
    *curve({ row }: { row: number }) {
      for (const loss of curves[row]!) yield { metrics: { loss }, samples: 10 };
    },
  } as never);

const halving: ReplayedRule = ({ study }) => successiveHalving(study, { reductionFactor: 2 });

describe('replayRules', () => {
  it('says what the rules that were there would have done: the same, with nothing saved', () => {
    const events = record({ earlyStopping: halving });
    const state = events.reduce(foldEvent, emptyStudy);
    const replay = replayRules(events, halving);
    const pruned = [...state.trials.values()].filter(trial => trial.state === 'pruned');
    expect(pruned.length).toBeGreaterThan(10);
    expect(
      replay.stopped.map(({ trial, stop }) => [trial, stop]).toSorted((a, b) => Number(a[0]) - Number(b[0])),
    ).toEqual(pruned.map(({ number, stop }) => [number, stop]));
    expect(replay).toMatchObject({ trials: 40, epochs: { saved: 0 }, samples: { saved: 0 }, unknown: [] });
    expect(replay.best).toMatchObject({ trial: state.best!.trial, lost: false });
    expect(replay.after).toEqual({ trial: state.best!.trial, value: state.best!.value, rank: 1 });
  });

  it('tells whole curves apart from what a study with these rules would have trained', () => {
    const replay = replayRules(record(), halving);
    const spent = record({ earlyStopping: halving }).reduce(foldEvent, emptyStudy);
    expect(replay.epochs.recorded).toBe(40 * 16);
    expect(replay.epochs.spent + replay.epochs.saved).toBe(640);
    expect(replay.samples).toEqual({
      recorded: 64_000,
      spent: 100 * replay.epochs.spent,
      saved: 100 * replay.epochs.saved,
    });
    expect(replay.stopped.reduce((sum, { epochs }) => sum + epochs, 0)).toBe(replay.epochs.saved);
    // Trials begin later in the record than they would have, so not to the epoch.
    expect(Math.abs(replay.epochs.spent / spent.epochs - 1)).toBeLessThan(0.3);
  });

  it('knows when the best trial would have been lost, by what, and which place the best of the rest had', () => {
    const events = listed([5, 4, 3], [6, 5, 4], [9, 8, 1], [7, 2, 2]);
    const replay = replayRules(events, ({ study }) => median(study, { startupTrials: 2 }));
    expect(replay.best).toMatchObject({
      trial: 2,
      value: 1,
      lost: true,
      stop: { by: 'median', epoch: 1, against: 'median of 2 trials at epoch 1' },
    });
    expect(replay.stopped).toMatchObject([
      { trial: 2, epochs: 2, samples: 20 },
      { trial: 3, epochs: 2, samples: 20 },
    ]);
    expect(replay.after).toEqual({ trial: 0, value: 3, rank: 3 });
  });

  it('counts a trial that a rule completes with what it had by then', () => {
    const events = listed([5, 4, 4, 4, 1], [6, 6, 6, 3, 3]);
    const replay = replayRules(events, () => patience({ metric: 'loss', epochs: 2 }));
    expect(replay.stopped).toMatchObject([
      { trial: 0, stop: { outcome: 'complete', epoch: 4 }, epochs: 1 },
      { trial: 1, stop: { outcome: 'complete', epoch: 3 }, epochs: 2 },
    ]);
    expect(replay.best).toMatchObject({ trial: 0, value: 1, remaining: 4, lost: true });
    expect(replay.after).toEqual({ trial: 0, value: 4, rank: 1 });
  });

  it('has the best trial kept when a rule completes it after its best epoch', () => {
    const events = listed([5, 1, 2, 2, 2], [6, 6, 6, 3, 3]);
    const { best } = replayRules(events, () => patience({ metric: 'loss', epochs: 2 }));
    expect(best).toMatchObject({
      trial: 0,
      value: 1,
      remaining: 1,
      lost: false,
      stop: { outcome: 'complete', epoch: 4 },
    });
  });

  it('names the trials of which nobody knows how they would have gone on', () => {
    const events = record({ earlyStopping: ({ study }: never) => median(study, { startupTrials: 2 }) } as never);
    const state = events.reduce(foldEvent, emptyStudy);
    const pruned = [...state.trials.values()].filter(trial => trial.state === 'pruned').map(({ number }) => number);
    const replay = replayRules(events, () => threshold({ metric: 'loss', above: 100 }));
    expect(replay).toMatchObject({ stopped: [], unknown: pruned, epochs: { saved: 0 } });
  });

  it('takes a state for its events, in the order of the times of its reports', () => {
    const events = record();
    const rule: ReplayedRule = ({ study }) =>
      any(median(study, { warmup: 2 }), patience({ metric: 'loss', epochs: 3 }));
    expect(replayRules(events.reduce(foldEvent, emptyStudy), rule)).toEqual(replayRules(events, rule));
  });

  it('asks a user’s own operator as a trial does', () => {
    const events = listed([5, 4, 3], [6, 1, 1]);
    const replay = replayRules(events, () => takeWhile(({ metrics }) => metrics.loss! > 4, true));
    expect(replay.stopped).toMatchObject([
      { trial: 0, stop: { epoch: 2, outcome: 'complete' } },
      { trial: 1, stop: { epoch: 2 } },
    ]);
  });

  it('refuses a metric that is not there, and a record without a beginning', () => {
    const events = listed([5, 4], [3, 3]);
    expect(() => replayRules(events, () => threshold({ metric: 'valLoss', above: 1 }))).toThrow(
      'threshold: no metric "valLoss" in the reports, which have loss',
    );
    expect(() => replayRules(events.slice(1), halving)).toThrow(
      'replayRules: the record does not begin with `study-started`',
    );
  });
});
