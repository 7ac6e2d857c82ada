import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeChanges, decodeCurves } from '../../src/live/frames.js';
import { nodeLog } from '../../src/live/node-log.js';
import type { See, Snapshot, Trials } from '../../src/live/protocol.js';
import { studyModel } from '../../src/live/study-model.js';
import type { StudyEvent } from '../../src/tune/events.js';
import { foldEvent, foldWithoutReports } from '../../src/tune/fold-event.js';
import { emptyStudy, type StudyState } from '../../src/tune/study-state.js';
import { madeUpStudy } from './made-up-study.js';
import { plainStudy } from './plain-study.js';

const json = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value));
const study = [...madeUpStudy({ trials: 60, epochs: 40, details: false, words: { activation: 'swish' } })];
const plain = json(study);

function filled(events: readonly StudyEvent[] = study) {
  const model = studyModel(nodeLog);
  for (const event of events) model.append(event);
  return model;
}

/** What a page makes of a snapshot. */
function thawed({ head, trials }: ReturnType<ReturnType<typeof filled>['snapshot']>): StudyState {
  const { state } = JSON.parse(head) as Snapshot;
  const pieces = [...{ [Symbol.iterator]: () => trials }].map(text => JSON.parse(text) as Trials);
  return { ...state, trials: new Map(pieces.flatMap(({ trials }) => trials).map(trial => [trial.number, trial])) };
}

describe('a snapshot', () => {
  test('at any event, followed by the changes after it, is the same study as all events', () => {
    const whole = plain.reduce(foldWithoutReports, emptyStudy);
    fc.assert(
      fc.property(fc.nat(study.length - 1), at => {
        const model = filled(study.slice(0, at + 1));
        const state = thawed(model.snapshot());
        expect(json([...state.trials])).toEqual(
          json([...plain.slice(0, at + 1).reduce(foldWithoutReports, emptyStudy).trials]),
        );
        for (const event of study.slice(at + 1)) model.append(event);
        const events: StudyEvent[] = [];
        for (let next = at + 1; next <= model.lastSeq; ) {
          const changes = model.changes(next, model.lastSeq);
          events.push(...decodeChanges(changes.frame).events);
          next = changes.next;
        }
        expect(events.reduce(foldWithoutReports, state)).toEqual(whole);
      }),
      { numRuns: 12 },
    );
  });

  test('is frozen: what happens while it is sent does not change it', () => {
    const model = filled(study.slice(0, 200));
    const frozen = model.snapshot();
    for (const event of study.slice(200)) model.append(event);
    expect(thawed(frozen)).toEqual(thawed(filled(study.slice(0, 200)).snapshot()));
  });

  test('writes a trial anew only when it has changed', () => {
    const model = filled();
    const first = [...{ [Symbol.iterator]: () => model.snapshot().trials }];
    expect([...{ [Symbol.iterator]: () => model.snapshot().trials }]).toEqual(first);
    expect(model.snapshot().bytes).toBeCloseTo(first.join('').length, -4);
  });

  test('names the metrics, the objective first, and what is wrong with layers, in which trials', () => {
    const { head } = filled().snapshot();
    const { metrics, findings, trials, seq } = JSON.parse(head) as Snapshot;
    expect([metrics[0], [...metrics].sort()]).toEqual(['valLoss', ['loss', 'valAccuracy', 'valLoss']]);
    expect([trials, seq]).toEqual([60, study.length - 1]);
    const sick = study.flatMap(event =>
      event.type === 'trial-reported' && event.report.health ? [[event.trial, event.report.health[0]] as const] : [],
    );
    const vanishing = sick.filter(([, finding]) => finding?.kind === 'vanishing');
    expect(vanishing.length).toBeGreaterThan(0);
    expect(findings.find(({ last }) => last.kind === 'vanishing')).toEqual({
      last: vanishing.at(-1)?.[1],
      trial: vanishing.at(-1)?.[0],
      trials: [...new Set(vanishing.map(([trial]) => trial))],
    });
  });
});

