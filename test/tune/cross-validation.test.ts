import fc from 'fast-check';
import { concat, defer, lastValueFrom, map, Observable, of, tap, throwError, toArray } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, test } from 'vitest';
import { patience } from '../../src/early-stopping/patience.js';
import { InputError } from '../../src/errors.js';
import type { Report } from '../../src/train/report.js';
import { crossValidate } from '../../src/tune/cross-validation.js';
import { decideAt, report } from './trainings.js';

const reports = (...values: readonly number[]) => of(...values.map((value, i) => report(i + 1, value)));
const all = (...trainings: readonly Observable<Report>[]) => lastValueFrom(crossValidate(trainings).pipe(toArray()));
const marbles = (body: (helpers: Parameters<Parameters<TestScheduler['run']>[0]>[0]) => void) =>
  new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(body);

/** A training that goes on only when nobody holds its last report; tells what is done to its weights. */
function holdable(name: string, values: readonly number[], log: string[]) {
  let epoch = 0;
  let holds = 0;
  let receive: ((report: Report) => void) | undefined;
  const step = () => {
    if (receive === undefined || holds > 0 || epoch === values.length) return;
    epoch++;
    log.push(`${name}${epoch}`);
    const at = epoch;
    const model = {
      snapshot: () => ({ dispose: () => log.push(`${name} drops ${at}`), name: `${name} at ${epoch}` }),
      restore: (snapshot: object) => log.push(`${name} restores ${(snapshot as { name: string }).name}`),
      read: () => Promise.resolve({ w: Float32Array.of(at) }),
      hold() {
        holds++;
        return () => {
          holds--;
          // As a training does: its next slice runs at once.
          step();
        };
      },
    };
    receive(report(epoch, values[epoch - 1]!, { model }));
  };
  const training$ = new Observable<Report>(subscriber => {
    receive = given => subscriber.next(given);
    subscriber.add(() => log.push(`${name} closed`));
  });
  return { training$, step, last: () => epoch };
}

