import { from, lastValueFrom, map, takeWhile, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { inSequence } from '../../src/config/make-rules.js';
import { after as afterEpochs } from '../../src/early-stopping/after.js';
import { all } from '../../src/early-stopping/all.js';
import { any } from '../../src/early-stopping/any.js';
import { diverged } from '../../src/early-stopping/diverged.js';
import { every } from '../../src/early-stopping/every.js';
import { not } from '../../src/early-stopping/not.js';
import { patience } from '../../src/early-stopping/patience.js';
import { stopAtDecision } from '../../src/early-stopping/rule.js';
import type { Rule } from '../../src/early-stopping/study-view.js';
import { threshold } from '../../src/early-stopping/threshold.js';
import { named } from '../../src/early-stopping/user-rule.js';
import { seesWithin } from '../../src/early-stopping/within.js';
import type { Report } from '../../src/train/report.js';
import { fakeModel, report } from './fixtures.js';

/** Within the epoch after so many. */
const partial = (epoch: number, loss: number): Report => ({
  ...report(epoch, loss),
  metrics: { loss },
  within: 'epoch',
});
const run = (rule: Rule, ...reports: Report[]) => lastValueFrom(from(reports).pipe(rule, toArray()));
const stopOf = async (rule: Rule, ...reports: Report[]) => (await run(rule, ...reports)).at(-1)?.stop;
const bad = { metric: 'loss', above: 5, within: 'epoch' } as const;

describe('reports from within an epoch', () => {
  it('stop a trial in its first epoch', async () => {
    expect(await stopOf(diverged({ within: 'epoch' }), partial(0, 2), partial(0, Number.NaN), report(1, 1))).toEqual({
      by: 'diverged',
      outcome: 'failed',
      epoch: 0,
      metric: 'loss',
      value: Number.NaN,
      reason: 'loss is not a number',
    });
  });

  it('need not have the metric: what is not known yet is not judged', async () => {
    const rule = threshold({ metric: 'valLoss', above: 5, within: 'epoch' });
    expect(await stopOf(rule, partial(0, 9), report(1, 9))).toMatchObject({ epoch: 1 });
  });

  it('belong to the epoch that is not over: warm-ups count it', async () => {
    const rule = threshold({ ...bad, warmup: 1 });
    expect(await stopOf(rule, partial(0, 9), report(1, 9), partial(1, 9))).toMatchObject({ epoch: 1, value: 9 });
    expect(await run(rule, partial(0, 9), report(1, 9), partial(1, 9))).toHaveLength(3);
    expect(await run(afterEpochs(1, threshold(bad)), partial(0, 9), report(1, 9), partial(1, 9))).toHaveLength(3);
    expect(await run(every(2, threshold(bad)), partial(0, 9), report(1, 9), partial(1, 9))).toHaveLength(3);
  });

  it('are judged in a combination by the rules that ask for them', async () => {
    const lonely = any(threshold(bad), patience({ epochs: 1 }));
    expect(await stopOf(lonely, report(1, 1), partial(1, 9))).toMatchObject({ epoch: 1 });
    const both = all(threshold(bad), threshold({ metric: 'loss', above: 1 }));
    expect(await run(both, partial(0, 9), report(1, 9))).toHaveLength(2);
    expect(await stopOf(both, partial(0, 9), report(1, 9))).toMatchObject({ epoch: 1 });
  });

  it('are no reason to stop for `not` of a rule that does not look', async () => {
    const high = { metric: 'loss', above: 5 };
    expect(await run(not(threshold(high)), report(1, 9), partial(1, 1), report(2, 1))).toHaveLength(3);
    expect(
      await run(not(threshold({ ...high, within: 'epoch' })), report(1, 9), partial(1, 1), report(2, 1)),
    ).toHaveLength(2);
  });

  it('do not become the last report of a training, whose weights are put back', async () => {
    const { log, reports } = fakeModel();
    const [one, two] = reports(1, 2) as [Report, Report];
    await run(patience({ epochs: 9 }), one, two, partial(2, 1));
    expect(log.restored).toEqual([1]);
  });

  it('are asked for by rules that say so, and by what is made of them', () => {
    const inside = diverged({ within: 'epoch' });
    const asking = [
      inside,
      any(patience({ epochs: 1 }), inside),
      all(inside),
      not(inside),
      afterEpochs(1, inside),
      every(2, inside),
      named('mine', inside),
    ];
    expect(asking.map(seesWithin)).toEqual(asking.map(() => true));
    const others = [diverged(), any(diverged()), patience({ epochs: 1 }), takeWhile<Report>(() => true)];
    expect(others.map(seesWithin)).toEqual(others.map(() => false));
  });
});

describe('rules that only look', () => {
  const looking = diverged();
  const keeping = patience({ epochs: 1 });

  it('say so, and what is made of nothing but them', () => {
    const rules = [
      looking,
      patience({ epochs: 1, restoreBest: false }),
      threshold(bad),
      any(looking, looking),
      all(looking),
      not(looking),
      afterEpochs(1, looking),
      every(2, looking),
      inSequence([looking, looking]),
      named('mine', looking),
      named(
        'mine',
        Object.assign(
          takeWhile<Report>(() => true),
          { looksOnly: true },
        ),
      ),
    ];
    expect(rules.map(({ looksOnly }) => looksOnly)).toEqual(rules.map(() => true));
  });

  it('are none that keep weights, none of a user’s, and nothing that has one of these', () => {
    const mine: Rule = takeWhile<Report>(() => true);
    const rules = [
      keeping,
      mine,
      named('mine', mine),
      any(looking, keeping),
      all(looking, mine),
      not(keeping),
      afterEpochs(1, keeping),
      every(2, mine),
      inSequence([looking, mine]),
    ];
    expect(rules.map(({ looksOnly }) => looksOnly)).toEqual(rules.map(() => undefined));
  });
});

describe('a user’s operator', () => {
  const seen: Report[] = [];
  const watching = (): Rule =>
    map(each => {
      seen.push(each);
      return each;
    });
  const reports = [partial(0, 1), report(1, 1), partial(1, 1), report(2, 1)];

  it('sees the ends of epochs only, and the others pass by', async () => {
    seen.length = 0;
    expect(await run(named('mine', watching()), ...reports)).toEqual(reports);
    expect(seen).toEqual([reports[1], reports[3]]);
  });

  it.each([
    ['an option', named('mine', watching(), { within: 'epoch' })],
    ['a property of its function', named('mine', Object.assign(watching(), { within: 'epoch' as const }))],
  ])('sees all when %s says so', async (_, rule) => {
    seen.length = 0;
    expect(seesWithin(rule)).toBe(true);
    expect(await run(rule, ...reports)).toEqual(reports);
    expect(seen).toEqual(reports);
  });

  it('may end a trial within an epoch', async () => {
    const strict: Rule = takeWhile(({ metrics }) => metrics.loss! < 5, true);
    const rule = named('strict', strict, { within: 'epoch' });
    expect(await stopOf(rule, partial(0, 1), report(1, 1), partial(1, 9), report(2, 1))).toEqual({
      by: 'strict',
      reason: 'strict ended the training after epoch 1',
      outcome: 'complete',
      epoch: 1,
    });
    // What it would have made of the report before is not taken for its version of this one.
    const smooth = named(
      'smooth',
      map(each => ({ ...each, step: -1 })),
      { within: 'epoch' },
    );
    expect((await run(smooth, report(1, 1), partial(1, 1))).map(({ step }) => step)).toEqual([-1, -1]);
  });

  it('refuses another place', () => {
    expect(() => named('mine', watching(), { within: 'batch' as never })).toThrow(
      'mine: expected `within` to be "epoch" or left out, got "batch"',
    );
  });
});

it('a pipe of rules passes them on to those that ask', async () => {
  const piped: Rule = reports$ =>
    reports$.pipe(patience({ epochs: 5 }), diverged({ within: 'epoch' }), stopAtDecision());
  expect(await stopOf(piped, partial(0, Number.NaN), report(1, 1))).toMatchObject({ by: 'diverged', epoch: 0 });
});
