import type { ClientCommand } from './client-message.js';
import { parseCommand } from './parse-command.js';
import type { Answer } from './protocol.js';
import type { CommandTaker } from './shelf.js';

/** What becomes of the commands of one client. */
export interface Right {
  readonly granted: boolean;
  /** At once where the study is of this process. */
  answer(message: ClientCommand): Answer | Promise<Answer>;
}

/** Hands commands to the study, checked first; `by` is who asks, for the record. */
export function rightToControl(control: CommandTaker, by: string): Right {
  return {
    granted: true,
    answer({ id, command }) {
      const refused = (error: unknown): Answer => ({
        type: 'answer',
        id,
        ok: false,
        error: error instanceof Error ? error.message : String(error),
      });
      try {
        const taken = control.send(parseCommand(command), by);
        if (!(taken instanceof Promise)) return { type: 'answer', id, ok: true, ...taken };
        return taken.then(answer => ({ type: 'answer' as const, id, ok: true as const, ...answer }), refused);
      } catch (error) {
        return refused(error);
      }
    },
  };
}

/** Commands are refused, whatever they are, for this reason. */
export function noRight(reason: string): Right {
  return { granted: false, answer: ({ id }) => ({ type: 'answer', id, ok: false, error: reason }) };
}
