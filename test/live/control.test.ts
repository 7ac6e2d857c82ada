import fc from 'fast-check';
import { concat, connectable, map, NEVER, of, take, timer } from 'rxjs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { InputError } from '../../src/errors.js';
import { parseCommand } from '../../src/live/parse-command.js';
import { sendCommand } from '../../src/live/send-command.js';
import { serveControl } from '../../src/live/serve-control.js';
import { serveLive } from '../../src/live/serve-live.js';
import type { LiveOptions, LiveServer } from '../../src/live/server.js';
import { float } from '../../src/tune/distributions.js';
import type { StudyEvent } from '../../src/tune/events.js';
import { type StudyCommand, type StudyControl, studyControl } from '../../src/tune/study-control.js';
import { tune } from '../../src/tune/tune.js';
import { report } from '../tune/trainings.js';
import { madeUpStudy } from './made-up-study.js';
import { pageFolder } from './page-folder.js';
import { type Reader, reader } from './reader.js';

let page: Awaited<ReturnType<typeof pageFolder>>;
beforeAll(async () => {
  page = await pageFolder();
});
afterAll(() => page.remove());

const open: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});
const opened = <Server extends { close(): Promise<unknown> }>(server: Server): Server => {
  open.push(server);
  return server;
};
const limits = { flushEvery: 5, closeWithin: 300 };
const serve = async (events$: Parameters<typeof serveLive>[0], options: LiveOptions = {}): Promise<LiveServer> =>
  opened(await serveLive(events$, { dashboards: page.folder, ...options, limits: { ...limits, ...options.limits } }));
const connect = async (server: LiveServer, more?: Parameters<typeof reader>[1]): Promise<Reader> => {
  const one = await reader(server, more);
  open.unshift({ close: async () => one.socket.terminate() });
  return one;
};

/** A handle that takes every command and keeps it. */
function recorded(): { control: StudyControl; taken: [StudyCommand, string][] } {
  const control = studyControl();
  const taken: [StudyCommand, string][] = [];
  control.listen((command, by) => {
    taken.push([command, by]);
    return {};
  });
  return { control, taken };
}

const [started] = [...madeUpStudy({ trials: 1 })] as [StudyEvent];

const wrong = (token: string) => token.replace(/.$/, last => (last === '0' ? '1' : '0'));