describe('crossValidate', () => {
  test('says where the states are stored when those of all folds of that epoch are, and leaves out what is within an epoch', async () => {
    const fold = (...places: readonly (string | undefined)[]) =>
      of(
        report(0, 9, { within: 'epoch' }),
        ...places.map((checkpoint, i) => report(i + 1, 1, checkpoint === undefined ? {} : { checkpoint })),
      );
    const found = await all(fold('all 1', undefined, 'a 3', 'a 4'), fold('all 1', 'b 2', 'b 3'));
    expect(found.map(({ epoch, checkpoint }) => [epoch, checkpoint])).toEqual([
      ...[
        [1, 'all 1'],
        [2, undefined],
        [3, 'a 3, b 3'],
        [4, undefined],
      ],
    ]);
  });

  test('reports means, standard errors and every fold, summed and joined', async () => {
    const finding = {
      kind: 'vanishing',
      of: 'gradient',
      layer: 0,
      layerName: 'dense',
      norm: 0,
      limit: 1,
      steps: 3,
      step: 9,
      advice: '',
    } as const;
    const fold = (epoch: number, loss: number, valLoss: number, more: Partial<Report> = {}) =>
      report(epoch, 0, { metrics: { loss, valLoss }, ...more });
    const [first, second] = await all(
      of(fold(1, 1, 4, { seconds: 3 }), fold(2, 0.5, 2)),
      of(fold(1, 2, 5, { health: [finding] }), fold(2, 0.5, 3)),
      of(fold(1, 6, 9, { step: 5 }), fold(2, 0.5, 7)),
    );
    expect(first).toEqual({
      epoch: 1,
      step: 4 + 4 + 5,
      samples: 300,
      seconds: 3,
      metrics: { loss: 3, valLoss: 6 },
      folds: [
        { loss: 1, valLoss: 4 },
        { loss: 2, valLoss: 5 },
        { loss: 6, valLoss: 9 },
      ],
      // Squared deviations (4 + 1 + 9) / (3 − 1) / 3, by hand.
      standardErrors: { loss: Math.sqrt(7 / 3), valLoss: Math.sqrt(7 / 3) },
      health: [finding],
    });
    expect(second).toMatchObject({ epoch: 2, metrics: { loss: 0.5, valLoss: 4 }, standardErrors: { loss: 0 } });
    expect(second).not.toHaveProperty('health');
  });

  test('one fold has no standard error', async () => {
    const [only] = await all(reports(3));
    expect(only).toMatchObject({ metrics: { valLoss: 3 }, folds: [{ valLoss: 3 }] });
    expect(only).not.toHaveProperty('standardErrors');
  });

  test('a metric that is NaN in one fold is NaN, one that is missing in a fold is left out', async () => {
    const [first] = await all(reports(1), of(report(1, Number.NaN, { metrics: { loss: Number.NaN } })));
    expect(first?.metrics).toEqual({ loss: Number.NaN });
  });

  test('reports an epoch when the last fold has reached it, completes with the last, and unsubscribes from all', () => {
    const values = { a: report(1, 1), b: report(2, 2), c: report(3, 3) };
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const fast = cold<Report>('-abc|', values);
      const slow = cold<Report>('---a---b---c--|', values);
      const epochs = (trainings: readonly Observable<Report>[]) =>
        crossValidate(trainings).pipe(map(({ epoch, metrics }) => `${epoch} ${metrics.valLoss}`));
      expectObservable(epochs([fast, slow])).toBe('---x---y---z--|', { x: '1 1', y: '2 2', z: '3 3' });
      expectObservable(epochs([fast, slow]), '-----!').toBe('---x', { x: '1 1' });
      expectSubscriptions(fast.subscriptions).toBe(['^---!', '^---!']);
      expectSubscriptions(slow.subscriptions).toBe(['^-------------!', '^----!']);
    });
  });

  test('a fold that is ahead is held until the slowest gets there; none runs ahead by more than one epoch', () => {
    const log: string[] = [];
    const a = holdable('a', [1, 2, 3], log);
    const b = holdable('b', [3, 4, 5], log);
    const seen: string[] = [];
    const subscription = crossValidate([a.training$, b.training$]).subscribe(({ epoch, metrics }) => {
      seen.push(`${epoch}: ${metrics.valLoss}, a at ${a.last()}, b at ${b.last()}`);
    });
    a.step();
    a.step();
    a.step();
    expect(log).toEqual(['a1']);
    b.step();
    // Once it is let go, a goes on at once, and is held again.
    expect(log).toEqual(['a1', 'b1', 'a2', 'b2', 'a3', 'b3']);
    expect(seen).toEqual(['1: 2, a at 1, b at 1', '2: 3, a at 2, b at 2', '3: 4, a at 3, b at 3']);
    subscription.unsubscribe();
    expect(log.slice(-2)).toEqual(['a closed', 'b closed']);
  });

  test('folds that go on at once do not grow the stack', () => {
    const many = Array.from({ length: 20_000 }, () => 1);
    const a = holdable('a', many, []);
    let epochs = 0;
    crossValidate([a.training$]).subscribe(() => epochs++);
    a.step();
    expect(epochs).toBe(20_000);
  });

  test('its model handle keeps, restores and reads the weights of all folds, at the same epoch', async () => {
    const log: string[] = [];
    const a = holdable('a', [1, 5], log);
    const b = holdable('b', [1, 5], log);
    const seen: Report[] = [];
    const read: Promise<unknown>[] = [];
    const subscription = crossValidate([a.training$, b.training$])
      .pipe(
        tap(given => read.push(given.model!.read())),
        patience({ epochs: 1 }),
      )
      .subscribe(given => seen.push(given));
    a.step();
    b.step();
    expect(seen[1]?.stop).toMatchObject({ by: 'patience', restoredEpoch: 1 });
    expect(log).toEqual([
      'a1',
      'b1',
      'a2',
      'b2',
      'a restores a at 1',
      'b restores b at 1',
      'a closed',
      'b closed',
      'a drops 1',
      'b drops 1',
    ]);
    expect(await read[1]).toEqual({ 'fold0.w': Float32Array.of(2), 'fold1.w': Float32Array.of(2) });
    expect(subscription.closed).toBe(true);
  });

  test('whoever holds its report holds every fold', () => {
    const log: string[] = [];
    const a = holdable('a', [1, 2], log);
    const b = holdable('b', [1, 2], log);
    const releases: (() => void)[] = [];
    crossValidate([a.training$, b.training$]).subscribe(given => releases.push(given.model!.hold()));
    a.step();
    b.step();
    expect(log).toEqual(['a1', 'b1']);
    releases[0]?.();
    expect(log).toEqual(['a1', 'b1', 'a2', 'b2']);
  });

  test('a fold that has ended counts with its last report', async () => {
    const values = (await all(reports(2, 4), reports(6))).map(({ epoch, metrics }) => [epoch, metrics.valLoss]);
    expect(values).toEqual([
      [1, 4],
      [2, 5],
    ]);
  });

  test("a fold's failure is everyone's at once, another decision only when all have decided", async () => {
    const failed = await all(reports(1, 2), reports(1, 2).pipe(decideAt(1, { outcome: 'failed', reason: 'NaN' })));
    expect(failed[0]?.stop).toMatchObject({ by: 'decider', outcome: 'failed', reason: 'fold 1: NaN' });
    const one = await all(reports(1, 2), concat(reports(1).pipe(decideAt(1))));
    expect(one.map(({ stop }) => stop)).toEqual([undefined, undefined]);
    const both = await all(reports(1, 2).pipe(decideAt(2)), reports(1).pipe(decideAt(1)));
    expect(both.map(({ stop }) => stop?.reason)).toEqual([undefined, 'fold 0: because']);
  });

  test('a fold that throws ends all', async () => {
    await expect(
      all(
        reports(1),
        throwError(() => new Error('no memory')),
      ),
    ).rejects.toThrow('no memory');
  });

  test('no training at all is refused', () => {
    expect(() => crossValidate([])).toThrow(InputError);
  });
});

