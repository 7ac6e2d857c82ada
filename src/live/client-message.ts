import type { History, Inspect, List, Resume, See } from './protocol.js';

/** A command as it comes: only its `id` is known to be right. */
export interface ClientCommand {
  readonly type: 'command';
  readonly id: number;
  readonly command: unknown;
}

/** What a client may say about one study, commands apart. */
export type ClientRequest = Resume | See | Inspect | History | List;

/** The most points of a curve that a client may ask for. */
export const MOST_POINTS = 8192;

type Members = Readonly<Record<string, unknown>>;

/** Each kind of message: what is expected, short enough to close a WebSocket with (123 bytes), and the message if that is so. */
const kinds: Readonly<
  Record<
    string,
    { readonly expected: string; readonly read: (message: Members) => ClientRequest | ClientCommand | undefined }
  >
> = {
  resume: {
    expected: '{"type":"resume","study":<string or null>,"lastSeq":<integer from -1>}, "as" is "events" or "state"',
    read({ study, lastSeq, as, ...others }) {
      if (!isEmpty(others) || !(study === null || isName(study, 64)) || !isWhole(lastSeq, -1)) return undefined;
      if (as !== undefined && as !== 'events' && as !== 'state') return undefined;
      return { type: 'resume', study, lastSeq, ...(as !== undefined && { as }) };
    },
  },
  see: {
    expected: '"see" with "id", "metric", "by" (epoch, samples, seconds), "points" (4 to 8192); "from", "to", "trials"',
    read({ id, metric, by, points, from, to, trials, ...others }) {
      if (!isEmpty(others) || !isId(id) || !isName(metric, 512)) return undefined;
      if (by !== 'epoch' && by !== 'samples' && by !== 'seconds') return undefined;
      if (!isWhole(points, 4) || points > MOST_POINTS) return undefined;
      if (!isBound(from) || !isBound(to)) return undefined;
      if (trials !== undefined && !(Array.isArray(trials) && trials.every(trial => isId(trial)))) return undefined;
      const range = { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
      return {
        type: 'see',
        id,
        metric,
        by,
        points,
        ...range,
        ...(trials !== undefined && { trials: [...new Set(trials)] }),
      };
    },
  },
  inspect: {
    expected: '{"type":"inspect","trial":<integer from 0, or null>}',
    read: ({ trial, ...others }) =>
      isEmpty(others) && (trial === null || isId(trial)) ? { type: 'inspect', trial } : undefined,
  },
  history: {
    expected: '{"type":"history","id":<integer from 0>}',
    read: ({ id, ...others }) => (isEmpty(others) && isId(id) ? { type: 'history', id } : undefined),
  },
  list: {
    expected: '{"type":"list"}',
    read: others => (isEmpty(others) ? { type: 'list' } : undefined),
  },
  command: {
    expected: '{"type":"command","id":<integer from 0>,"command":{"type":…}}',
    read: ({ id, command, ...others }) =>
      isEmpty(others) && command !== undefined && isId(id) ? { type: 'command', id, command } : undefined,
  },
};

/** A client's message, or in a sentence why it is none, short enough to close a WebSocket with. */
export function parseClientMessage(text: string): ClientRequest | ClientCommand | string {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return 'the message is not JSON';
  }
  const { type, ...members } = (isObject(message) ? message : {}) as Members;
  const kind = typeof type === 'string' && Object.hasOwn(kinds, type) ? kinds[type] : undefined;
  if (kind === undefined) return `"type" is one of ${Object.keys(kinds).join(', ')}`;
  return kind.read(members) ?? `expected ${kind.expected}`;
}

const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);
const isEmpty = (others: Members) => Object.keys(others).length === 0;
const isWhole = (value: unknown, least: number): value is number =>
  Number.isSafeInteger(value) && (value as number) >= least;
/** Numbers of requests and trials have 32 bits in binary frames. */
const isId = (value: unknown): value is number => isWhole(value, 0) && value < 2 ** 32;
const isName = (value: unknown, most: number): value is string => typeof value === 'string' && value.length <= most;
const isBound = (value: unknown): value is number | undefined => value === undefined || Number.isFinite(value);
