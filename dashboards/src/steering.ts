import type { Answer, Command, ServerMessage } from '../../src/live/protocol.js';
import type { Steering } from './page.js';

/** The page's way to give commands, which hears what the server says. */
export interface OpenSteering extends Steering {
  hear(message: ServerMessage): void;
  /** The connection is lost: nothing that was asked will be answered. */
  lose(): void;
}

const lost = 'the connection was lost before the study answered; look whether it was done';

/** Gives commands through `say`, which returns whether the message could be sent. */
export function steering(say: (message: Command) => boolean | undefined): OpenSteering {
  let allowed = false;
  let next = 0;
  const waiting = new Map<number, (answer: Answer) => void>();
  return {
    get allowed() {
      return allowed;
    },
    send: command =>
      new Promise(resolve => {
        const id = next++;
        waiting.set(id, resolve);
        if (say({ type: 'command', id, command }) === true) return;
        waiting.delete(id);
        resolve({ type: 'answer', id, ok: false, error: 'there is no connection to the study now' });
      }),
    hear(message) {
      if (message.type === 'hello') allowed = message.control === true;
      if (message.type !== 'answer') return;
      waiting.get(message.id)?.(message);
      waiting.delete(message.id);
    },
    lose() {
      for (const [id, resolve] of waiting) resolve({ type: 'answer', id, ok: false, error: lost });
      waiting.clear();
    },
  };
}
