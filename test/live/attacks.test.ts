import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { concat, from, NEVER } from 'rxjs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { protocolName, tokenProtocol } from '../../src/live/protocol.js';
import { serveLive } from '../../src/live/serve-live.js';
import type { LiveOptions, LiveServer } from '../../src/live/server.js';
import { madeUpStudy } from './made-up-study.js';
import { pageFolder } from './page-folder.js';
import { pageReader } from './page-reader.js';

const study = [...madeUpStudy({ trials: 4, epochs: 4, words: { hparam: '<img src=x onerror=alert(1)>' } })];

let page: Awaited<ReturnType<typeof pageFolder>>;
beforeAll(async () => {
  page = await pageFolder();
});
afterAll(() => page.remove());

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});
async function serve(limits: LiveOptions['limits'] = {}): Promise<LiveServer> {
  const server = await serveLive(concat(from(study), NEVER), {
    dashboards: page.folder,
    limits: { flushEvery: 5, closeWithin: 100, ...limits },
  });
  open.push(() => server.close());
  return server;
}
/** A connection of bytes, and everything that comes back. */
async function raw(server: LiveServer) {
  const socket: Socket = connect(server.port, '127.0.0.1');
  open.push(() => socket.destroy());
  let received = Buffer.alloc(0);
  const closed = new Promise<void>(resolve => socket.on('close', () => resolve()));
  socket.on('error', () => {});
  socket.on('data', chunk => {
    received = Buffer.concat([received, chunk as Buffer]);
  });
  await new Promise<void>(resolve => socket.once('connect', () => resolve()));
  return { socket, closed, received: () => received.toString('latin1') };
}
/** A handshake, after which any bytes can be sent. */
async function upgraded(server: LiveServer) {
  const one = await raw(server);
  const key = randomBytes(16).toString('base64');
  one.socket.write(
    `GET /live HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n` +
      `Sec-WebSocket-Protocol: ${protocolName}, ${tokenProtocol(server.token)}\r\n\r\n`,
  );
  await expect.poll(one.received).toContain('101 Switching Protocols');
  return one;
}
/** That the server still does what it is for. */
async function stillServes(server: LiveServer) {
  const good = await pageReader(server);
  await good.until(() => good.state()?.lastSeq === study.length - 1);
  good.socket.terminate();
}