describe('curves', () => {
  const see: See = { type: 'see', id: 1, metric: 'valLoss', by: 'epoch', points: 1000 };
  const read = (model: ReturnType<typeof filled>, wanted: See) =>
    [...model.curves(wanted)].flatMap(frame => decodeCurves(frame).curves);
  const naive = (metric: string, by: See['by'], trial: number) => {
    const reports = plain.flatMap(event =>
      event.type === 'trial-reported' && event.trial === trial ? [event.report] : [],
    );
    const y = ({ metrics }: (typeof reports)[number]) => Math.fround((metrics[metric] as number | null) ?? Number.NaN);
    return reports.map(report => [Math.fround(report[by]), y(report)] as const);
  };

  test('have every report of every trial, by each axis', () => {
    for (const by of ['epoch', 'samples', 'seconds'] as const) {
      const curves = read(filled(), { ...see, by });
      expect(curves.map(({ trial }) => trial)).toEqual(Array.from({ length: 60 }, (_, i) => i));
      for (const { trial, xs, ys } of curves) {
        expect([...xs].map((x, i) => [x, ys[i]])).toEqual(naive('valLoss', by, trial));
      }
    }
  });

  test('within a range have one point on either side of it', () => {
    for (const { trial, xs } of read(filled(), { ...see, from: 10, to: 20 })) {
      const epochs = naive('valLoss', 'epoch', trial).map(([x]) => x);
      expect([...xs]).toEqual(epochs.filter(x => x >= 9 && x <= 21));
    }
    const between = read(filled(), { ...see, from: 10.2, to: 10.4 }).find(({ trial }) => trial === 0);
    const has = naive('valLoss', 'epoch', 0).length >= 11;
    expect(between === undefined ? undefined : [...between.xs]).toEqual(has ? [10, 11] : undefined);
  });

  test('are only of the trials asked for, and of those that report the metric', () => {
    expect(read(filled(), { ...see, trials: [5, 3, 999] }).map(({ trial }) => trial)).toEqual([5, 3]);
    expect(read(filled(), { ...see, metric: 'nothing' })).toEqual([]);
    expect(read(filled(), { ...see, metric: '__proto__' })).toEqual([]);
  });

  test('keep their extremes and ends when they have more points than asked for', () => {
    for (const { trial, xs, ys } of read(filled(), { ...see, points: 10 })) {
      const all = naive('valLoss', 'epoch', trial);
      const values = all.map(([, y]) => y).filter(y => !Number.isNaN(y));
      expect(xs.length).toBeLessThanOrEqual(10);
      const drawn = [...ys].filter(y => !Number.isNaN(y));
      expect([Math.min(...drawn), Math.max(...drawn)]).toEqual([Math.min(...values), Math.max(...values)]);
    }
  });

  test('that are read while the study goes on say up to which event each frame has them', () => {
    const many = [...plainStudy(1500, 30)];
    const model = filled(many.slice(0, -2000));
    const later = many.slice(-2000);
    let frames = 0;
    for (const frame of model.curves(see)) {
      expect(frame.length).toBeLessThan(256 * 1024);
      const { seq, curves: some } = decodeCurves(frame);
      frames++;
      for (const { trial, xs } of some.filter((_, i) => i % 100 === 0)) {
        const known = many.filter(
          event => event.type === 'trial-reported' && event.trial === trial && event.seq <= seq,
        );
        if (trial % 100 === 0) expect(xs.length).toBe(known.length);
      }
      for (const event of later.splice(0, 700)) model.append(event);
    }
    expect(frames).toBeGreaterThan(1);
    expect(model.lastSeq).toBeGreaterThan(many.length - 2000);
  });

  test('of numbers too large for a float are drawn at the edge, not as a gap', () => {
    const report = { epoch: 1, step: 1, samples: 1, seconds: 1, metrics: { loss: 1e300 } };
    const model = filled([plain[0] as StudyEvent, { seq: 1, time: 0, type: 'trial-reported', trial: 0, report }]);
    expect(read(model, { ...see, metric: 'loss' })[0]?.ys[0]).toBe(3.4028234663852886e38);
  });
});

test('a model folds like everyone else, reports apart', () => {
  const { state } = filled();
  const folded = study.reduce(foldEvent, emptyStudy);
  expect([...state.trials.values()]).toEqual([...folded.trials.values()].map(trial => ({ ...trial, reports: [] })));
});
