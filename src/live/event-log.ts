import type { StudyEvent } from '../tune/events.js';
import { decodeChanges, encodeChanges, encodeRows } from './frames.js';
import { type Heavy, heavyOf, isRow, lightEvent, withHeavy } from './light-event.js';
import { recent } from './recent.js';
import type { LogBlock, StudyPiece } from './study-piece.js';

/** What differs between Node.js and a page. */
export interface EventLogOptions {
  /** The identity of a study from its first event as JSON, and how often the log was begun anew for what claims to be the same. */
  readonly identify: (first: string, restarts: number) => string;
  /** Makes text shorter, and long again: what is seldom read is kept so. Without it, it is kept as it is. */
  readonly packing?: Packing | undefined;
}

/** Makes bytes fewer without loss. */
export interface Packing {
  pack(bytes: Uint8Array): Uint8Array;
  unpack(bytes: Uint8Array): Uint8Array;
}

/**
 * The events of one study, in little memory: about 50 bytes for a report of three metrics. What has been there for a while lies in
 * blocks, each the very frame of changes that clients are sent; what only a trial's detail has lies beside it, packed.
 */
export interface EventLog {
  /** The study's identity: of its first event, so that a restart which replays it is the same study; null before. */
  readonly study: string | null;
  /** −1 before the first event. */
  readonly lastSeq: number;
  /**
   * Another `study-started` begins a new log; an event that is in the log already is ignored; a gap is an error.
   *
   * @returns whether the event is new.
   */
  append(event: StudyEvent): boolean;
  /** The next events at once; what was there already is an error, as is a gap. */
  appendPiece(piece: StudyPiece): void;
  /** All of it as blocks; undefined if it is empty, or was begun anew. */
  blocks(): readonly LogBlock[] | undefined;
  /**
   * Fills an empty log.
   *
   * @throws Error when it is not empty, or these are not all blocks from the first event
   */
  restore(blocks: readonly LogBlock[]): void;
  /** Forgets everything: what follows is another study, even if it begins with the same event. */
  restart(): void;
  /** Events from `from` to at most `to`, at least one, as a frame of changes; and the number after the last of them. */
  changes(from: number, to: number): { readonly frame: Uint8Array; readonly next: number };
  /** The same as a JSON array of about `bytes` characters, with complete reports. */
  json(from: number, to: number, bytes: number): { readonly json: string; readonly next: number };
  /** One complete event. */
  event(seq: number): StudyEvent;
  /** The bytes that the blocks take. */
  bytes(): number;
}

/** Of an event that came lately. */
interface Fresh {
  readonly event: StudyEvent;
  /** If it is no row. */
  readonly json?: string | undefined;
  /** If it has any. */
  readonly heavy?: string | undefined;
}

/** Events of a block, and about how many bytes: reading one takes a few milliseconds. */
const EVENTS = 512;
const BYTES = 64 * 1024;
const ROW_BYTES = 64;

