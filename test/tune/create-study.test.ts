import { lastValueFrom, toArray } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { median } from '../../src/early-stopping/median.js';
import type { StudyView } from '../../src/early-stopping/study-view.js';
import { successiveHalving } from '../../src/early-stopping/successive-halving.js';
import { timeBudget } from '../../src/early-stopping/time-budget.js';
import { createStudy } from '../../src/tune/create-study.js';
import { float, int } from '../../src/tune/distributions.js';
import { foldEvent } from '../../src/tune/fold-event.js';
import { auto } from '../../src/tune/samplers/auto.js';
import { grid } from '../../src/tune/samplers/grid.js';
import { tpe } from '../../src/tune/samplers/tpe.js';
import { emptyStudy } from '../../src/tune/study-state.js';
import { tune } from '../../src/tune/tune.js';
import { report } from './trainings.js';

const space = { x: float(-5, 5) };
const value = (x: number) => (x - 2) ** 2;

describe('a study that is asked and told', () => {
  test('draws what tune draws, and finds the same best', async () => {
    const study = createStudy({ space, sampler: tpe({ seed: 0 }), minimize: 'valLoss' });
    for (let i = 0; i < 30; i++) {
      const trial = study.ask();
      study.tell(trial.number, { valLoss: value(trial.value.x) });
    }
    const tuned = await lastValueFrom(
      tune({
        space,
        sampler: tpe({ seed: 0 }),
        minimize: 'valLoss',
        trials: 30,
        objective: ({ x }) => [report(1, value(x))],
      }).pipe(toArray()),
    );
    const { trials, best } = tuned.reduce(foldEvent, emptyStudy);
    expect([...study.state.trials.values()].map(({ hparams }) => hparams)).toEqual(
      [...trials.values()].map(({ hparams }) => hparams),
    );
    expect(study.best).toEqual(best);
    expect(study.finish().counts.complete).toBe(30);
  });

  test('tells its events, which say all of it', () => {
    const study = createStudy({ space, minimize: 'loss', trials: 2 });
    const heard: number[] = [];
    study.events$.subscribe(({ seq }) => heard.push(seq));
    study.tell(study.ask().number, { loss: 1 });
    study.tell(study.ask().number, { state: 'failed', reason: 'the oven was cold' });
    study.finish();
    expect(study.events.reduce(foldEvent, emptyStudy)).toEqual(study.state);
    expect(heard).toEqual(study.events.slice(1).map(({ seq }) => seq));
    expect(study.state.trials.get(1)).toMatchObject({ state: 'failed', stop: { reason: 'the oven was cold' } });
  });

  test('counts the seconds of its trials by its clock, for rules too', () => {
    let now = 0;
    const earlyStopping = () => timeBudget({ seconds: 5 });
    const study = createStudy({ space, minimize: 'loss', earlyStopping, clock: () => now });
    const trial = study.ask();
    now = 4000;
    expect(trial.report({ loss: 2 })).toBeUndefined();
    now = 6500;
    expect(trial.report({ loss: 1 })).toMatchObject({ by: 'timeBudget', value: 6.5 });
    expect(study.state.trials.get(0)).toMatchObject({ seconds: 6.5, reports: [{ seconds: 4 }, { seconds: 6.5 }] });
  });

  test('says by its rule when a trial that reports should end', () => {
    const study = createStudy({
      space,
      minimize: 'loss',
      earlyStopping: ({ study }) => median(study, { startupTrials: 1 }),
    });
    const first = study.ask();
    expect(first.report({ loss: 1 })).toBeUndefined();
    study.tell(first.number, { loss: 0.5 });
    const second = study.ask();
    expect(second.report({ loss: 2 })).toMatchObject({ by: 'median', outcome: 'pruned', epoch: 1 });
    expect(study.state.trials.get(1)?.state).toBe('pruned');
    expect(() => second.report({ loss: 1 })).toThrow('report: trial 1 has ended');
  });

  test('begins with points that were enqueued', () => {
    const study = createStudy({ space, minimize: 'loss', enqueue: [{ x: 2 }] });
    expect(study.enqueue({ x: -1 })).toBe(1);
    expect([study.ask().value.x, study.ask().value.x]).toEqual([2, -1]);
  });

  test('goes on from its history, with the trials that were open open again', () => {
    const options = { space, minimize: 'loss', sampler: tpe({ seed: 1, startupTrials: 2 }) };
    const whole = createStudy(options);
    const cut = createStudy(options);
    for (let i = 0; i < 6; i++) {
      for (const study of [whole, cut]) {
        const trial = study.ask();
        study.tell(trial.number, { loss: value(trial.value.x) });
      }
    }
    const [open, before] = [whole.ask(), cut.ask()];
    expect(before.hparams).toEqual(open.hparams);
    const again = createStudy({ ...options, history: cut.events });
    again.tell(open.number, { loss: 3 });
    whole.tell(open.number, { loss: 3 });
    expect(again.ask().hparams).toEqual(whole.ask().hparams);
  });

  test('says in a sentence what cannot be asked or told', () => {
    const study = createStudy({ space: { n: int(1, 2) }, minimize: 'loss', sampler: grid() });
    const trial = study.ask();
    expect(() => study.tell(7, { loss: 1 })).toThrow('tell: there is no trial 7; 1 were asked for');
    expect(() => study.tell(trial.number, {})).toThrow('tell: nothing says the value of trial 0; expected metrics');
    expect(() => study.tell(trial.number, { state: 'lost' } as never)).toThrow(
      'tell: expected `state` to be complete, pruned or failed, got "lost"',
    );
    study.tell(trial.number, { loss: 1 });
    expect(() => study.tell(trial.number, { loss: 1 })).toThrow('trial 0 is complete, so it has been told already');
    study.ask();
    expect(() => study.ask()).toThrow('ask: the sampler has no more points');
    const waiting = study.enqueue({ n: 2 });
    expect(() => study.tell(waiting, { loss: 1 })).toThrow('trial 2 is waiting, so it has not been asked for yet');
    expect(() => createStudy({ space })).toThrow('expected either `minimize` or `maximize`');
  });

  test('knows what its open trials had reported when it goes on, and gives them back', () => {
    const options = {
      space,
      minimize: 'loss',
      earlyStopping: ({ study }: { study: StudyView }) => successiveHalving(study, { reductionFactor: 2 }),
    };
    const before = createStudy(options);
    before.ask().report({ loss: 1 });
    before.ask();
    const again = createStudy({ ...options, history: before.events });
    expect(again.ask().report({ loss: 5 })).toMatchObject({ by: 'successiveHalving', outcome: 'pruned' });
    expect(again.trial(0).report({ loss: 0.5 })).toBeUndefined();
    expect(again.state.trials.get(0)?.epochs).toBe(2);
    expect(() => again.trial(2)).toThrow('trial: trial 2 is pruned, and not open');
  });

  test('draws by auto from a space of many points as tune does, without an end in sight', () => {
    const many = createStudy({ space: { a: int(1, 1000), b: int(1, 1000) }, minimize: 'loss', sampler: auto() });
    expect(many.state.study?.samplerNote ?? many.events[0]).toBeDefined();
    const points = [0, 1, 2].map(() => many.ask().value.a);
    expect(new Set(points).size).toBeGreaterThan(1);
    expect(many.state.study?.trials).toBeUndefined();
  });

  test('can be told of a trial by who hears that it has started, and everyone hears it in order', () => {
    const study = createStudy({ space, minimize: 'loss', trials: 3 });
    const heard: string[][] = [[], []];
    study.events$.subscribe(event => {
      heard[0]!.push(event.type);
      if (event.type === 'trial-started') study.tell(event.trial, { loss: event.trial });
      if (event.type === 'trial-finished' && event.trial === 2) study.finish();
    });
    study.events$.subscribe({ next: event => heard[1]!.push(event.type), complete: () => heard[1]!.push('the end') });
    const first = study.ask();
    expect(() => first.report({ loss: 2 })).toThrow('report: trial 0 has ended');
    study.ask();
    study.ask();
    const each = ['trial-started', 'trial-reported', 'trial-finished'];
    expect(heard).toEqual([
      [...each, ...each, ...each, 'study-finished'],
      [...each, ...each, ...each, 'study-finished', 'the end'],
    ]);
    expect(study.events.slice(1).map(({ type }) => type)).toEqual(heard[0]);
    expect(study.best).toMatchObject({ trial: 0, value: 0 });
  });

  test('refuses options that are unknown, those of trials that it does not run among them', () => {
    expect(() => createStudy({ space, minimise: 'loss' } as never)).toThrow(
      'createStudy: no option "minimise" (did you mean "minimize"?); there are space, minimize, ',
    );
    expect(() => createStudy({ space, minimize: 'loss', parallel: 2 } as never)).toThrow(
      'createStudy: no option "parallel"',
    );
    expect(() => createStudy(undefined as never)).toThrow(
      'createStudy: expected options such as { space: … }, got undefined',
    );
  });

  test.each<[unknown, string]>([
    [{ los: 0.3 }, 'no metric "loss" in the reports, which have los (did you mean "los"?)'],
    [{ loss: '0.3' }, 'expected the metric "loss" to be a number, got "0.3"'],
    [[0.3], "tell: expected metrics such as { loss: 0.3 }, or { state: 'failed' }, got 0.3"],
  ])('refuses %j, and the trial stays open', (result, sentence) => {
    const study = createStudy({ space, minimize: 'loss' });
    const { number } = study.ask();
    expect(() => study.tell(number, result as never)).toThrow(sentence);
    expect(study.state.trials.get(number)?.state).toBe('running');
    study.finish();
    expect(() => study.tell(number, { loss: 1 })).toThrow('tell: the study is finished');
  });
});
