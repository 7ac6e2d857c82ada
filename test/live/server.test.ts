import { symlinkSync } from 'node:fs';
import { type IncomingHttpHeaders, request } from 'node:http';
import { connect, Server } from 'node:net';
import { concat, from, NEVER, type Observable, ReplaySubject, Subject, throwError } from 'rxjs';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { InputError } from '../../src/errors.js';
import { liveShelf } from '../../src/live/live-shelf.js';
import { serveLive } from '../../src/live/serve-live.js';
import { serveStudies } from '../../src/live/serve-studies.js';
import type { LiveOptions, LiveServer } from '../../src/live/server.js';
import type { StudyEvent } from '../../src/tune/events.js';
import { madeUpStudy } from './made-up-study.js';
import { pageFolder } from './page-folder.js';
import { type Reader, reader } from './reader.js';

const study = [...madeUpStudy({ trials: 6, epochs: 8 })];
const other = [...madeUpStudy({ trials: 3, epochs: 4, name: 'iris' })];
const json = (value: unknown) => JSON.parse(JSON.stringify(value));

let page: Awaited<ReturnType<typeof pageFolder>>;
beforeAll(async () => {
  page = await pageFolder();
});
afterAll(() => page.remove());

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});
async function serve(events$: Observable<StudyEvent>, options: LiveOptions = {}): Promise<LiveServer> {
  const server = await serveLive(events$, {
    dashboards: page.folder,
    ...options,
    limits: { flushEvery: 5, closeWithin: 300, ...options.limits },
  });
  open.push(server);
  return server;
}
async function read(server: LiveServer): Promise<Reader> {
  const one = await reader(server);
  open.unshift({ close: async () => one.socket.terminate() });
  return one;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}
function ask(server: LiveServer, path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port: server.port, path, method, headers, agent: false }, answer => {
      let body = '';
      answer.on('data', chunk => {
        body += chunk;
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body }));
    });
    asked.on('error', reject);
    asked.end();
  });
}

/** Sends a request line that no well-behaved client would. */
function askRaw(server: LiveServer, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(server.port, '127.0.0.1');
    let text = '';
    socket.on('data', chunk => {
      text += chunk;
    });
    socket.on('end', () => resolve(text));
    socket.on('error', reject);
    socket.end(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nConnection: close\r\n\r\n`);
  });
}

interface Upgrade {
  readonly protocols?: readonly string[];
  readonly headers?: Record<string, string>;
  readonly path?: string;
}
/** The status and the words with which an upgrade is answered; 101 for success. */
function upgrade(server: LiveServer, { protocols, headers = {}, path = '/live' }: Upgrade = {}): Promise<Answer> {
  const offered = [...(protocols ?? ['rxnn.v1', `token.${server.token}`])];
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}${path}`, offered, { headers });
    socket.on('open', () => {
      resolve({ status: 101, headers: {}, body: socket.protocol });
      socket.terminate();
    });
    socket.on('unexpected-response', (_, answer) => {
      let body = '';
      answer.on('data', chunk => {
        body += chunk;
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body }));
    });
    socket.on('error', reject);
  });
}

