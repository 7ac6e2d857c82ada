import { concat, from, NEVER, type Observable, ReplaySubject, Subject } from 'rxjs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { lightEvent } from '../../src/live/light-event.js';
import type { LiveLimits } from '../../src/live/limits.js';
import type { Detail } from '../../src/live/protocol.js';
import { serveLive } from '../../src/live/serve-live.js';
import type { LiveOptions } from '../../src/live/server.js';
import type { StudyEvent } from '../../src/tune/events.js';
import { foldWithoutReports } from '../../src/tune/fold-event.js';
import { emptyStudy } from '../../src/tune/study-state.js';
import { madeUpStudy } from './made-up-study.js';
import { pageFolder } from './page-folder.js';
import { type Known, pageReader } from './page-reader.js';
import { plainStudy } from './plain-study.js';

const json = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value));
const study = [...madeUpStudy({ trials: 40, epochs: 20 })];
const plain = json(study);
const folded = (events: readonly StudyEvent[]) => json(events).reduce(foldWithoutReports, emptyStudy);

let page: Awaited<ReturnType<typeof pageFolder>>;
beforeAll(async () => {
  page = await pageFolder();
});
afterAll(() => page.remove());

const open: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});
async function serve(events$: Observable<StudyEvent>, limits: Partial<LiveLimits> = {}, options: LiveOptions = {}) {
  const server = await serveLive(events$, {
    dashboards: page.folder,
    ...options,
    limits: { flushEvery: 5, closeWithin: 300, ...limits },
  });
  open.push(server);
  return server;
}
async function connect(server: { readonly port: number; readonly token: string }, known?: Known) {
  const one = await pageReader(server, known ? { known } : {});
  open.unshift({ close: async () => one.socket.terminate() });
  return one;
}

describe('a client that wants the state', () => {
  test('gets a snapshot and then changes, and ends with what all events tell', async () => {
    const events$ = new ReplaySubject<StudyEvent>();
    const server = await serve(events$);
    for (const event of study.slice(0, 150)) events$.next(event);
    const [one, early] = [await connect(server), await connect(server)];
    await one.until(() => one.state()?.lastSeq === 149);
    expect(one.state()).toEqual(folded(study.slice(0, 150)));
    for (const event of study.slice(150)) events$.next(event);
    events$.complete();
    for (const reader of [one, early]) {
      await reader.until(() => reader.messages.at(-1)?.type === 'ended');
      expect(reader.state()).toEqual(folded(study));
      expect(reader.gaps).toEqual([]);
      expect(reader.messages.some(({ type }) => type === 'events')).toBe(false);
    }
  });

  test('that comes before the study hears of it when it begins', async () => {
    const events$ = new Subject<StudyEvent>();
    const server = await serve(events$);
    const one = await connect(server);
    await one.until(() => one.messages.length === 1);
    expect(one.messages[0]).toMatchObject({
      type: 'hello',
      study: null,
      fresh: true,
      lastSeq: -1,
      studies: 1,
      key: 'live',
    });
    for (const event of study) events$.next(event);
    await one.until(() => one.state()?.lastSeq === study.length - 1);
    expect(one.state()).toEqual(folded(study));
  });

  test('and comes back soon is told the changes only; after long, another snapshot', async () => {
    const many = [...plainStudy(40, 600)];
    const server = await serve(concat(from(many), NEVER));
    const first = await connect(server);
    await first.until(() => first.state()?.lastSeq === many.length - 1);
    const at = (seq: number): Known => ({ study: first.study, state: () => folded(many.slice(0, seq + 1)) });
    const soon = await connect(server, at(many.length - 100));
    const late = await connect(server, at(10));
    for (const one of [soon, late]) {
      await one.until(() => one.state()?.lastSeq === many.length - 1);
      expect([one.gaps, one.state()]).toEqual([[], folded(many)]);
    }
    const types = ({ messages }: typeof soon) => messages.map(({ type }) => type).filter(type => type !== 'load');
    expect(types(soon)).toEqual(['hello']);
    expect(soon.messages[0]).toMatchObject({ fresh: false });
    expect(types(late).slice(0, 2)).toEqual(['hello', 'snapshot']);
    expect(late.messages[0]).toMatchObject({ fresh: true });
  });

  test('and cannot follow is sent nothing for a while, and then everything that it missed: never a gap', async () => {
    const events$ = new ReplaySubject<StudyEvent>();
    const server = await serve(events$, { lag: 32 * 1024 });
    const [slow, quick] = [await connect(server), await connect(server)];
    // Far more than what the system holds for a socket that nobody reads.
    const padding = 'x'.repeat(20_000);
    const say = (from: number, to: number) => {
      for (let seq = from; seq <= to; seq++) {
        events$.next({ seq, time: 0, type: 'trial-started', trial: seq, hparams: { padding } });
      }
    };
    events$.next(study[0] as StudyEvent);
    await slow.until(() => slow.state()?.lastSeq === 0);
    slow.socket.pause();
    for (let i = 0; i < 10; i++) {
      say(100 * i + 1, 100 * i + 100);
      await quick.until(() => quick.state()?.lastSeq === 100 * i + 100);
    }
    expect(slow.state()?.lastSeq).toBeLessThan(500);
    slow.socket.resume();
    await slow.until(() => slow.state()?.lastSeq === 1000);
    expect(slow.gaps).toEqual([]);
    expect(slow.state()).toEqual(quick.state());
  });

  test('is told in few frames, which those who are at the same place share', async () => {
    const events$ = new ReplaySubject<StudyEvent>();
    const server = await serve(events$, { flushEvery: 60_000 });
    events$.next(study[0] as StudyEvent);
    const one = await connect(server);
    await one.until(() => one.state() !== undefined);
    for (const event of study.slice(1)) events$.next(event);
    events$.complete();
    await one.until(() => one.messages.at(-1)?.type === 'ended');
    expect(one.changes.length).toBeLessThanOrEqual(1 + study.length / 400);
  });

  test('hears about the load of the machine, with the workers where there are some', async () => {
    const workers = [{ busy: 0.5, trial: 3 }, { busy: 0 }];
    const server = await serve(NEVER, { loadEvery: 5 }, { workers: () => workers });
    const one = await connect(server);
    await one.until(() => one.messages.filter(({ type }) => type === 'load').length === 2);
    const load = one.messages.find(message => message.type === 'load');
    expect(load).toMatchObject({ workers });
    expect(load?.cores).toBeGreaterThan(0);
    expect(load?.memory).toBeGreaterThan(1e6);
    expect(load?.cpu).toBeGreaterThanOrEqual(0);
  });
});