describe('the right to control', () => {
  test('is that of its own token, which is another one than that of reading', async () => {
    const { control, taken } = recorded();
    const server = await serve(NEVER, { control });
    expect(server.controlToken).toMatch(/^[0-9a-f]{32}$/);
    expect(server.controlToken).not.toBe(server.token);
    expect(server.url).not.toContain(server.controlToken);
    const one = await connect(server, { control: server.controlToken });
    expect(await one.command({ type: 'pause' })).toEqual({ type: 'answer', id: 0, ok: true });
    expect(await one.command({ type: 'stop-trial', trial: 3, reason: 'it oscillates' })).toMatchObject({ ok: true });
    expect(taken).toEqual([
      [{ type: 'pause' }, 'command'],
      [{ type: 'stop-trial', trial: 3, reason: 'it oscillates' }, 'command'],
    ]);
  });

  test('is not had by who only reads, or has a wrong token: commands are refused, the connection stays and tells all', async () => {
    const { control, taken } = recorded();
    const server = await serve(concat(of(started), NEVER), { control });
    for (const token of [undefined, server.token, wrong(server.controlToken!), '', `${server.controlToken}0`]) {
      const one = await connect(server, { control: token });
      expect(await one.command({ type: 'stop' })).toEqual({
        type: 'answer',
        id: 0,
        ok: false,
        error: 'a command needs the control token, which this connection did not offer',
      });
      one.resume({ study: null, lastSeq: -1 });
      await one.until(() => one.events().length === 1);
      expect(one.hellos()[0]?.control).toBeUndefined();
    }
    expect(taken).toEqual([]);
  });

  test('does not replace the token of reading', async () => {
    const { control } = recorded();
    const server = await serve(NEVER, { control });
    await expect(connect({ ...server, token: wrong(server.token) }, { control: server.controlToken })).rejects.toThrow(
      '401',
    );
  });

  test('is given by the origin to the own page, as which it is recorded, and to no other', async () => {
    const { control, taken } = recorded();
    const server = await serve(NEVER, { control });
    const own = await connect(server, {
      control: server.controlToken,
      origin: `http://127.0.0.1:${server.port}`,
    });
    own.resume({ study: null, lastSeq: -1 });
    await own.until(() => own.hellos().length === 1);
    expect(own.hellos()[0]?.control).toBe(true);
    expect(await own.command({ type: 'resume' })).toMatchObject({ ok: true });
    expect(taken).toEqual([[{ type: 'resume' }, 'page']]);
    for (const origin of ['http://evil.example', 'null', `http://localhost:${server.port}`]) {
      await expect(connect(server, { control: server.controlToken, origin })).rejects.toThrow('403');
    }
  });

  test('is nobody’s at a server that was given no handle', async () => {
    const server = await serve(NEVER);
    expect(server.controlToken).toBeUndefined();
    const one = await connect(server, { control: '0'.repeat(32) });
    expect(await one.command({ type: 'stop' })).toMatchObject({ ok: false, error: /only reads/ });
  });

  test('has a token of the same form, and not the same', async () => {
    const { control } = recorded();
    await expect(serve(NEVER, { control, controlToken: 'secret' })).rejects.toThrow('controlToken: expected 32 to 128');
    const token = 'a'.repeat(32);
    await expect(serve(NEVER, { control, token, controlToken: token })).rejects.toThrow('another token');
  });
});

describe('what a controlling client says', () => {
  const start = async () => {
    const { control, taken } = recorded();
    const server = await serve(NEVER, { control });
    return { server, taken, one: await connect(server, { control: server.controlToken }) };
  };

  test.each([
    ['no object', 'stop', 'expected a command such as { "type": "pause" }, got "stop"'],
    ['a list', [], 'expected a command such as { "type": "pause" }, got []'],
    ['an unknown type', { type: 'enqeue' }, 'no command "enqeue" (did you mean "enqueue"?); there are '],
    ['the name of what every object has', { type: 'constructor' }, 'no command "constructor"'],
    ['an unknown key', { type: 'pause', trial: 3 }, 'pause: no key "trial"'],
    ['a key that every object has', { type: 'pause', toString: 1 }, 'pause: no key "toString"'],
    ['a missing trial', { type: 'pause-trial' }, 'pause-trial.trial: expected a whole number from 0 up, got nothing'],
    ['a fractional trial', { type: 'retry-trial', trial: 0.5 }, 'retry-trial.trial: expected a whole number'],
    ['a trial below 0', { type: 'stop-trial', trial: -1 }, 'stop-trial.trial: expected a whole number'],
    ['an outcome that is none', { type: 'stop-trial', trial: 0, outcome: 'great' }, 'expected complete, pruned or'],
    ['a long reason', { type: 'stop-trial', trial: 0, reason: 'x'.repeat(1001) }, 'at most 1000 characters'],
    ['hyperparameters that are a list', { type: 'enqueue', hparams: [1] }, 'enqueue.hparams: expected an object'],
    ['a nested value', { type: 'enqueue', hparams: { x: { y: 1 } } }, 'enqueue.hparams.x: expected a number'],
    ['a long value', { type: 'enqueue', hparams: { x: 'y'.repeat(1001) } }, 'at most 1000 characters'],
    [
      'more hyperparameters than there are',
      { type: 'enqueue', hparams: Object.fromEntries(Array.from({ length: 1001 }, (_, i) => [`h${i}`, 0])) },
      'at most 1000 hyperparameters',
    ],
    ['a parallelism in words', { type: 'set', parallel: 'four' }, 'set.parallel: expected a whole number'],
  ])('is refused in a sentence, and the study hears nothing of it: %s', async (_, command, sentence) => {
    const { one, taken } = await start();
    const answer = await one.command(command);
    expect(answer).toMatchObject({ ok: false, error: expect.stringContaining(sentence) });
    expect(await one.command({ type: 'pause' })).toMatchObject({ ok: true });
    expect(taken).toHaveLength(1);
  });

  test.each([
    ['no id', '{"type":"command","command":{"type":"pause"}}', 1008],
    ['an id below 0', '{"type":"command","id":-1,"command":{"type":"pause"}}', 1008],
    ['no command', '{"type":"command","id":1}', 1008],
    ['a key too many', '{"type":"command","id":1,"command":{"type":"pause"},"token":"0"}', 1008],
    ['more than 64 KiB', JSON.stringify({ type: 'command', id: 1, command: 'x'.repeat(64 * 1024) }), 1009],
  ])('ends the connection where there is nothing to answer: %s', async (_, text, code) => {
    const { one, taken } = await start();
    one.say(text);
    expect((await one.closed).code).toBe(code);
    expect(taken).toEqual([]);
  });

  test('needs no resume, and answers come in the order of the commands', async () => {
    const { one, taken } = await start();
    const answers = await Promise.all(Array.from({ length: 200 }, () => one.command({ type: 'set', trials: 9 })));
    expect(answers.map(({ id }) => id)).toEqual(Array.from({ length: 200 }, (_, i) => i));
    expect(taken).toHaveLength(200);
  });
});