describe('crossValidate with folds as steps', () => {
  const minimize = { metric: 'valLoss', direction: 'minimize' } as const;
  const inTurn = (trainings: readonly Observable<Report>[], more = {}) =>
    lastValueFrom(crossValidate(trainings, { steps: 'folds', objective: minimize, ...more }).pipe(toArray()));

  test('reports one fold after another: means and standard errors over the folds so far, at the best epoch of each', async () => {
    const ends: unknown[] = [];
    const both = (epoch: number, loss: number, valLoss: number, more = {}) =>
      report(epoch, 0, { metrics: { loss, valLoss }, ...more });
    const seen = await inTurn(
      [
        of(both(1, 9, 4), both(2, 7, 2), both(3, 5, 3)),
        of(both(1, 8, 6), both(2, 6, 8)),
        of(both(1, 1, Number.NaN), both(2, 2, 7)),
      ],
      { ended: (end: unknown) => ends.push(end) },
    );
    expect(seen.map(({ epoch, fold, metrics }) => ({ epoch, fold, metrics }))).toEqual([
      { epoch: 1, fold: 0, metrics: { loss: 7, valLoss: 2 } },
      { epoch: 2, fold: 1, metrics: { loss: 7.5, valLoss: 4 } },
      { epoch: 3, fold: 2, metrics: { loss: (7 + 8 + 2) / 3, valLoss: 5 } },
    ]);
    expect(seen[0]).not.toHaveProperty('standardErrors');
    // (4 + 4) / (2 − 1) / 2 = 4 and (9 + 1 + 4) / (3 − 1) / 3, by hand.
    expect(seen[1]?.standardErrors?.valLoss).toBe(2);
    expect(seen[2]?.standardErrors?.valLoss).toBeCloseTo(Math.sqrt(14 / 6), 12);
    expect(seen[2]?.folds).toEqual([
      { loss: 7, valLoss: 2 },
      { loss: 8, valLoss: 6 },
      { loss: 2, valLoss: 7 },
    ]);
    expect(ends).toEqual([
      { fold: 0, bestEpoch: 2 },
      { fold: 1, bestEpoch: 1 },
      { fold: 2, bestEpoch: 2 },
    ]);
    const [first, second] = [both(3, 0, 0), both(2, 0, 0)];
    expect(seen[1]).toMatchObject({ step: first.step + second.step, samples: first.samples + second.samples });
  });

  test('standard errors are s / √k for any values', () => {
    const folds = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 2, maxLength: 8 });
    fc.assert(
      fc.property(folds, values => {
        const seen: Report[] = [];
        crossValidate(
          values.map(value => reports(value)),
          { steps: 'folds' },
        ).subscribe(given => seen.push(given));
        const k = values.length;
        const mean = values.reduce((a, b) => a + b) / k;
        const variance = values.reduce((sum, value) => sum + value * value, 0) / k - mean * mean;
        expect(seen).toHaveLength(k);
        expect(seen.at(-1)?.standardErrors?.valLoss).toBeCloseTo(Math.sqrt(Math.max(0, variance) / (k - 1)), 4);
      }),
    );
  });

  test('goes on after the folds that are done, whose trainings it does not run again, to the bit', async () => {
    const folds = () => [reports(4, 2, 3), reports(6, 0.1), reports(0.7), reports(5, 0.3)];
    const whole = await inTurn(folds());
    for (const [done, after] of whole.entries()) {
      const run: number[] = [];
      const watched = folds().map((training, fold) =>
        defer(() => {
          run.push(fold);
          return training;
        }),
      );
      // As a journal has it.
      const { model: _, ...plain } = after;
      expect(await inTurn(watched, { after: JSON.parse(JSON.stringify(plain)) })).toEqual(whole.slice(done + 1));
      expect(run).toEqual([0, 1, 2, 3].slice(done + 1));
    }
  });

  test('a fold begins when the one before has ended, and none after whoever listens has left', () => {
    const values = { a: report(1, 1), b: report(1, 3) };
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const first = cold<Report>('--a-|', values);
      const second = cold<Report>('-b--|', values);
      const means = crossValidate([first, second], { steps: 'folds' }).pipe(
        map(({ metrics }) => String(metrics.valLoss)),
      );
      expectObservable(means).toBe('----x---(y|)', { x: '1', y: '2' });
      expectObservable(means, '-----!').toBe('----x', { x: '1' });
      expectSubscriptions(first.subscriptions).toBe(['^---!', '^---!']);
      expectSubscriptions(second.subscriptions).toBe(['----^---!', '----^!']);
    });
  });

  test('a decision ends its fold; one that failed ends all, and says in which fold', async () => {
    const [one, two] = await inTurn([reports(3, 2, 1).pipe(decideAt(2)), reports(5)]);
    expect([one?.metrics.valLoss, two?.metrics.valLoss]).toEqual([2, 3.5]);
    expect(one).not.toHaveProperty('stop');
    const failed = await inTurn([reports(1).pipe(decideAt(1, { outcome: 'failed', reason: 'NaN' })), reports(5)]);
    expect(failed).toHaveLength(1);
    expect(failed[0]?.stop).toMatchObject({ outcome: 'failed', epoch: 1, reason: 'fold 0: NaN' });
  });

  test('reports from within an epoch do not count', async () => {
    const [only] = await inTurn([of(report(0, 0.1, { within: 'epoch' }), report(1, 3))]);
    expect(only?.metrics.valLoss).toBe(3);
  });

  test('whose metric was never a number count with their last report', async () => {
    const [only] = await inTurn([reports(Number.NaN, Number.NaN)]);
    expect(only?.metrics.valLoss).toBeNaN();
  });

  test('a fold without a report, one without the metric, and another word for steps are refused', async () => {
    await expect(inTurn([reports(1), of()])).rejects.toThrow('crossValidate: fold 1 ended without a report');
    const wrong = { objective: { metric: 'valAccuracy', direction: 'maximize' } };
    await expect(inTurn([reports(1)], wrong)).rejects.toThrow(
      'crossValidate: no metric "valAccuracy" in the reports of fold 0',
    );
    expect(() => crossValidate([reports(1)], { steps: 'rows' as never })).toThrow(
      'expected `steps` to be "epochs" or "folds", got "rows"',
    );
  });
});