describe('curves that a client asks to see', () => {
  const see = { type: 'see', metric: 'valLoss', by: 'epoch', points: 500 } as const;

  test('come for all trials, in frames the last of which says so, and what comes later is in the changes', async () => {
    const events$ = new ReplaySubject<StudyEvent>();
    const server = await serve(events$);
    for (const event of study.slice(0, 300)) events$.next(event);
    const one = await connect(server);
    one.say({ ...see, id: 7 });
    one.say({ ...see, id: 8, metric: 'loss', by: 'seconds' });
    await one.until(() => one.curves.filter(({ last }) => last).length === 2);
    for (const id of [7, 8]) {
      const own = one.curves.filter(frame => frame.id === id);
      const points = own.flatMap(({ curves }) => curves).reduce((sum, { xs }) => sum + xs.length, 0);
      const reports = study.filter(({ type, seq }) => type === 'trial-reported' && seq <= 299);
      expect(points).toBe(reports.length);
      expect(own.map(({ last }) => last)).toEqual([...own.slice(1).map(() => false), true]);
    }
    expect(one.curves.every(({ seq }) => seq === 299)).toBe(true);
  });

  test('of the same metric and axis replace those that were asked for before', async () => {
    const server = await serve(concat(from(study), NEVER));
    const one = await connect(server);
    for (let id = 0; id < 5; id++) one.say({ ...see, id });
    await one.until(() => one.curves.some(({ last }) => last));
    one.say({ ...see, id: 9, metric: 'loss' });
    await one.until(() => one.curves.some(({ id, last }) => id === 9 && last));
    expect(one.curves.filter(({ last }) => last).map(({ id }) => id)).toEqual([4, 9]);
  });

  test('that are too many at a time end the connection with a reason', async () => {
    const server = await serve(NEVER);
    const one = await connect(server);
    for (let id = 0; id < 40; id++) one.say({ ...see, id, metric: `metric ${id}` });
    expect(await one.closed).toMatchObject({ code: 1008, reason: /before you ask for more/ });
  });
});

describe('a trial that a client inspects', () => {
  const details = (messages: readonly { readonly type: string }[]) =>
    messages.filter((message): message is Detail => message.type === 'detail');

  test('is told with everything that its reports had, and followed', async () => {
    const events$ = new ReplaySubject<StudyEvent>();
    const server = await serve(events$);
    const own = plain.filter(event => 'trial' in event && event.trial === 2);
    const half = own[Math.floor(own.length / 2)]?.seq as number;
    for (const event of study.slice(0, half)) events$.next(event);
    const one = await connect(server);
    one.say({ type: 'inspect', trial: 2 });
    await one.until(() => details(one.messages).length > 0);
    for (const event of study.slice(half)) events$.next(event);
    await one.until(() => details(one.messages).flatMap(({ events }) => events).length === own.length);
    expect(details(one.messages).flatMap(({ events }) => events)).toEqual(own);
    expect(details(one.messages).map(({ more }) => more)).toEqual([
      undefined,
      ...details(one.messages)
        .slice(1)
        .map(() => true),
    ]);
    expect(own.some(event => event.type === 'trial-reported' && event.report.norms !== undefined)).toBe(true);
  });

  test('may be none yet, or another one, or none any more', async () => {
    const server = await serve(concat(from(study), NEVER));
    const one = await connect(server);
    one.say({ type: 'inspect', trial: 999 });
    await one.until(() => details(one.messages).length === 1);
    expect(details(one.messages)[0]).toMatchObject({ trial: 999, events: [] });
    one.say({ type: 'inspect', trial: 1 });
    await one.until(() => details(one.messages).length > 1);
    one.say({ type: 'inspect', trial: null });
    one.say({ type: 'history', id: 1 });
    await one.until(() => one.history.at(-1)?.last === true);
    expect(
      details(one.messages)
        .slice(1)
        .every(({ trial }) => trial === 1),
    ).toBe(true);
  });
});

test('the history is all events from the beginning, in frames the last of which says so', async () => {
  const server = await serve(concat(from(study), NEVER));
  const one = await connect(server);
  one.say({ type: 'history', id: 5 });
  await one.until(() => one.history.at(-1)?.last === true);
  expect(one.history.flatMap(({ events }) => events)).toEqual(plain.map(lightEvent));
  expect(one.history.map(({ id, last }) => [id, last])).toEqual(
    one.history.map((_, i) => [5, i === one.history.length - 1]),
  );
});
