import type { StudyControl } from '../tune/study-control.js';
import type { ClientCommand } from './client-message.js';
import { parseCommand } from './parse-command.js';
import type { Answer } from './protocol.js';

/** What becomes of the commands of one client. */
export interface Right {
  readonly granted: boolean;
  answer(message: ClientCommand): Answer;
}

/** Hands commands to the study, checked first; `by` is who asks, for the record. */
export function rightToControl(control: StudyControl, by: string): Right {
  return {
    granted: true,
    answer({ id, command }) {
      try {
        return { type: 'answer', id, ok: true, ...control.send(parseCommand(command), by) };
      } catch (error) {
        return { type: 'answer', id, ok: false, error: error instanceof Error ? error.message : String(error) };
      }
    },
  };
}

/** Commands are refused, whatever they are, for this reason. */
export function noRight(reason: string): Right {
  return { granted: false, answer: ({ id }) => ({ type: 'answer', id, ok: false, error: reason }) };
}
