import { WebSocket } from 'ws';
import type { StudyCommand } from '../tune/study-control.js';
import { type Answer, controlProtocol, maxClientMessage, protocolName, socketPath, tokenProtocol } from './protocol.js';
import type { RunningStudy } from './running-study.js';

/** Milliseconds that a study's process may take to answer: it may be computing. */
const PATIENCE = 30_000;

/**
 * Says one command to a running study of this machine and resolves with its answer.
 *
 * @param by who asks, for the record: `page` for one that a page said to this process; `command` unless stated
 * @param patience in milliseconds
 * @throws Error when nobody answers there, or not as a study does.
 */
export function sendCommand(
  { port, token, controlToken }: Pick<RunningStudy, 'port' | 'token' | 'controlToken'>,
  command: StudyCommand,
  { by, patience = PATIENCE }: { readonly by?: string | undefined; readonly patience?: number | undefined } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(
      `ws://127.0.0.1:${port}${socketPath}`,
      [protocolName, tokenProtocol(token), controlProtocol(controlToken)],
      {
        perMessageDeflate: false,
        maxPayload: maxClientMessage,
        // Who says where it comes from is a page.
        ...(by === 'page' && { origin: `http://127.0.0.1:${port}` }),
      },
    );
    const finish = (settle: () => void) => {
      clearTimeout(deadline);
      settle();
      socket.terminate();
    };
    const fail = (reason: string) => finish(() => reject(new Error(reason)));
    const deadline = setTimeout(() => fail(`it has not answered for ${patience / 1000} s`), patience);
    socket.on('open', () => socket.send(JSON.stringify({ type: 'command', id: 0, command })));
    socket.on('message', data => {
      const answer = JSON.parse(data.toString()) as Answer;
      if (answer.type === 'answer' && answer.id === 0) finish(() => resolve(answer));
    });
    socket.on('unexpected-response', (_, { statusCode }) => fail(`it refused the connection (status ${statusCode})`));
    socket.on('error', ({ message }) => fail(message));
    socket.on('close', (_, reason) => fail(`it ended the connection${reason.length > 0 ? ` (${reason})` : ''}`));
  });
}
