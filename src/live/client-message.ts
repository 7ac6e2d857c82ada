import type { Resume } from './protocol.js';

/** A command as it comes: only its `id` is known to be right. */
export interface ClientCommand {
  readonly type: 'command';
  readonly id: number;
  readonly command: unknown;
}

const resume = 'expected {"type":"resume","study":<string or null>,"lastSeq":<integer from -1>}';
const command = 'expected {"type":"command","id":<integer from 0>,"command":{"type":…}}';

/** A client's message, or in a sentence why it is none, short enough to close a WebSocket with. */
export function parseClientMessage(text: string): Resume | ClientCommand | string {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return 'the message is not JSON';
  }
  if (typeof message !== 'object' || message === null || Array.isArray(message)) return resume;
  const { type, ...rest } = message as Record<string, unknown>;
  return type === 'command' ? parseCommanding(rest) : type === 'resume' ? parseResume(rest) : resume;
}

function parseResume({ study, lastSeq, ...others }: Record<string, unknown>): Resume | string {
  if (Object.keys(others).length > 0) return resume;
  if (study !== null && (typeof study !== 'string' || study.length > 64)) return resume;
  if (typeof lastSeq !== 'number' || !Number.isSafeInteger(lastSeq) || lastSeq < -1) return resume;
  return { type: 'resume', study, lastSeq };
}

function parseCommanding({ id, command: given, ...others }: Record<string, unknown>): ClientCommand | string {
  if (Object.keys(others).length > 0 || given === undefined) return command;
  if (typeof id !== 'number' || !Number.isSafeInteger(id) || id < 0) return command;
  return { type: 'command', id, command: given };
}
