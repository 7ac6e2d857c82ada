import { withExactNumbers } from '../journal/exact-numbers.js';
import { rxnnVersion } from '../journal/header.js';
import type { JournalPiece } from '../journal/journal-piece.js';
import type { OpenJournal } from '../journal/read-back.js';
import { lineValue } from '../journal/sealed-line.js';
import type { TrialRecord } from '../tune/study-state.js';
import type { CacheContent } from './cache-file.js';
import { heavyOf } from './light-event.js';
import type { HeavyParts, LogBlock, StudyParts, StudyPiece } from './study-piece.js';
import type { TrialColumns } from './trial-columns.js';

/** Written with each cache, as is the version of rxnn: one that was made otherwise is not read. To be raised with every change of what is in it. */
const VERSION = 1;

/** Trials made JSON at a time. */
const TRIALS = 256;
/** Numbers said of each trial, and of each block. */
const [OF_TRIAL, OF_BLOCK] = [4, 6];

type About = Omit<StudyParts, 'trials' | 'columns' | 'blocks'>;

/** What a cache's foot says of a study. */
export interface StudyFoot extends About {
  readonly version: typeof VERSION;
  readonly rxnn: string;
  /** Sets of names that the metrics of trials have, in the columns' order. */
  readonly named: readonly (readonly string[])[];
}

/** The parts of a study as the sections of a cache. */
export function encodeParts(parts: StudyParts): {
  readonly foot: StudyFoot;
  readonly sections: Iterable<Uint8Array>[];
} {
  const { trials, columns, blocks, ...about } = parts;
  const sets = new Map<string, number>();
  const named: string[][] = [];
  const index = new Float64Array(columns.length * OF_TRIAL);
  for (const [i, [trial, { events, epoch, metrics }]] of columns.entries()) {
    const names = [...metrics.keys()];
    const key = JSON.stringify(names);
    if (!sets.has(key)) sets.set(key, named.push(names) - 1);
    index.set([trial, events.length, epoch.length, sets.get(key) as number], i * OF_TRIAL);
  }
  const places = new Float64Array(blocks.length * OF_BLOCK);
  for (const [i, { from, to, frame, heavy }] of blocks.entries()) {
    const { offset, bytes } =
      heavy === undefined || heavy instanceof Uint8Array ? { offset: -1, bytes: 0 } : heavy.place;
    const packed = heavy instanceof Uint8Array ? heavy.length : -1;
    places.set([from, to, frame.length, offset, bytes, packed], i * OF_BLOCK);
  }
  return {
    foot: { ...about, version: VERSION, rxnn: rxnnVersion(), named },
    sections: [
      trialsText(trials),
      [bytesOf(index)],
      [bytesOf(places)],
      eventsOf(columns),
      numbersOf(columns),
      framesOf(blocks),
      packedOf(blocks),
    ],
  };
}

function* trialsText(trials: readonly TrialRecord[]): Generator<Uint8Array> {
  yield Buffer.from('[');
  for (let first = 0; first < trials.length; first += TRIALS) {
    const text = JSON.stringify(withExactNumbers(trials.slice(first, first + TRIALS)));
    yield Buffer.from(`${first === 0 ? '' : ','}${text.slice(1, -1)}`);
  }
  yield Buffer.from(']');
}

function* eventsOf(columns: StudyParts['columns']): Generator<Uint8Array> {
  for (const [, { events }] of columns) yield bytesOf(events.values.subarray(0, events.length));
}

function* numbersOf(columns: StudyParts['columns']): Generator<Uint8Array> {
  for (const [, { epoch, samples, seconds, metrics }] of columns) {
    for (const { values, length } of [epoch, samples, seconds, ...metrics.values()])
      yield bytesOf(values.subarray(0, length));
  }
}

function* framesOf(blocks: readonly LogBlock[]): Generator<Uint8Array> {
  for (const { frame } of blocks) {
    yield frame;
    // So that the columns within lie as they must.
    yield new Uint8Array(-frame.length & 7);
  }
}