describe('the files of the page', () => {
  test('are served with a strict policy, under every name of the loopback', async () => {
    const server = await serve(NEVER);
    for (const host of ['127.0.0.1', 'localhost', '[::1]', 'LOCALHOST']) {
      const answer = await ask(server, '/', { host: `${host}:${server.port}` });
      expect(answer.status).toBe(200);
      expect(answer.body).toContain('<title>page</title>');
    }
    const { headers } = await ask(server, '/assets/index.js');
    const policy = headers['content-security-policy'];
    expect(policy).not.toContain('data:');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    expect(headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
    });
    expect(headers['access-control-allow-origin']).toBeUndefined();
  });

  test('are refused to a foreign Host, in a sentence that tells the cure', async () => {
    const server = await serve(NEVER);
    for (const host of [
      'evil.example',
      `evil.example:${server.port}`,
      '127.0.0.1',
      `127.0.0.1.evil.example:${server.port}`,
      '192.168.0.1:80',
      `0.0.0.0:${server.port}`,
    ]) {
      const answer = await ask(server, '/', { host });
      expect(answer.status).toBe(403);
      expect(answer.body).toContain(`ssh -L ${server.port}:127.0.0.1:${server.port}`);
    }
  });

  test('are the only ones: nothing outside the folder is reached by any path or link', async () => {
    symlinkSync('../secret.json', `${page.folder}/link.json`);
    symlinkSync('..', `${page.folder}/up`);
    const server = await serve(NEVER);
    for (const path of [
      '/../secret.json',
      '/%2e%2e/secret.json',
      '/..%2fsecret.json',
      '/assets/../../secret.json',
      '/assets/..%5c..%5csecret.json',
      '//secret.json',
      '/link.json',
      '/up/secret.json',
      '/%00',
      '/%',
      'http://127.0.0.1/secret.json',
    ]) {
      const answer = await askRaw(server, path);
      expect(answer, path).toMatch(/^HTTP\/1\.1 404 /);
      expect(answer, path).not.toContain('"secret"');
    }
  });

  test('are only read: other methods are refused', async () => {
    const server = await serve(NEVER);
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      const answer = await ask(server, '/', {}, method);
      expect([answer.status, answer.headers.allow]).toEqual([405, 'GET, HEAD']);
    }
    const head = await ask(server, '/', {}, 'HEAD');
    expect([head.status, head.body]).toEqual([200, '']);
  });

  test('a folder without a page is an InputError that says what to do', async () => {
    await expect(serveLive(NEVER, { dashboards: `${page.folder}/nothing` })).rejects.toThrow(
      /not built.*npm run build/,
    );
  });
});

describe('the right to read', () => {
  test('needs the token, which is refused before the upgrade when it is missing or wrong', async () => {
    const server = await serve(NEVER);
    const wrong = server.token.replace(/.$/, last => (last === '0' ? '1' : '0'));
    for (const protocols of [
      ['rxnn.v1'],
      ['rxnn.v1', 'token.'],
      ['rxnn.v1', `token.${wrong}`],
      ['rxnn.v1', `token.${server.token}0`],
      ['rxnn.v1', `token.${server.token.slice(0, -1)}`],
    ]) {
      const answer = await upgrade(server, { protocols });
      expect(answer.status).toBe(401);
      expect(answer.body).toContain('open the address that the command printed');
    }
    expect(await upgrade(server)).toMatchObject({ status: 101, body: 'rxnn.v1' });
    expect(server.clients()).toBeLessThanOrEqual(1);
  });

  test('can be asked for in plain, with the token in a header', async () => {
    const server = await serve(NEVER);
    expect((await ask(server, '/access', { authorization: `Bearer ${server.token}` })).status).toBe(204);
    expect((await ask(server, '/access', { authorization: `Bearer ${'0'.repeat(32)}` })).status).toBe(401);
    expect((await ask(server, '/access')).status).toBe(401);
  });

  test('is given to the own page and to programs, and refused to every other Origin', async () => {
    const server = await serve(NEVER);
    const own = `http://127.0.0.1:${server.port}`;
    expect((await upgrade(server, { headers: { origin: own } })).status).toBe(101);
    expect(
      (
        await upgrade(server, {
          headers: { host: `localhost:${server.port}`, origin: `http://localhost:${server.port}` },
        })
      ).status,
    ).toBe(101);
    expect((await upgrade(server)).status).toBe(101);
    for (const origin of [
      'null',
      'http://evil.example',
      `https://127.0.0.1:${server.port}`,
      `http://127.0.0.1:${server.port}.evil.example`,
      `http://localhost:${server.port}`,
      'http://127.0.0.1',
      'http://192.168.0.1',
    ]) {
      expect((await upgrade(server, { headers: { origin } })).status, origin).toBe(403);
    }
  });

  test('is refused to a foreign Host, on another path and without the protocol', async () => {
    const server = await serve(NEVER);
    expect((await upgrade(server, { headers: { host: `evil.example:${server.port}` } })).status).toBe(403);
    expect(
      (
        await upgrade(server, {
          headers: { host: `evil.example:${server.port}`, origin: `http://evil.example:${server.port}` },
        })
      ).status,
    ).toBe(403);
    expect((await upgrade(server, { path: '/' })).status).toBe(404);
    expect((await upgrade(server, { path: `/live?token=${server.token}`, protocols: ['rxnn.v1'] })).status).toBe(404);
    expect((await upgrade(server, { protocols: ['rxnn.v0', `token.${server.token}`] })).status).toBe(400);
  });

  test('ends where there are too many clients', async () => {
    const server = await serve(NEVER, { limits: { clients: 1 } });
    await read(server);
    expect(await upgrade(server)).toMatchObject({ status: 503 });
  });
});