describe('frames that no client sends', () => {
  test.each([
    ['one without a mask', Buffer.from([0x81, 0x02, 0x7b, 0x7d])],
    ['one of a kind that is not there', Buffer.from([0x83, 0x80, 0, 0, 0, 0])],
    [
      'one with a bit for an extension that was not agreed on, as compressed ones have',
      Buffer.from([0xc1, 0x80, 0, 0, 0, 0]),
    ],
    ['one that says it has 2^63 bytes', Buffer.from([0x81, 0xff, 0x7f, 255, 255, 255, 255, 255, 255, 255])],
    ['a ping that is too long', Buffer.from([0x89, 0xfe, 0x40, 0, 0, 0, 0, 0])],
    ['the rest of a message that was not begun', Buffer.from([0x80, 0x80, 0, 0, 0, 0])],
    ['text that is not UTF-8', Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0xc3, 0x28])],
    ['noise', randomBytes(512)],
  ])('%s: the connection ends, and nobody else notices', async (_, bytes) => {
    const server = await serve();
    const bad = await upgraded(server);
    bad.socket.write(bytes);
    // Noise may be the beginning of a frame that is then waited for.
    bad.socket.end();
    await bad.closed;
    await stillServes(server);
  });

  test('a message in parts that are more than 64 KiB together is refused', async () => {
    const server = await serve();
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/live`, [protocolName, tokenProtocol(server.token)]);
    const closed = new Promise<number>(resolve => socket.on('close', resolve));
    await new Promise(resolve => socket.once('open', resolve));
    socket.on('error', () => {});
    for (let part = 0; part < 9; part++) socket.send(' '.repeat(8 * 1024), { fin: false });
    expect(await closed).toBe(1009);
    await stillServes(server);
  });
});

describe('requests that take their time', () => {
  test.each([
    ['say nothing', ''],
    ['never end their head', 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-a: '],
    ['announce a body that does not come', 'GET / HTTP/1.1\r\nHost: HOST\r\nContent-Length: 100000\r\nX-b: b\r\n'],
  ])('are cut off when they %s, while others are served', async (_, start) => {
    const server = await serve({ requestWithin: 200 });
    const slow = await Promise.all(Array.from({ length: 20 }, () => raw(server)));
    for (const { socket } of slow) socket.write(start.replace('HOST', `127.0.0.1:${server.port}`));
    const drips = setInterval(() => {
      for (const { socket } of slow) if (start !== '' && socket.writable) socket.write('a');
    }, 20);
    open.push(() => clearInterval(drips));
    await stillServes(server);
    await Promise.all(slow.map(({ closed }) => closed));
    expect(server.clients()).toBeLessThanOrEqual(1);
  });

  test.each([
    ['say nothing', ''],
    ['never end their head', 'GET / HTTP/1.1\r\nHost: HOST\r\nX-a: '],
    ['have their answer and do not send the body', 'POST / HTTP/1.1\r\nHost: HOST\r\nContent-Length: 9\r\n\r\n'],
    ['have their answer and stay', 'GET /access HTTP/1.1\r\nHost: HOST\r\n\r\n'],
    [
      'are refused an upgrade and stay',
      'GET /live HTTP/1.1\r\nHost: HOST\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
    ],
  ])('however many %s, who comes after them is served, as is who has the page open', async (_, start) => {
    const server = await serve({ requestWithin: 600_000 });
    const page = await upgraded(server);
    const slow = await Promise.all(Array.from({ length: 600 }, () => raw(server)));
    for (const { socket } of slow) socket.write(start.replace('HOST', `127.0.0.1:${server.port}`));
    await stillServes(server);
    await stillServes(server);
    expect(page.socket.readyState).toBe('open');
    expect(slow.filter(({ socket }) => !socket.destroyed).length).toBeLessThan(300);
  });

  test('as many as there may be clients can come at the same moment, before the first has said anything', async () => {
    const server = await serve();
    const some = await Promise.all(Array.from({ length: 200 }, () => raw(server)));
    await stillServes(server);
    expect(some.filter(({ socket }) => socket.destroyed)).toEqual([]);
  });

  test('a client that says nothing is let go', async () => {
    const server = await serve({ resumeWithin: 30 });
    const silent = await upgraded(server);
    await silent.closed;
    await expect.poll(server.clients).toBe(0);
  });
});

describe('addresses that are none', () => {
  test.each([
    '/live/../index.html',
    '/live/../../secret.json',
    '/live/%2e%2e/%2e%2e/secret.json',
    '/live/..%2fsecret.json',
    '/live/live/',
    '/live/live?token=1',
    '/live//',
    '/live/%00',
    '/live/%ff',
    '/live/__proto__',
    '/live/constructor',
    '/LIVE',
  ])('%s is neither a file nor a study', async path => {
    const server = await serve();
    const asks = async (head: string) => {
      const one = await raw(server);
      one.socket.end(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nConnection: ${head}\r\n\r\n`);
      await one.closed;
      return one.received();
    };
    const socket =
      `Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n` +
      `Sec-WebSocket-Protocol: ${protocolName}, ${tokenProtocol(server.token)}`;
    for (const answer of [await asks('close'), await asks(socket)]) {
      expect(answer).toMatch(/^HTTP\/1\.1 404 /);
      expect(answer).not.toContain('"secret"');
    }
  });

  test('who has no token does not hear which studies there are', async () => {
    const server = await serve();
    const status = (path: string) =>
      new Promise(resolve => {
        const socket = new WebSocket(`ws://127.0.0.1:${server.port}${path}`, [protocolName]);
        socket.on('unexpected-response', (_, { statusCode }) => resolve(statusCode));
      });
    expect([await status('/live/live'), await status('/live/none')]).toEqual([401, 401]);
  });
});

describe('the files of the page, compressed', () => {
  const ask = (server: LiveServer, accept?: string) =>
    new Promise<{ encoding: string | undefined; body: Buffer; vary: string | undefined; length: number }>(resolve => {
      const headers = accept === undefined ? {} : { 'accept-encoding': accept };
      request({ host: '127.0.0.1', port: server.port, path: '/assets/large.js', headers }, answer => {
        const chunks: Buffer[] = [];
        answer.on('data', chunk => chunks.push(chunk as Buffer));
        answer.on('end', () => {
          const { 'content-encoding': encoding, vary, 'content-length': length } = answer.headers;
          resolve({ encoding, vary, length: Number(length), body: Buffer.concat(chunks) });
        });
      }).end();
    });

  test.each([
    ['gzip', 'gzip'],
    ['br, GZIP;q=0.5', 'gzip'],
    ['*', 'gzip'],
    [undefined, undefined],
    ['br', undefined],
    ['gzip;q=0', undefined],
    ['*, gzip; q=0', undefined],
    ['xgzip', undefined],
  ])('come as a client accepts it: %s', async (accept, encoding) => {
    const text = `// ${'a line of code\n// '.repeat(2000)}`;
    writeFileSync(`${page.folder}/assets/large.js`, text);
    const server = await serve();
    const answer = await ask(server, accept);
    expect([answer.encoding, answer.vary, answer.length]).toEqual([encoding, 'Accept-Encoding', answer.body.length]);
    expect((encoding === undefined ? answer.body : gunzipSync(answer.body)).toString()).toBe(text);
    if (encoding !== undefined) expect(answer.body.length).toBeLessThan(text.length / 10);
  });
});

test('a hyperparameter that is markup travels as the text it is', async () => {
  const server = await serve();
  const one = await pageReader(server);
  await one.until(() => one.state()?.lastSeq === study.length - 1);
  expect(Object.keys(one.state()?.trials.get(0)?.hparams ?? {})).toContain('<img src=x onerror=alert(1)>');
  one.socket.terminate();
});
