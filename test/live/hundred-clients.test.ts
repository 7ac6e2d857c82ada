import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ReplaySubject, Subject } from 'rxjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { readFrame } from '../../src/live/binary-frame.js';
import { protocolName, type ServerMessage, tokenProtocol } from '../../src/live/protocol.js';
import { serveLive } from '../../src/live/serve-live.js';
import { random } from '../../src/random.js';
import type { StudyEvent } from '../../src/tune/events.js';
import { foldWithoutReports } from '../../src/tune/fold-event.js';
import { emptyStudy } from '../../src/tune/study-state.js';
import { madeUpStudy } from './made-up-study.js';
import { pageFolder } from './page-folder.js';
import { type Known, type PageReader, pageReader } from './page-reader.js';
import { plainStudy } from './plain-study.js';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

let page: Awaited<ReturnType<typeof pageFolder>>;
beforeAll(async () => {
  page = await pageFolder();
});
afterAll(() => page.remove());

const json = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value));
const pause = (milliseconds: number) => new Promise(resolve => setTimeout(resolve, milliseconds));

/** A client that only looks whether numbers follow each other, so that a hundred of them cost little. */
async function counter(server: { readonly port: number; readonly token: string }, as: 'state' | 'events') {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/live`, [protocolName, tokenProtocol(server.token)]);
  const one = { socket, last: -1, gaps: 0, bytes: 0 };
  const follow = (from: number, to: number) => {
    if (from !== one.last + 1) one.gaps++;
    one.last = to;
  };
  socket.on('message', (data, isBinary) => {
    one.bytes += (data as Buffer).length;
    if (isBinary) {
      const { from, to } = readFrame(data as Buffer).head as { readonly from: number; readonly to: number };
      return follow(from, to);
    }
    const message = JSON.parse(data.toString()) as ServerMessage;
    if (message.type === 'snapshot') one.last = message.seq;
    if (message.type === 'events') for (const { seq } of message.events) follow(seq, seq);
  });
  socket.on('error', () => {});
  await new Promise(resolve => socket.once('open', resolve));
  socket.send(JSON.stringify({ type: 'resume', study: null, lastSeq: -1, as }));
  return one;
}

describe('a hundred clients, of which ten never read', () => {
  test('cost the server no more memory with time, and the other ninety miss nothing', async () => {
    const events$ = new Subject<StudyEvent>();
    const limits = { flushEvery: 10, flushEveryForEach: 0.5, lag: 64 * 1024, closeWithin: 200 };
    const server = await serveLive(events$, { dashboards: page.folder, limits });
    const study = plainStudy(160, 250);
    let told = -1;
    const say = (count: number) => {
      for (let i = 0; i < count; i++) {
        const { value } = study.next();
        if (value === undefined) return;
        told = value.seq;
        events$.next(value);
      }
    };
    say(10);
    const all = await Promise.all(
      Array.from({ length: 100 }, (_, i) => counter(server, i % 20 === 0 ? 'events' : 'state')),
    );
    const deaf = all.filter((_, i) => i % 10 === 9);
    for (const { socket } of deaf) socket.pause();
    const good = all.filter(one => !deaf.includes(one));
    const caughtUp = async () => {
      while (good.some(({ last }) => last < told)) await pause(5);
    };
    /** The memory in use once all have read everything. */
    const memory = async () => {
      await caughtUp();
      gc();
      gc();
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      return heapUsed + arrayBuffers;
    };
    const measured: number[] = [];
    for (let round = 0; round < 8; round++) {
      for (let i = 0; i < 5; i++) {
        say(500);
        await pause(5);
      }
      measured.push(await memory());
    }
    expect(told).toBeGreaterThan(19_000);
    expect(good.map(({ gaps, last }) => [gaps, last])).toEqual(good.map(() => [0, told]));
    expect(server.clients()).toBe(100);
    // 10,000 more events in a hundred queues would be 50 MB; kept once they are less than 1.
    const [early, late] = [measured[3] as number, measured[7] as number];
    expect(late - early).toBeLessThan(12e6);
    for (const { socket } of all) socket.terminate();
    await server.close();
  });
});

describe('a client whose connection is cut at twenty random moments, and whose server is restarted', () => {
  test.each([1, 2])('knows in the end what a fresh client knows (seed %i)', async seed => {
    const draw = random(seed, 'cuts');
    const study = [...madeUpStudy({ trials: 60, epochs: 20, seed })];
    const token = 'cd'.repeat(16);
    const begin = async (events: Iterable<StudyEvent>, port = 0) => {
      const events$ = new ReplaySubject<StudyEvent>();
      for (const event of events) events$.next(event);
      const limits = { flushEvery: 3, closeWithin: 20 };
      return { events$, server: await serveLive(events$, { dashboards: page.folder, token, port, limits }) };
    };
    let told = 0;
    let { events$, server } = await begin([]);
    const say = (count: number) => {
      for (const event of study.slice(told, told + count)) events$.next(event);
      told = Math.min(study.length, told + count);
    };
    let known: Known | undefined;
    let one: PageReader | undefined;
    const gaps: string[] = [];
    for (let cut = 0; cut < 20; cut++) {
      say(draw.int(0, 80));
      one = await pageReader(server, known ? { known } : {});
      await pause(draw.int(0, 6));
      say(draw.int(0, 40));
      await pause(draw.int(0, 6));
      // At any moment: before the greeting, within a snapshot, between changes.
      one.socket.terminate();
      await one.closed;
      gaps.push(...one.gaps);
      const [identity, state] = [one.study(), one.state()];
      known = state === undefined ? undefined : { study: () => identity, state: () => state };
      if (cut % 7 !== 3) continue;
      await server.close();
      // What the server had told and not stored yet comes again, or is less at first.
      told = Math.max(0, told - draw.int(0, 5));
      ({ events$, server } = await begin(study.slice(0, told), server.port));
    }
    one = await pageReader(server, known ? { known } : {});
    const fresh = await pageReader(server);
    say(study.length);
    events$.complete();
    for (const each of [one, fresh]) await each.until(() => each.messages.at(-1)?.type === 'ended');
    expect([...gaps, ...one.gaps]).toEqual([]);
    expect(one.state()).toEqual(fresh.state());
    expect(fresh.state()).toEqual(json(study).reduce(foldWithoutReports, emptyStudy));
    for (const each of [one, fresh]) each.socket.terminate();
    await server.close();
  });
});