describe('what a client says', () => {
  test.each([
    ['not JSON', 'hello'],
    ['an array', '[]'],
    ['an unknown message', '{"type":"stop","trial":1}'],
    ['a resume without a study', '{"type":"resume","lastSeq":-1}'],
    ['a fractional number', '{"type":"resume","study":null,"lastSeq":0.5}'],
    ['a number below −1', '{"type":"resume","study":null,"lastSeq":-2}'],
    ['one key too many', '{"type":"resume","study":null,"lastSeq":-1,"__proto__":{}}'],
    ['a study of the wrong type', '{"type":"resume","study":{},"lastSeq":-1}'],
  ])('is refused with a reason and without harm to others: %s', async (_, text) => {
    const server = await serve(concat(from(study), NEVER));
    const [bad, good] = [await read(server), await read(server)];
    bad.say(text);
    const { code, reason } = await bad.closed;
    expect(code).toBe(1008);
    expect(reason).not.toBe('');
    good.resume({ study: null, lastSeq: -1 });
    await good.until(() => good.events().length === study.length);
  });

  test('is refused when it is binary or larger than 64 KiB', async () => {
    const server = await serve(NEVER);
    const [binary, large] = [await read(server), await read(server)];
    binary.socket.send(Buffer.from([1, 2, 3]));
    expect((await binary.closed).code).toBe(1003);
    large.say(' '.repeat(64 * 1024 + 1));
    expect((await large.closed).code).toBe(1009);
  });

  test('must be said soon', async () => {
    const server = await serve(NEVER, { limits: { resumeWithin: 20 } });
    const silent = await read(server);
    expect((await silent.closed).code).toBe(1008);
  });
});