describe('a command from JSON', () => {
  const hparams = fc.dictionary(
    fc.string({ maxLength: 20 }),
    fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.constant(null)),
  );
  const trial = fc.nat();
  const outcome = fc.constantFrom('complete', 'pruned', 'failed');
  const command = fc.oneof(
    fc.record({ type: fc.constantFrom('pause-trial', 'resume-trial', 'retry-trial'), trial }),
    fc.record(
      { type: fc.constant('stop-trial'), trial, reason: fc.string(), outcome },
      { requiredKeys: ['type', 'trial'] },
    ),
    fc.record({ type: fc.constant('clone-trial'), trial, hparams }),
    fc.record({ type: fc.constant('enqueue'), hparams }),
    fc.record({ type: fc.constant('set'), parallel: fc.nat(), trials: fc.nat() }, { requiredKeys: ['type'] }),
    fc.record({ type: fc.constantFrom('pause', 'resume', 'stop') }),
  );

  test('is what was sent, for every command that there is', () => {
    fc.assert(
      fc.property(command, sent => {
        const json = JSON.stringify(sent);
        expect(JSON.stringify(parseCommand(JSON.parse(json)))).toBe(json);
      }),
    );
  });

  test('has no other key, whichever it is', () => {
    fc.assert(
      fc.property(command, fc.string(), fc.jsonValue(), (sent, key, value) => {
        fc.pre(!['type', 'trial', 'reason', 'outcome', 'hparams', 'parallel', 'trials'].includes(key));
        const json = `${JSON.stringify(sent).slice(0, -1)},${JSON.stringify(key)}:${JSON.stringify(value)}}`;
        expect(() => parseCommand(JSON.parse(json))).toThrow(InputError);
      }),
    );
  });

  test('is refused with one sentence or taken, whatever JSON there is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom('set', 'stop', 'enqueue', 'no'), (value, type) => {
        for (const sent of [value, { type, trial: value }, { type, hparams: value }, { type, reason: value }]) {
          try {
            parseCommand(sent);
          } catch (error) {
            expect(error).toBeInstanceOf(InputError);
            expect((error as Error).message.length).toBeLessThan(1500);
          }
        }
      }),
    );
  });
});

