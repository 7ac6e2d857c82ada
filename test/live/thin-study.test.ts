import { describe, expect, test } from 'vitest';
import { thinned } from '../../src/live/thin-study.js';
import { foldWithoutReports } from '../../src/tune/fold-event.js';
import { emptyStudy } from '../../src/tune/study-state.js';
import { madeUpStudy } from './made-up-study.js';

const events = [...madeUpStudy({ trials: 20, epochs: 40 })];
const fold = (some: typeof events) => some.reduce(foldWithoutReports, emptyStudy);

describe('a thinned study', () => {
  test('at level 0 is the study', () => {
    expect(thinned(events, 0)).toEqual({ events, least: false });
  });

  test.each([1, 2, 3, 10, 1000])('at level %i has the same trials, values, ends and totals', level => {
    const { events: kept } = thinned(events, level);
    const { lastSeq: _, ...whole } = fold(events);
    const { lastSeq, ...thin } = fold([...kept]);
    expect(thin).toEqual(whole);
    expect(kept.map(({ seq }) => seq)).toEqual(Array.from({ length: lastSeq + 1 }, (_, i) => i));
  });

  test('has fewer reports at each level, but the first, the last, the best and those with findings of every trial', () => {
    const reports = (some: readonly (typeof events)[number][]) =>
      some.flatMap(event =>
        event.type === 'trial-reported' ? [{ trial: event.trial, ...event.report, finding: event.report.health }] : [],
      );
    const all = reports(events);
    const counts = [1, 2, 4, 8, 16].map(level => reports(thinned(events, level).events).length);
    expect(counts[0]).toBe(all.length);
    expect(counts).toEqual([...new Set(counts)].sort((a, b) => b - a));
    const least = reports(thinned(events, 16).events);
    for (let trial = 0; trial < 20; trial++) {
      const of = (some: typeof all) => some.filter(report => report.trial === trial);
      const whole = of(all);
      const epochs = of(least).map(({ epoch }) => epoch);
      const finite = whole.filter(({ metrics }) => Number.isFinite(metrics.valLoss));
      const best = finite.reduce((a, b) => ((b.metrics.valLoss as number) < (a.metrics.valLoss as number) ? b : a));
      expect(epochs).toContain(whole[0]?.epoch);
      expect(epochs).toContain(whole.at(-1)?.epoch);
      expect(epochs).toContain(best.epoch);
      for (const { epoch, finding } of whole) if (finding?.length) expect(epochs).toContain(epoch);
    }
  });

  test('tells norms and predictions at the best and the last epoch only', () => {
    const heavy = thinned(events, 1).events.filter(event => event.type === 'trial-reported' && event.report.norms);
    expect(heavy.length).toBeGreaterThan(0);
    expect(heavy.length).toBeLessThanOrEqual(2 * 20);
  });
});