describe('the events', () => {
  test('reach every client from the beginning, in order and without gaps, whenever it comes', async () => {
    const events$ = new Subject<StudyEvent>();
    const server = await serve(events$);
    const early = await read(server);
    early.resume({ study: null, lastSeq: -1 });
    await early.until(() => early.hellos().length === 1);
    expect(early.hellos()[0]).toMatchObject({ protocol: 1, study: null, fresh: true, lastSeq: -1 });
    for (const event of study.slice(0, 20)) events$.next(event);
    await early.until(() => early.events().length === 20);
    const late = await read(server);
    late.resume({ study: null, lastSeq: -1 });
    for (const event of study.slice(20)) events$.next(event);
    events$.complete();
    for (const one of [early, late]) {
      await one.until(() => one.messages.at(-1)?.type === 'ended');
      expect(one.events()).toEqual(json(study));
    }
    expect(late.hellos()[0]?.study).toMatch(/^[0-9a-f]{32}$/);
  });

  test('that a client missed are all that it is sent when it comes back', async () => {
    const server = await serve(concat(from(study), NEVER));
    const first = await read(server);
    first.resume({ study: null, lastSeq: -1 });
    await first.until(() => first.events().length === study.length);
    const known = first.hellos()[0]?.study as string;
    const again = await read(server);
    again.resume({ study: known, lastSeq: 29 });
    await again.until(() => again.events().length > 0 && again.events().at(-1)?.seq === study.length - 1);
    expect(again.hellos()[0]).toMatchObject({ study: known, fresh: false, lastSeq: study.length - 1 });
    expect(again.events()).toEqual(json(study.slice(30)));
  });

  test('go on after a restart of the server with the same study', async () => {
    const token = 'ab'.repeat(16);
    const before = await serve(concat(from(study.slice(0, 40)), NEVER), { token });
    const first = await read(before);
    first.resume({ study: null, lastSeq: -1 });
    await first.until(() => first.events().length === 40);
    await before.close();
    expect((await first.closed).code).toBe(1001);
    const after = await serve(concat(from(study), NEVER), { token, port: before.port });
    const again = await read(after);
    again.resume({ study: first.hellos()[0]?.study as string, lastSeq: 39 });
    await again.until(() => again.events().at(-1)?.seq === study.length - 1);
    expect(again.hellos()[0]?.fresh).toBe(false);
    expect([...first.events(), ...again.events()]).toEqual(json(study));
  });

  test('begin anew, and say so, when the server has another study, or less of it than the client', async () => {
    const server = await serve(concat(from(other.slice(0, 5)), NEVER));
    const known = await read(server);
    known.resume({ study: 'of a former server', lastSeq: 3 });
    await known.until(() => known.events().length === 5);
    expect(known.hellos()[0]?.fresh).toBe(true);
    known.resume({ study: known.hellos()[0]?.study as string, lastSeq: 99 });
    await known.until(() => known.events().length === 10);
    expect(known.hellos()[1]).toMatchObject({ fresh: true, lastSeq: 4 });
  });

  test('of a second study in the same stream follow a new greeting', async () => {
    const events$ = new ReplaySubject<StudyEvent>();
    const server = await serve(events$);
    const one = await read(server);
    one.resume({ study: null, lastSeq: -1 });
    for (const event of study) events$.next(event);
    await one.until(() => one.events().length === study.length);
    for (const event of other) events$.next(event);
    await one.until(() => one.events().length === study.length + other.length);
    expect(one.hellos().every(({ fresh }) => fresh)).toBe(true);
    expect(one.hellos().at(-1)?.study).not.toBe(one.hellos().at(-2)?.study);
    expect(one.events().slice(study.length)).toEqual(json(other));
  });

  test('are gathered: a burst is few frames', async () => {
    const events$ = new Subject<StudyEvent>();
    const server = await serve(events$, { limits: { flushEvery: 60_000 } });
    const one = await read(server);
    one.resume({ study: null, lastSeq: -1 });
    await one.until(() => one.hellos().length === 1);
    for (const event of study) events$.next(event);
    events$.complete();
    await one.until(() => one.messages.at(-1)?.type === 'ended');
    expect(one.events()).toEqual(json(study));
    expect(one.messages.filter(({ type }) => type === 'events').length).toBeLessThanOrEqual(2);
  });

  test('that ended in an error say so', async () => {
    const server = await serve(
      concat(
        from(study.slice(0, 3)),
        throwError(() => new Error('the disk is full')),
      ),
    );
    const one = await read(server);
    one.resume({ study: null, lastSeq: -1 });
    await one.until(() => one.messages.at(-1)?.type === 'ended');
    expect(one.messages.at(-1)).toEqual({ type: 'ended', error: 'the disk is full' });
    expect(one.events()).toHaveLength(3);
  });

  test('that are not finite are null', async () => {
    const report = {
      epoch: 1,
      step: 1,
      samples: 1,
      seconds: 1,
      metrics: { loss: Number.NaN, valLoss: Number.POSITIVE_INFINITY },
    };
    const server = await serve(
      from([study[0]!, { seq: 1, time: 0, type: 'trial-reported' as const, trial: 0, report }]),
    );
    const one = await read(server);
    one.resume({ study: null, lastSeq: -1 });
    await one.until(() => one.events().length === 2);
    expect(one.events()[1]).toMatchObject({ report: { metrics: { loss: null, valLoss: null } } });
  });

  test('are waited for by the server that closes', async () => {
    const events$ = new Subject<StudyEvent>();
    const server = await serve(events$, { limits: { flushEvery: 60_000 } });
    const one = await read(server);
    one.resume({ study: null, lastSeq: -1 });
    await one.until(() => one.hellos().length === 1);
    for (const event of study) events$.next(event);
    await server.close();
    expect((await one.closed).code).toBe(1001);
    expect(one.events()).toEqual(json(study));
    expect(events$.observed).toBe(false);
  });
});

describe('a client that does not read', () => {
  test('is left alone at the limit, keeps nobody waiting, and then misses nothing', async () => {
    const events$ = new ReplaySubject<StudyEvent>();
    const limits = { lag: 64 * 1024, frame: 16 * 1024 };
    const server = await serve(events$, { limits });
    const [slow, quick] = [await read(server), await read(server)];
    slow.resume({ study: null, lastSeq: -1 });
    quick.resume({ study: null, lastSeq: -1 });
    await slow.until(() => slow.hellos().length === 1);
    slow.socket.pause();
    // Far more than what the operating system holds for a socket that nobody reads.
    const padding = 'x'.repeat(20_000);
    const count = 1000;
    events$.next(study[0]!);
    for (let seq = 1; seq <= count; seq++) {
      events$.next({ seq, time: 0, type: 'trial-started', trial: seq, hparams: { padding } });
    }
    await quick.until(() => quick.events().length === count + 1);
    const seen = slow.events().length;
    expect(seen).toBeLessThan(count / 2);
    slow.socket.resume();
    await slow.until(() => slow.events().length === count + 1);
    expect(slow.events().map(({ seq }) => seq)).toEqual(Array.from({ length: count + 1 }, (_, i) => i));
  });

  test('and gives no sign of life is cut off', async () => {
    const server = await serve(NEVER, { limits: { pingEvery: 40 } });
    const [dead, alive] = [await read(server), await read(server)];
    dead.resume({ study: null, lastSeq: -1 });
    alive.resume({ study: null, lastSeq: -1 });
    await dead.until(() => dead.hellos().length === 1);
    dead.socket.pause();
    let pings = 0;
    await new Promise<void>(resolve => alive.socket.on('ping', () => ++pings === 5 && resolve()));
    expect(server.clients()).toBe(1);
    expect(alive.socket.readyState).toBe(WebSocket.OPEN);
  });
});

