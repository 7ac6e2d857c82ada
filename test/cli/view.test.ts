import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { protocolName, type ServerMessage, tokenProtocol } from '../../src/live/protocol.js';
import { folder, rxnn, search } from './rxnn.js';

// Real processes, which run dist/: `npm run build` first.

let home: Awaited<ReturnType<typeof folder>>;
let env: Record<string, string>;
beforeAll(async () => {
  home = await folder({ 'search.json': search(), 'other.json': search({ name: 'other', trials: 2 }) });
  env = { RXNN_STUDIES: join(home.path, 'studies'), XDG_STATE_HOME: home.path, SSH_TTY: '', SSH_CONNECTION: '' };
  for (const file of ['search.json', 'other.json']) {
    const { code, stderr } = await rxnn(['tune', join(home.path, file)], { env });
    expect([code, stderr]).toEqual([0, expect.any(String)]);
  }
});
afterAll(() => home.remove());

/** Everything that a server says to a client that asks for a list and for all events, until `enough`. */
function heard(address: string, key: string, enough: (message: ServerMessage) => boolean): Promise<ServerMessage[]> {
  const { port, hash } = new URL(address);
  const token = new URLSearchParams(hash.slice(1)).get('token') as string;
  const socket = new WebSocket(`ws://127.0.0.1:${port}/live${key}`, [protocolName, tokenProtocol(token)]);
  const messages: ServerMessage[] = [];
  socket.on('open', () => {
    socket.send(JSON.stringify({ type: 'resume', study: null, lastSeq: -1 }));
    socket.send(JSON.stringify({ type: 'list' }));
  });
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('message', data => {
      const message = JSON.parse(data.toString()) as ServerMessage;
      messages.push(message);
      if (!enough(message)) return;
      socket.close();
      resolve(messages);
    });
  });
}

/** A list in which every study has been looked at. */
const isKnown = (message: ServerMessage) =>
  message.type === 'studies' && message.studies.every(({ state }) => state !== 'waiting');

describe('rxnn view', () => {
  /** Runs it, asks its server, and ends it as a person would. */
  async function viewed(args: readonly string[], ask: (address: string) => Promise<void>) {
    let asked: Promise<void> | undefined;
    const outcome = await rxnn(['view', ...args], {
      env,
      during(child, stderr) {
        const address = /^live: (\S+)$/m.exec(stderr)?.[1];
        if (address === undefined || !stderr.includes('Ctrl-C') || asked !== undefined) return;
        asked = ask(address).finally(() => child.kill('SIGINT'));
      },
    });
    await asked;
    return outcome;
  }

  test('serves all stored studies, each at its own address, until Ctrl-C', async () => {
    const { code, stdout, stderr } = await viewed([], async address => {
      const messages = await heard(address, '', isKnown);
      const list = messages.findLast(isKnown);
      const studies = list?.type === 'studies' ? list.studies : [];
      expect(studies.map(({ name, state }) => [name, state]).sort()).toEqual([
        ['other', 'finished'],
        ['points', 'finished'],
      ]);
      const points = studies.find(({ name }) => name === 'points');
      expect(points?.counts).toMatchObject({ running: 0, complete: 4 });
      const told = await heard(
        address,
        `/${points?.key}`,
        message => message.type === 'events' && message.events.some(({ type }) => type === 'study-finished'),
      );
      const events = told.flatMap(message => (message.type === 'events' ? message.events : []));
      expect(events.map(({ seq }) => seq)).toEqual(events.map((_, i) => i));
      expect(events.filter(({ type }) => type === 'trial-finished')).toHaveLength(4);
    });
    expect([code, stdout]).toEqual([0, '']);
    expect(stderr).toMatch(/^control: http:\/\/127\.0\.0\.1:\d+\/#token=[0-9a-f]+&control=[0-9a-f]+$/m);
  });

  test('serves one study, of whose name the beginning is enough', async () => {
    const { code } = await viewed(['oth'], async address => {
      const messages = await heard(address, '', isKnown);
      const list = messages.findLast(isKnown);
      expect(list?.type === 'studies' && list.studies.map(({ name }) => name)).toEqual(['other']);
    });
    expect(code).toBe(0);
  });

  test.each([
    [['view', 'nowhere'], /^rxnn: there is no study "nowhere"[^\n]*\n$/],
    [['view', '--port', '99999'], /^rxnn: --port: [^\n]*65535[^\n]*\n$/],
  ])('%j is refused in one sentence', async (args, sentence) => {
    const { code, stdout, stderr } = await rxnn(args, { env });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(sentence);
  });
});

describe('rxnn report', () => {
  test('writes a study as one file with all that it needs', async () => {
    const out = join(home.path, 'report.html');
    const { code, stdout, stderr } = await rxnn(['report', 'points', '-o', out], { env });
    expect([code, stdout]).toEqual([0, '']);
    expect(stderr).toMatch(/report\.html: [\d,]+ kB\n$/);
    const html = await readFile(out, 'utf8');
    expect(html).toMatch(/<meta http-equiv="Content-Security-Policy" content="default-src 'none'/);
    // Nothing is fetched from elsewhere.
    expect(html.match(/<(?:script|link|img)[^>]* (?:src|href)="(?!data:)[^"]*"/g) ?? []).toEqual([]);
    expect((await stat(out)).size).toBeLessThan(1_000_000);
  });

  test.each([
    [['report', 'nowhere'], /^rxnn: there is no study "nowhere"[^\n]*\n$/],
    [['report', 'points', '--out', 'no/where.html'], /^rxnn: --out: there is no folder no\n$/],
  ])('%j is refused in one sentence', async (args, sentence) => {
    const { code, stdout, stderr } = await rxnn(args, { env });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(sentence);
  });
});