describe('a study behind a port for commands', () => {
  const space = { x: float(0, 1) };
  const slow = () =>
    timer(0, 5).pipe(
      take(60),
      map(i => report(i + 1, 1 / (i + 1))),
    );

  test('is paused, resumed, enlarged and stopped, and says of each who asked', async () => {
    const control = studyControl();
    const server = opened(await serveControl(control, { limits }));
    const { port, token, controlToken = '' } = server;
    const say = (command: StudyCommand) => sendCommand({ port, token, controlToken }, command);
    const study$ = connectable(
      tune<typeof space>({ space, objective: slow, minimize: 'valLoss', trials: 1, parallel: 1, control }),
    );
    const done = new Promise<unknown[]>((resolve, reject) => {
      const events: unknown[] = [];
      study$.subscribe({ next: event => events.push(event), error: reject, complete: () => resolve(events) });
    });
    study$.connect();
    expect(await say({ type: 'pause-trial', trial: 0 })).toMatchObject({ ok: true });
    expect(await say({ type: 'pause' })).toMatchObject({ ok: true });
    expect(await say({ type: 'pause' })).toMatchObject({ ok: false, error: 'the study is paused already' });
    expect(await say({ type: 'enqueue', hparams: { x: 2 } })).toMatchObject({
      ok: false,
      error: 'x: expected a number from 0 to 1, got 2',
    });
    expect(await say({ type: 'clone-trial', trial: 0, hparams: { x: 0.5 } })).toEqual({
      type: 'answer',
      id: 0,
      ok: true,
      trial: 1,
      hparams: { x: 0.5 },
    });
    expect(await say({ type: 'set', parallel: 3, trials: 3 })).toMatchObject({ ok: true });
    expect(await say({ type: 'resume-trial', trial: 0 })).toMatchObject({ ok: true });
    expect(await say({ type: 'resume' })).toMatchObject({ ok: true });
    expect(await say({ type: 'stop-trial', trial: 1, reason: 'enough' })).toMatchObject({ ok: true });
    const events = await done;
    expect(events).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ type: 'trial-paused', trial: 0, by: 'command' }),
        expect.objectContaining({ type: 'trial-waits', trial: 0, by: 'command' }),
        expect.objectContaining({ type: 'study-changed', paused: true, by: 'command' }),
        expect.objectContaining({ type: 'study-changed', paused: false, by: 'command' }),
        expect.objectContaining({ type: 'study-changed', parallel: 3, trials: 3, by: 'command' }),
        expect.objectContaining({ type: 'trial-enqueued', trial: 1, origin: { kind: 'clone', of: 0, by: 'command' } }),
      ]),
    );
    expect(events.at(-1)).toMatchObject({ reason: 'trials', counts: { complete: 2, pruned: 1 } });
    expect(await say({ type: 'stop' })).toMatchObject({ ok: false, error: /not running/ });
  });

  test('shows nothing: neither a page nor events', async () => {
    const server = opened(await serveControl(studyControl(), { limits }));
    const answer = await fetch(`http://127.0.0.1:${server.port}/`);
    expect([answer.status, await answer.text()]).toEqual([404, expect.stringContaining('--live')]);
    const one = await connect(server);
    one.resume({ study: null, lastSeq: -1 });
    await one.until(() => one.messages.at(-1)?.type === 'ended');
    expect(one.events()).toEqual([]);
  });

  test('is refused to a wrong token, where nobody listens and where nobody answers', async () => {
    const control = studyControl();
    control.listen(() => ({}));
    const server = opened(await serveControl(control, { limits }));
    const { port, token, controlToken = '' } = server;
    await expect(sendCommand({ port, token: wrong(token), controlToken }, { type: 'stop' })).rejects.toThrow('401');
    expect(await sendCommand({ port, token, controlToken: wrong(controlToken) }, { type: 'stop' })).toMatchObject({
      ok: false,
      error: /needs the control token/,
    });
    await server.close();
    await expect(sendCommand({ port, token, controlToken }, { type: 'stop' })).rejects.toThrow('ECONNREFUSED');
  });
});
