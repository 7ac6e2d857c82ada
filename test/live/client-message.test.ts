import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseClientMessage } from '../../src/live/client-message.js';
import { closeCodes } from '../../src/live/protocol.js';

const see = { type: 'see', id: 0, metric: 'loss', by: 'epoch', points: 4 };

describe('what a client may say', () => {
  test.each([
    { type: 'resume', study: null, lastSeq: -1 },
    { type: 'resume', study: 'a', lastSeq: 7, as: 'state' },
    { type: 'resume', study: 'a', lastSeq: 7, as: 'events' },
    see,
    { ...see, by: 'seconds', points: 8192, from: -1, to: 1e9, trials: [0, 4_294_967_295] },
    { type: 'inspect', trial: 3 },
    { type: 'inspect', trial: null },
    { type: 'history', id: 4_294_967_295 },
    { type: 'list' },
    { type: 'command', id: 0, command: { anything: true } },
  ])('%j is understood as it is', message => {
    expect(parseClientMessage(JSON.stringify(message))).toEqual(message);
  });

  test.each([
    [{ type: 'resume', study: null, lastSeq: -1, as: 'json' }],
    [{ ...see, points: 3 }],
    [{ ...see, points: 8193 }],
    [{ ...see, points: 4.5 }],
    [{ ...see, points: '100' }],
    [{ ...see, by: 'constructor' }],
    [{ ...see, metric: 'x'.repeat(513) }],
    [{ ...see, metric: null }],
    [{ ...see, id: -1 }],
    [{ ...see, id: 2 ** 32 }],
    [{ ...see, from: '0' }],
    [{ ...see, from: null }],
    [{ ...see, trials: [1, -1] }],
    [{ ...see, trials: {} }],
    [{ ...see, one: 'more' }],
    [{ type: 'inspect' }],
    [{ type: 'inspect', trial: 1.5 }],
    [{ type: 'history' }],
    [{ type: 'history', id: '1' }],
    [{ type: 'list', all: true }],
    [{ type: 'command', id: 0 }],
    [{ type: 'constructor' }],
    [{ type: ['list'] }],
    [null],
    ['list'],
    [[{ type: 'list' }]],
  ])('%j is refused in a sentence that fits a close frame', message => {
    const refusal = parseClientMessage(JSON.stringify(message));
    expect(typeof refusal).toBe('string');
    expect(Buffer.byteLength(refusal as string)).toBeLessThanOrEqual(123);
  });

  test('is never an exception, whatever text there is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), text => {
        const read = parseClientMessage(text);
        if (typeof read === 'string') expect(Buffer.byteLength(read)).toBeLessThanOrEqual(123);
      }),
    );
    expect(closeCodes.policy).toBe(1008);
  });
});
