import { concat, from, lastValueFrom, of, throwError, toArray } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import type { Rule } from '../../src/early-stopping/study-view.js';
import type { Metrics, Report } from '../../src/train/report.js';
import { fakeModel, report } from './fixtures.js';

/** A stopper, the reports that bring it to its decision at the last of them, and what it makes of a metric that is NaN from the start. */
export interface Case {
  readonly name: string;
  readonly make: () => Rule;
  /** Values of the epochs from 1; the decision falls at the last. */
  readonly values: readonly number[];
  /** Values that it lets pass to the end. */
  readonly harmless: readonly number[];
  readonly outcome: 'complete' | 'pruned' | 'failed';
  /** The epoch at which it stops when every value is NaN; undefined: it does not. */
  readonly nan: number | undefined;
  /** The same rule, asked to judge within epochs too, if it can be. */
  readonly within?: () => Rule;
  /** How `by` reads; default: the name. */
  readonly by?: string;
}

const letters = 'abcdefghijklmnopqrstuvwxyz';

function marbles(run: (helpers: Parameters<Parameters<TestScheduler['run']>[0]>[0]) => void): void {
  new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(run);
}

/** What every early-stopping rule keeps to. */
export function stopperContract({ name, make, values, harmless, outcome, nan, within, by = name }: Case): void {
  const reports = (numbers: readonly number[]) => numbers.map((value, i) => report(i + 1, value));
  const named = (numbers: readonly number[]) =>
    Object.fromEntries(reports(numbers).map((each, i) => [letters[i]!, each]));
  const stop = expect.objectContaining({ by, outcome, epoch: values.length, reason: expect.any(String) });

  describe(`${name} keeps the contract of stoppers:`, () => {
    it('passes reports through unchanged, each at once, and completes with its source', () => {
      marbles(({ cold, expectObservable, expectSubscriptions }) => {
        const letter = letters.slice(0, harmless.length);
        const source = cold(`${letter}|`, named(harmless));
        expectObservable(source.pipe(make())).toBe(`${letter}|`, named(harmless));
        expectSubscriptions(source.subscriptions).toBe(`^${'-'.repeat(harmless.length - 1)}!`);
      });
    });

    it('emits the report it decides at with the decision, completes, and unsubscribes from its source', () => {
      marbles(({ cold, expectObservable, expectSubscriptions }) => {
        const at = values.length - 1;
        const before = letters.slice(0, at);
        const source = cold(`${letters.slice(0, at + 1)}zz|`, { ...named(values), z: report(99, 0) });
        const decided = { ...named(values), [letters[at]!]: { ...report(at + 1, values[at]!), stop } };
        expectObservable(source.pipe(make())).toBe(`${before}(${letters[at]}|)`, decided);
        expectSubscriptions(source.subscriptions).toBe(at === 0 ? '(^!)' : `^${'-'.repeat(at - 1)}!`);
      });
    });

    it('unsubscribes from its source when it is unsubscribed from', () => {
      marbles(({ cold, expectObservable, expectSubscriptions }) => {
        const source = cold('a--z', { ...named(harmless), z: report(99, 0) });
        expectObservable(source.pipe(make()), '^-!').toBe('a--', named(harmless));
        expectSubscriptions(source.subscriptions).toBe('^-!');
      });
    });

    it('starts clean at every subscription', async () => {
      const stopped = from(reports(values)).pipe(make(), toArray());
      const first = await lastValueFrom(stopped);
      expect(first.at(-1)?.stop).toEqual(stop);
      expect(await lastValueFrom(stopped)).toEqual(first);
    });

    it('passes an error on', async () => {
      const failing = concat(
        from(reports(harmless)),
        throwError(() => new Error('lost')),
      ).pipe(make());
      await expect(lastValueFrom(failing)).rejects.toThrow('lost');
    });

    it('leaves a report that carries a decision untouched, as the last one', async () => {
      const decided: Report = {
        ...report(1, values[0]!),
        stop: { by: 'user', reason: 'enough', outcome: 'complete', epoch: 1 },
      };
      const [only, ...others] = await lastValueFrom(of(decided, ...reports(harmless)).pipe(make(), toArray()));
      expect(only).toBe(decided);
      expect(others).toEqual([]);
    });

    it(
      nan === undefined ? 'does not stop at NaN' : `stops at epoch ${nan} when the metric is NaN from the start`,
      async () => {
        const broken = from(reports(Array(8).fill(Number.NaN)));
        const seen = await lastValueFrom(broken.pipe(make(), toArray()));
        expect(seen.at(-1)?.stop?.epoch).toBe(nan);
        expect(seen).toHaveLength(nan ?? 8);
      },
    );

    it('passes reports from within an epoch untouched, and they change no decision', async () => {
      const broken = { loss: Number.NaN };
      const partial = (epoch: number): Report => ({ ...report(epoch, 0), within: 'epoch', metrics: broken });
      const mixed = reports(values).flatMap((each, i) => [partial(i), each]);
      const seen = await lastValueFrom(from(mixed).pipe(make(), toArray()));
      expect(seen.slice(0, -1)).toEqual(mixed.slice(0, -1));
      expect(seen.every((each, i) => each.within === undefined || each === mixed[i])).toBe(true);
      expect(seen.at(-1)).toEqual((await lastValueFrom(from(reports(values)).pipe(make(), toArray()))).at(-1));
    });

    if (within !== undefined) {
      it('judges within its first epoch when it is asked to', async () => {
        const partial = (metrics: Metrics): Report => ({
          ...report(0, 0),
          samples: 1e6,
          seconds: 1e6,
          within: 'epoch',
          metrics,
        });
        const unknown = { ...partial({}), samples: 1, seconds: 1 };
        const seen = await lastValueFrom(from([unknown, partial({ loss: Number.NaN })]).pipe(within(), toArray()));
        expect(within().within).toBe('epoch');
        expect(seen[0]).toBe(unknown);
        expect(seen[1]?.stop).toMatchObject({ epoch: 0, reason: expect.stringMatching(/^[^\n]{8,200}$/) });
      });
    }

    it('keeps the model on the reports, and every snapshot of it is disposed of in the end', async () => {
      const { log, reports: modelled } = fakeModel();
      const seen = await lastValueFrom(from(modelled(...values)).pipe(make(), toArray()));
      expect(seen.every(each => each.model !== undefined)).toBe(true);
      expect(log.open).toBe(0);
    });

    it('never asks for the weights behind a report if it says so', async () => {
      const forbidden = () => {
        throw new Error('asked for weights');
      };
      const model = { snapshot: forbidden, restore: forbidden, read: forbidden, hold: forbidden };
      const modelled = from(reports(values).map(each => ({ ...each, model })));
      if (make().looksOnly) expect((await lastValueFrom(modelled.pipe(make()))).stop).toEqual(stop);
      else expect(make().looksOnly).toBeUndefined();
    });

    it('says why in one sentence without numbers that run on', async () => {
      const last = await lastValueFrom(from(reports(values)).pipe(make()));
      expect(last.stop?.reason).toMatch(/^[^\n]{8,200}$/);
      expect(last.stop?.reason).not.toMatch(/\d\.\d{7,}|undefined|NaN/);
    });
  });
}
