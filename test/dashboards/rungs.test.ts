import { describe, expect, test } from 'vitest';
import { curvesData } from '../../dashboards/src/chart/curves-data.js';
import { rungGroups, savingsOf, valueAt } from '../../dashboards/src/chart/rung-groups.js';
import { medianMargin, rungWords, savingsWords } from '../../dashboards/src/views/rungs-words.js';
import { bracketOf } from '../../src/early-stopping/hyperband.js';
import type { RungsInfo } from '../../src/tune/events.js';
import { foldEvent } from '../../src/tune/fold-event.js';
import { emptyStudy, type TrialRecord } from '../../src/tune/study-state.js';
import { rungStudy } from '../live/made-up-variants.js';

function folded(rule: 'successiveHalving' | 'hyperband', trials: number) {
  const study = rungStudy(rule, trials).reduce(foldEvent, emptyStudy);
  const curves = curvesData();
  for (const { number, reports } of study.trials.values()) {
    for (const { epoch, metrics } of reports) curves.append(number, epoch, metrics.valLoss as number);
  }
  const info = study.study?.rungs?.[0] as RungsInfo;
  return { study, info, groups: rungGroups(info, study.trials.values(), number => curves.get(number)) };
}

describe('the rungs of successive halving', () => {
  const { study, info, groups } = folded('successiveHalving', 60);
  const [bracket] = groups;

  test('who is kept at a rung, and lives on, is who reaches the next', () => {
    const rungs = bracket?.rungs ?? [];
    expect(rungs.map(({ epoch }) => epoch)).toEqual([1, 3, 9]);
    expect(rungs[0]?.trials).toHaveLength(60);
    for (const [i, { trials, kept, fell }] of rungs.entries()) {
      expect(kept + fell).toBe(trials.length);
      expect(rungs[i + 1]?.trials.length ?? bracket?.ended).toBe(kept);
    }
  });

  test('who fell is who the rule ended there, by the margin that its decision tells', () => {
    for (const { epoch, trials } of bracket?.rungs ?? []) {
      for (const at of trials) {
        const { stop, reports } = study.trials.get(at.trial) as TrialRecord;
        expect(at.fell).toBe(stop?.by === 'successiveHalving' && stop.epoch === epoch);
        expect(at.value).toBeCloseTo(reports[epoch - 1]?.metrics.valLoss as number, 6);
        if (!at.fell) continue;
        expect(at.margin).toBeCloseTo((stop?.value as number) - (stop?.threshold as number), 12);
        expect(at.margin).toBeGreaterThan(0);
      }
    }
  });

  test('the cut is the last of the best third', () => {
    for (const { trials, cut } of bracket?.rungs ?? []) {
      const better = trials.filter(({ value }) => value <= (cut as number));
      expect(better).toHaveLength(Math.max(1, Math.floor(trials.length / 3)));
    }
  });

  test('says in words who fell against what, and what was spared', () => {
    const rung = groups[0]!.rungs[1]!;
    const at = rung.trials.find(({ fell }) => fell)!;
    const words = rungWords(info, rung, at, study.trials.get(at.trial) as TrialRecord);
    expect(words).toMatch(
      /^fell at epoch 3: 0\.\d{4} against 0\.\d{4}, the best.* of \d+ at the rung of epoch 3 \(0\.\d{4} too much\)$/,
    );
    const savings = savingsOf(info, study.trials.values(), 27);
    const epochs = [...study.trials.values()].reduce((sum, trial) => sum + trial.epochs, 0);
    expect(savings).toEqual({ run: epochs, all: 60 * 27, spared: 60 * 27 - epochs, fell: study.counts.pruned });
    expect(savingsWords({ run: 50, all: 100, spared: 40, fell: 4 }, 'sh')).toBe(
      'sh ended 4 trials early and spared 40 epochs, 40 % of the 100 epochs that all trials to their end would have taken; 10 epochs more were spared by other decisions.',
    );
    expect(savingsOf(info, study.trials.values(), undefined)).toBeUndefined();
  });

  test('the median margin leaves signs aside', () => {
    const trials = [0.5, -0.25, 0.1, undefined].map((margin, trial) => ({ trial, value: 1, fell: true, margin }));
    expect(medianMargin({ epoch: 1, kept: 0, fell: 4, trials })).toBe(0.25);
    expect(medianMargin({ epoch: 1, kept: 0, fell: 2, trials: trials.slice(0, 2) })).toBe(0.375);
    expect(medianMargin({ epoch: 1, kept: 0, fell: 0, trials: [] })).toBeUndefined();
  });
});

describe('the rungs of hyperband', () => {
  test('each trial is in the bracket that the rule put it in, and compared there only', () => {
    const { study, info, groups } = folded('hyperband', 120);
    expect(groups.map(({ rungs }) => rungs.map(({ epoch }) => epoch))).toEqual([[1, 3, 9], [3, 9], [9], []]);
    expect(groups.reduce((sum, { started }) => sum + started, 0)).toBe(120);
    for (const [bracket, { rungs }] of groups.entries()) {
      for (const { trials } of rungs) {
        for (const { trial, fell } of trials) {
          expect(bracketOf(info, trial)).toBe(bracket);
          if (fell) expect(study.trials.get(trial)?.stop?.against).toContain(`bracket ${bracket}`);
        }
      }
    }
    // Every trial that the rule ended is found at a rung: rungs and brackets are those of the rule.
    const fallen = groups.reduce((sum, { rungs }) => sum + rungs.reduce((all, { fell }) => all + fell, 0), 0);
    expect(fallen).toBe(study.counts.pruned);
  });
});

describe('the value of a curve at an epoch', () => {
  test('is exact where it is known, between its neighbours where it was thinned out, and none beyond', () => {
    const curve = { xs: [1, 2, 6], ys: [4, 2, 6] };
    expect([1, 2, 3, 6].map(epoch => valueAt(curve, epoch))).toEqual([4, 2, 3, 6]);
    expect([0, 7].map(epoch => valueAt(curve, epoch))).toEqual([Number.NaN, Number.NaN]);
    expect(valueAt(undefined, 1)).toBeNaN();
  });
});