/** An empty log. */
export function eventLog({ identify, packing }: EventLogOptions): EventLog {
  let study: string | null = null;
  let restarts = 0;
  let blocks: LogBlock[] = [];
  let tail: Fresh[] = [];
  let tailFrom = 0;
  let tailBytes = 0;
  let blockBytes = 0;
  const encoded = recent<{ readonly frame: Uint8Array; readonly next: number }>(8);
  const written = recent<{ readonly json: string; readonly next: number }>(8);
  const decoded = recent<readonly StudyEvent[]>(4);

  const lastSeq = () => tailFrom + tail.length - 1;
  const clear = () => {
    blocks = [];
    tail = [];
    tailFrom = tailBytes = blockBytes = 0;
  };
  const push = (event: StudyEvent) => {
    const heavy = heavyOf(event);
    const fresh = {
      event,
      json: isRow(event) ? undefined : JSON.stringify(lightEvent(event)),
      heavy: heavy && JSON.stringify(heavy),
    };
    tail.push(fresh);
    tailBytes += fresh.json?.length ?? ROW_BYTES;
    if (tail.length >= EVENTS || tailBytes >= BYTES) seal();
  };
  const seal = () => {
    const block = sealed();
    if (block !== undefined) keep(block);
  };
  /** What came lately as a block. */
  const sealed = (): LogBlock | undefined => {
    if (tail.length === 0) return undefined;
    const frame = frameOf(study as string, tail);
    const parts = tail.flatMap(({ event, heavy }) => (heavy === undefined ? [] : [`[${event.seq},${heavy}]`]));
    const bytes = parts.length === 0 ? undefined : new TextEncoder().encode(`[${parts.join(',')}]`);
    const heavy = bytes && (packing?.pack(bytes) ?? bytes);
    return { from: tailFrom, to: lastSeq(), frame, heavy };
  };
  const keep = (block: LogBlock) => {
    blocks.push(block);
    blockBytes += block.frame.length + (block.heavy instanceof Uint8Array ? block.heavy.length : 0);
    tailFrom = block.to + 1;
    tail = [];
    tailBytes = 0;
  };
  /** The block with an event; undefined if that came lately. */
  const blockOf = (seq: number): LogBlock | undefined => {
    if (seq >= tailFrom) return undefined;
    let [low, high] = [0, blocks.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((blocks[middle] as LogBlock).from <= seq) low = middle;
      else high = middle - 1;
    }
    return blocks[low];
  };
  const complete = (block: LogBlock) =>
    decoded(`${study} ${block.from}`, () => {
      const { events } = decodeChanges(block.frame);
      if (block.heavy === undefined) return events;
      const parts = block.heavy instanceof Uint8Array ? unpacked(block.heavy) : block.heavy.read();
      return events.map(event => withHeavy(event, parts.get(event.seq)));
    });
  const unpacked = (heavy: Uint8Array) => {
    const bytes = packing?.unpack(heavy) ?? heavy;
    return new Map(JSON.parse(new TextDecoder().decode(bytes)) as [number, Heavy][]);
  };
  const event = (seq: number): StudyEvent => {
    const block = blockOf(seq);
    return block === undefined
      ? (tail[seq - tailFrom] as Fresh).event
      : (complete(block)[seq - block.from] as StudyEvent);
  };

  return {
    get study() {
      return study;
    },
    get lastSeq() {
      return lastSeq();
    },
    append(event) {
      if (event.type === 'study-started') {
        const identity = identify(JSON.stringify(event), restarts);
        if (identity === study) return false;
        study = identity;
        clear();
        push(event);
        return true;
      }
      if (study === null || event.seq > lastSeq() + 1) {
        throw new Error(`the study's events have a gap: number ${event.seq} came after ${lastSeq()}`);
      }
      if (event.seq <= lastSeq()) return false;
      push(event);
      return true;
    },
    appendPiece({ from, to, rows, others, heavy }) {
      if (study === null || from !== lastSeq() + 1) {
        throw new Error(`the study's events have a gap: number ${from} came after ${lastSeq()}`);
      }
      seal();
      const json = others.map(({ event, json }) =>
        json === undefined || heavyOf(event) !== undefined ? JSON.stringify(lightEvent(event)) : json,
      );
      keep({ from, to, frame: encodeRows({ study, from, to }, rows, json), heavy });
    },
    blocks() {
      const last = restarts === 0 ? sealed() : undefined;
      return restarts > 0 || study === null ? undefined : [...blocks, ...(last ? [last] : [])];
    },
    restore(given) {
      if (study !== null || restarts > 0) throw new Error('a log that is not empty cannot be filled');
      const begins = given[0] && decodeChanges(given[0].frame);
      const [first] = begins?.events ?? [];
      if (first?.type !== 'study-started' || begins?.study !== identify(JSON.stringify(first), 0)) {
        throw new Error('these blocks are of another study');
      }
      if (given.some(({ from, to }, i) => from !== (given[i - 1]?.to ?? -1) + 1 || to < from)) {
        throw new Error('a block is missing');
      }
      study = begins.study;
      for (const block of given) keep(block);
    },
    restart() {
      if (study !== null) restarts++;
      study = null;
      clear();
    },
    changes(from, to) {
      const block = blockOf(from);
      const last = Math.min(to, block?.to ?? lastSeq());
      if (block?.from === from && block.to === last) return { frame: block.frame, next: last + 1 };
      return encoded(`${study} ${from} ${last}`, () => {
        const some = block
          ? decodeChanges(block.frame).events.slice(from - block.from, last + 1 - block.from)
          : tail.slice(from - tailFrom, last + 1 - tailFrom);
        const frame = block
          ? encodeChanges(study as string, some as StudyEvent[])
          : frameOf(study as string, some as Fresh[]);
        return { frame, next: last + 1 };
      });
    },
    json(from, to, bytes) {
      return written(`${study} ${from} ${to} ${bytes}`, () => {
        const texts: string[] = [];
        let length = 0;
        let next = from;
        // At most what lies together, so that it never takes long.
        const last = Math.min(to, blockOf(from)?.to ?? lastSeq());
        while (next <= last) {
          const text = JSON.stringify(event(next));
          if (next > from && length + text.length > bytes) break;
          texts.push(text);
          length += text.length + 1;
          next++;
        }
        return { json: `[${texts.join(',')}]`, next };
      });
    },
    event,
    bytes: () => blockBytes,
  };
}

function frameOf(study: string, fresh: readonly Fresh[]): Uint8Array {
  return encodeChanges(
    study,
    fresh.map(({ event }) => event),
    fresh.flatMap(({ json }) => json ?? []),
  );
}
