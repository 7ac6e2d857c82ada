import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { servedCurves } from '../../dashboards/src/served-curves.js';
import { decodeChanges, decodeCurves, frameKind } from '../../src/live/frames.js';
import type { See } from '../../src/live/protocol.js';
import { studyModel } from '../../src/live/study-model.js';
import { studySession } from '../../src/live/study-session.js';
import { madeUpStudy } from '../live/made-up-study.js';

const events = [...madeUpStudy({ trials: 30, epochs: 20, details: false })];

/** A page's curves beside a server's session, between which messages go one at a time; a break loses what is on its way. */
function pair() {
  const model = studyModel({ identify: () => 'study' });
  let told = 0;
  let clock = 0;
  let lastSeq = -1;
  let greetings = 0;
  let session: ReturnType<typeof studySession> | undefined;
  const curves = servedCurves({
    say: (see: See) => session?.say(see) === true,
    points: () => 4096,
    clock: () => clock,
  });
  const hear = (message: string | Uint8Array) => {
    if (typeof message === 'string') {
      const { type, seq, fresh } = JSON.parse(message) as { type: string; seq: number; fresh?: boolean };
      if (type === 'hello' && fresh === false) curves.ask(false);
      if (type !== 'snapshot') return;
      lastSeq = seq;
      greetings++;
      curves.ask(true);
      return;
    }
    if (frameKind(message) === 'curves') return curves.hear(decodeCurves(message));
    for (const event of decodeChanges(message).events) {
      if (event.seq !== lastSeq + 1) throw new Error(`a gap before ${event.seq}`);
      lastSeq = event.seq;
      if (event.type === 'trial-reported') curves.take(event);
    }
  };
  const connect = () => {
    session = studySession({ model, send: hear, ended: () => undefined, clock: () => 0, frame: 512 });
    session.say({ type: 'resume', study: lastSeq < 0 ? null : 'study', lastSeq, as: 'state' });
    session.reach();
  };
  return {
    curves,
    connect,
    greetings: () => greetings,
    tell(count: number) {
      for (const event of events.slice(told, told + count)) model.append(event);
      told = Math.min(events.length, told + count);
    },
    reach: () => session?.reach(),
    step: (count: number) => {
      for (let i = 0; i < count; i++) session?.step();
    },
    finish() {
      this.tell(events.length);
      session?.reach();
      while (session?.step());
    },
    pass: (ms: number) => {
      clock += ms;
    },
  };
}

const wanted = (metric: string) => {
  const of = new Map<number, [number, number][]>();
  for (const event of events) {
    if (event.type !== 'trial-reported') continue;
    const value = event.report.metrics[metric] as number;
    of.set(event.trial, [...(of.get(event.trial) ?? []), [event.report.epoch, Math.fround(value)]]);
  }
  return of;
};
const shown = (curves: ReturnType<typeof servedCurves>, metric: string) =>
  new Map(
    Array.from({ length: 30 }, (_, trial): [number, [number, number][]] => {
      const curve = curves.get(metric, 'epoch').get(trial);
      return [trial, [...(curve?.xs ?? [])].map((x, i) => [x, curve?.ys[i] as number])];
    }),
  );

describe('the curves of the page', () => {
  test('are those of all reports, whenever they are asked for, told and broken off', () => {
    const act = fc.oneof(
      fc.record({ kind: fc.constant('tell' as const), n: fc.integer({ min: 1, max: 80 }) }),
      fc.record({ kind: fc.constant('step' as const), n: fc.integer({ min: 1, max: 6 }) }),
      fc.record({ kind: fc.constantFrom('reach' as const, 'break' as const, 'ask' as const), n: fc.constant(0) }),
    );
    fc.assert(
      fc.property(fc.array(act, { maxLength: 40 }), acts => {
        const both = pair();
        both.tell(1);
        both.connect();
        for (const { kind, n } of acts) {
          if (kind === 'tell') both.tell(n);
          else if (kind === 'step') both.step(n);
          else if (kind === 'reach') both.reach();
          else if (kind === 'ask') both.curves.get('loss', 'epoch');
          else both.connect();
        }
        both.curves.get('loss', 'epoch');
        both.finish();
        const set = both.curves.get('loss', 'epoch');
        expect(set.complete).toBe(true);
        expect(shown(both.curves, 'loss')).toEqual(wanted('loss'));
        const finite = [...wanted('loss').values()].flat().filter(([, y]) => Number.isFinite(y));
        expect(set.points()).toBe(finite.length);
        expect(set.last()).toBe(20);
      }),
      { numRuns: 60 },
    );
  });

  test('that no view has asked for in half a minute are dropped, and asked for again when one does', () => {
    const both = pair();
    both.tell(events.length);
    both.connect();
    both.curves.get('valLoss', 'epoch');
    both.finish();
    expect(both.curves.get('valLoss', 'epoch').complete).toBe(true);
    both.pass(29_000);
    both.curves.tidy();
    expect(both.curves.get('valLoss', 'epoch').complete).toBe(true);
    both.pass(31_000);
    both.curves.tidy();
    expect(both.curves.get('valLoss', 'epoch').complete).toBe(false);
    both.finish();
    expect(both.curves.get('valLoss', 'epoch').complete).toBe(true);
  });
});