describe('the server', () => {
  test('subscribes to the events once, when it listens, and lets go of them when it closes', async () => {
    const events$ = new Subject<StudyEvent>();
    const server = await serve(events$);
    expect(events$.observed).toBe(true);
    await Promise.all([server.close(), server.close()]);
    expect(events$.observed).toBe(false);
    await expect(ask(server, '/')).rejects.toThrow(/ECONNREFUSED/);
  });

  test('gives an address with the token behind the #, where it is not sent', async () => {
    const server = await serve(NEVER);
    expect(server.url).toBe(`http://127.0.0.1:${server.port}/#token=${server.token}`);
    expect(server.token).toMatch(/^[0-9a-f]{32}$/);
  });

  test('names a port that is in use in an InputError, without touching the events', async () => {
    const taken = await serve(NEVER);
    const events$ = new Subject<StudyEvent>();
    const second = serveLive(events$, { dashboards: page.folder, port: taken.port });
    await expect(second).rejects.toThrow(InputError);
    await expect(second).rejects.toThrow(`port ${taken.port} is in use`);
    expect(events$.observed).toBe(false);
  });

  test.each([
    ['EAI_AGAIN', 'the name "pc.home" cannot be looked up now: use 127.0.0.1'],
    ['ENOTFOUND', '"pc.home" is no address of this machine: use 127.0.0.1'],
    ['EADDRNOTAVAIL', '"pc.home" is no address of this machine: use 127.0.0.1'],
    ['EACCES', 'port 4000 at "pc.home" may not be opened by this user: choose another one, or 0 for any that is free'],
    ['EAFNOSUPPORT', 'cannot listen at "pc.home", port 4000 (listen EAFNOSUPPORT)'],
  ])('says what is wrong where it cannot listen, in an InputError: %s', async (code, sentence) => {
    const listen = vi.spyOn(Server.prototype, 'listen').mockImplementationOnce(function (this: Server) {
      queueMicrotask(() => this.emit('error', Object.assign(new Error(`listen ${code}`), { code })));
      return this;
    });
    const server = serveLive(NEVER, { dashboards: page.folder, host: 'pc.home', port: 4000 });
    await expect(server).rejects.toThrow(new InputError(sentence));
    listen.mockRestore();
  });

  test('survives an error that comes when it listens already', async () => {
    const listen = vi.spyOn(Server.prototype, 'listen');
    const server = await serve(NEVER);
    const http = listen.mock.contexts[0] as Server;
    listen.mockRestore();
    expect(() => http.emit('error', new Error('accept EMFILE'))).not.toThrow();
    expect((await ask(server, '/')).status).toBe(200);
  });

  test('refuses what is no stream of events, or no shelf, before it opens a port', async () => {
    const listen = vi.spyOn(Server.prototype, 'listen');
    await expect(serveLive(5 as never, { dashboards: page.folder })).rejects.toThrow(
      new InputError('expected the events of a study, as tune({ … }) gives them, got 5'),
    );
    expect(() => liveShelf([] as never)).toThrow('expected the events of a study, as tune({ … }) gives them, got []');
    await expect(serveStudies(NEVER as never, { dashboards: page.folder })).rejects.toThrow(
      'expected a shelf, made by a call such as liveShelf(events$) or await storedStudies(folder), got ',
    );
    expect(listen).not.toHaveBeenCalled();
    listen.mockRestore();
  });

  test('refuses a port and a token that are none', async () => {
    await expect(serveLive(NEVER, { port: 65536 })).rejects.toThrow(/port: .*got 65536/);
    await expect(serveLive(NEVER, { token: 'secret' })).rejects.toThrow(/token: /);
  });
});