function* packedOf(blocks: readonly LogBlock[]): Generator<Uint8Array> {
  for (const { heavy } of blocks) if (heavy instanceof Uint8Array) yield heavy;
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float64Array | Float32Array | Uint32Array) =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** Whether a foot is that of a study, in this version. */
export function isStudyFoot(foot: CacheContent['foot']): foot is CacheContent['foot'] & StudyFoot {
  return (
    foot.version === VERSION && foot.rxnn === rxnnVersion() && typeof foot.state === 'object' && foot.state !== null
  );
}

/**
 * The parts of a study from the sections of a cache, in the same memory.
 *
 * @param journal where the cached study is read from: what only details have is still there
 * @throws Error when they are not what they claim to be
 */
export function decodeParts({ foot, sections }: CacheContent, journal: OpenJournal): StudyParts {
  if (!isStudyFoot(foot)) throw new Error('a cache of another version');
  const { study, state, changedAt, names, findings, named } = foot;
  const [text, trialIndex, blockIndex, events, numbers, frames, packed] = sections as Sections;
  const trials = lineValue(new TextDecoder().decode(text)) as TrialRecord[];
  const columns = columnsIn(float64s(trialIndex), events, numbers, named);
  const blocks = blocksIn(float64s(blockIndex), frames, packed, journal);
  if (blocks.at(-1)?.to !== state.lastSeq) throw new Error('a block is missing');
  return { study, state, trials, changedAt, names, findings, columns, blocks };
}

type Section = CacheContent['sections'][number];
type Sections = readonly [Section, Section, Section, Section, Section, Section, Section];

const float64s = ({ buffer, byteOffset, length }: Section) => new Float64Array(buffer, byteOffset, length / 8);

function columnsIn(
  index: Float64Array,
  events: Section,
  numbers: Section,
  named: StudyFoot['named'],
): [number, TrialColumns][] {
  let event = 0;
  let number = 0;
  const next = (length: number) => {
    const values = new Float32Array(numbers.buffer, numbers.byteOffset + 4 * number, length);
    number += length;
    return { values, length };
  };
  const columns: [number, TrialColumns][] = [];
  for (let i = 0; i < index.length; i += OF_TRIAL) {
    const [trial, count, reports, set] = index.subarray(i, i + OF_TRIAL) as unknown as [number, number, number, number];
    const values = new Uint32Array(events.buffer, events.byteOffset + 4 * event, count);
    event += count;
    const [epoch, samples, seconds] = [next(reports), next(reports), next(reports)];
    const metrics = new Map((named[set] as readonly string[]).map(name => [name, next(reports)]));
    columns.push([trial, { events: { values, length: count }, epoch, samples, seconds, metrics }]);
  }
  if (4 * event !== events.length || 4 * number !== numbers.length) throw new Error('columns are not all there');
  return columns;
}

function blocksIn(index: Float64Array, frames: Section, packed: Section, journal: OpenJournal): LogBlock[] {
  let frameAt = 0;
  let packedAt = 0;
  const blocks: LogBlock[] = [];
  for (let i = 0; i < index.length; i += OF_BLOCK) {
    const [from, to, length, offset, bytes, more] = index.subarray(i, i + OF_BLOCK) as unknown as Place;
    const frame = frames.subarray(frameAt, frameAt + length);
    frameAt += (length + 7) & ~7;
    if (more >= 0) {
      blocks.push({ from, to, frame, heavy: packed.subarray(packedAt, packedAt + more) });
      packedAt += more;
    } else blocks.push({ from, to, frame, heavy: offset < 0 ? undefined : heavyIn(journal, { offset, bytes }) });
  }
  if (frameAt !== frames.length || packedAt !== packed.length) throw new Error('blocks are not all there');
  return blocks;
}

type Place = readonly [from: number, to: number, length: number, offset: number, bytes: number, packed: number];

/** A piece of a journal with what only details have, which is read again when it is asked for. */
export function pieceWithHeavy(piece: JournalPiece, journal: () => OpenJournal): StudyPiece {
  const { heavy, others, place } = piece;
  const has = heavy || others.some(({ event }) => heavyOf(event) !== undefined);
  return { ...piece, heavy: has ? heavyIn(journal(), place) : undefined };
}

function heavyIn(journal: OpenJournal, place: HeavyParts['place']): HeavyParts {
  return {
    place,
    read: () => new Map(journal.eventsAt(place).map(event => [event.seq, heavyOf(event) ?? {}])),
  };
}
