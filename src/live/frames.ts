import type { StudyEvent } from '../tune/events.js';
import { ABSENT, type ReportRows } from '../tune/report-rows.js';
import { type Column, readFrame, wholeNumbers, writeFrame } from './binary-frame.js';
import { isRow, lightEvent, type Reported } from './light-event.js';
import type { CurveAxis } from './protocol.js';

/** The kinds of binary frames, in their first byte. */
export const frameKinds = { changes: 1, curves: 2 } as const;

/** The kind of a binary frame, from its first byte; undefined for one that this version does not know. */
export function frameKind(frame: Uint8Array): keyof typeof frameKinds | undefined {
  return frame[0] === frameKinds.changes ? 'changes' : frame[0] === frameKinds.curves ? 'curves' : undefined;
}

/** Events that follow each other, without what only the detail of a trial has (`norms`, `predictions`, `checkpoint`). */
export interface Changes {
  readonly study: string;
  /** The sequence numbers of the first and the last event. */
  readonly from: number;
  readonly to: number;
  /** Of the `history` request that it answers; absent for what is new. */
  readonly id?: number | undefined;
  /** Whether it is the last frame of that answer. */
  readonly last: boolean;
  /** As JSON has them: what was not finite is null. */
  readonly events: readonly StudyEvent[];
}

/** The curve of a trial: all of its points, or those that were chosen of them. */
export interface FramedCurve {
  readonly trial: number;
  readonly xs: Float32Array;
  /** NaN where there is no number. */
  readonly ys: Float32Array;
}

/** Curves of some trials; the `curves` frames of one answer are of different trials. */
export interface CurvesFrame {
  readonly study: string;
  /** Of the `see` request that it answers. */
  readonly id: number;
  readonly metric: string;
  readonly by: CurveAxis;
  /** The reports of these trials up to this sequence number are in it; what comes after is to be added to the curves. */
  readonly seq: number;
  /** Whether it is the last frame of the answer. */
  readonly last: boolean;
  readonly curves: readonly FramedCurve[];
}

interface ChangesHead {
  readonly study: string;
  readonly from: number;
  readonly to: number;
  readonly metrics: readonly string[];
  /** What was subtracted from the numbers of each column. */
  readonly bases: readonly number[];
  readonly events: readonly StudyEvent[];
}

interface CurvesHead {
  readonly study: string;
  readonly metric: string;
  readonly by: CurveAxis;
  readonly seq: number;
}

/** The columns before those of the metrics. */
const ROW = ['seq', 'trial', 'time', 'epoch', 'step', 'samples', 'seconds'] as const;

/**
 * Events that follow each other, at least one, as a binary frame: reports as rows of numbers, all others as JSON.
 *
 * @param json of the events that are no rows, in their order, if that is there already
 */
export function encodeChanges(
  study: string,
  events: readonly StudyEvent[],
  json?: readonly string[] | undefined,
): Uint8Array<ArrayBuffer> {
  const rows: Reported[] = [];
  const others: StudyEvent[] = [];
  for (const event of events) {
    if (isRow(event)) rows.push(event);
    else others.push(event);
  }
  const places = new Map<string, number>();
  for (const { report } of rows) {
    for (const name in report.metrics) {
      if (report.metrics[name] !== undefined && !places.has(name)) places.set(name, places.size);
    }
  }
  const metrics = [...places.keys()].map(name =>
    Float64Array.from(rows, ({ report }) => {
      const value: unknown = Object.hasOwn(report.metrics, name) ? report.metrics[name] : undefined;
      if (value === undefined) return ABSENT;
      // JSON has no −0 either.
      return typeof value === 'number' && Number.isFinite(value) ? value + 0 : Number.NaN;
    }),
  );
  const about = { study, from: (events[0] as StudyEvent).seq, to: (events.at(-1) as StudyEvent).seq };
  const numbers = [
    rows.map(({ seq }) => seq),
    rows.map(({ trial }) => trial),
    rows.map(({ time }) => time),
    rows.map(({ report }) => report.epoch),
    rows.map(({ report }) => report.step),
    rows.map(({ report }) => report.samples),
    rows.map(({ report }) => report.seconds),
  ];
  const texts = json ?? others.map(event => JSON.stringify(lightEvent(event)));
  return changesFrame(about, numbers, [...places.keys()], metrics, texts);
}

/** The same of rows, and of all other events as JSON. */
export function encodeRows(
  about: Pick<ChangesHead, 'study' | 'from' | 'to'>,
  { length, seq, trial, time, epoch, step, samples, seconds, names, metrics }: ReportRows,
  json: readonly string[],
): Uint8Array<ArrayBuffer> {
  const part = (column: Float64Array) => column.subarray(0, length);
  const numbers = [seq, trial, time, epoch, step, samples, seconds].map(part);
  // JSON has no −0.
  const values = metrics.slice(0, names.length).map(column => part(column).map(value => value + 0));
  return changesFrame(about, numbers, names, values, json);
}

function changesFrame(
  about: Pick<ChangesHead, 'study' | 'from' | 'to'>,
  numbers: readonly ArrayLike<number>[],
  names: readonly string[],
  metrics: readonly Float64Array[],
  json: readonly string[],
): Uint8Array<ArrayBuffer> {
  const columns = numbers.map(wholeNumbers);
  const head: Omit<ChangesHead, 'events'> = { ...about, metrics: names, bases: columns.map(({ base }) => base) };
  return writeFrame(frameKinds.changes, `${JSON.stringify(head).slice(0, -1)},"events":[${json.join(',')}]}`, [
    ...columns.map(({ column }) => column),
    ...metrics,
  ]);
}

/**
 * The events of a `changes` frame, in their order.
 *
 * @throws Error when the bytes are none.
 */
export function decodeChanges(frame: Uint8Array): Changes {
  const { kind, id, last, head, columns } = readFrame(frame);
  if (kind !== frameKinds.changes) throw new Error('a binary frame holds no changes');
  const { study, from, to, metrics, bases, events: others } = head as ChangesHead;
  const [seqs, trials, times, epochs, steps, samples, seconds] = columns as readonly Column[] as Row;
  const base = (of: (typeof ROW)[number]) => bases[ROW.indexOf(of)] as number;
  const [seq0, trial0, time0, epoch0] = [base('seq'), base('trial'), base('time'), base('epoch')];
  const [step0, samples0, seconds0] = [base('step'), base('samples'), base('seconds')];
  const events: StudyEvent[] = [];
  let other = 0;
  for (let row = 0; row < seqs.length; row++) {
    const seq = seq0 + (seqs[row] as number);
    while (other < others.length && (others[other] as StudyEvent).seq < seq) events.push(others[other++] as StudyEvent);
    const named: Record<string, number> = {};
    for (let i = 0; i < metrics.length; i++) {
      const value = (columns[ROW.length + i] as Column)[row] as number;
      // As JSON.parse would have it, whatever the type says.
      if (value !== ABSENT) named[metrics[i] as string] = Number.isNaN(value) ? (null as unknown as number) : value;
    }
    events.push({
      seq,
      time: time0 + (times[row] as number),
      type: 'trial-reported',
      trial: trial0 + (trials[row] as number),
      report: {
        epoch: epoch0 + (epochs[row] as number),
        step: step0 + (steps[row] as number),
        samples: samples0 + (samples[row] as number),
        seconds: seconds0 + (seconds[row] as number),
        metrics: named,
      },
    });
  }
  while (other < others.length) events.push(others[other++] as StudyEvent);
  return { study, from, to, id, last, events };
}

type Row = readonly [Column, Column, Column, Column, Column, Column, Column];

/**
 * Curves as a binary frame; xs that are evenly spaced, as epochs are, take no room.
 *
 * @param about what the frame says of all of them
 */
export function encodeCurves(about: CurvesHead, curves: readonly FramedCurve[]): Uint8Array<ArrayBuffer> {
  const starts = new Float32Array(curves.length);
  const steps = new Float32Array(curves.length);
  const uneven: Float32Array[] = [];
  for (const [i, { xs }] of curves.entries()) {
    const step = spacing(xs);
    starts[i] = xs[0] ?? 0;
    steps[i] = step;
    if (step === 0) uneven.push(xs);
  }
  return writeFrame(frameKinds.curves, JSON.stringify(about), [
    Uint32Array.from(curves, ({ trial }) => trial),
    Uint32Array.from(curves, ({ ys }) => ys.length),
    starts,
    steps,
    joined(uneven),
    joined(curves.map(({ ys }) => ys)),
  ]);
}

/**
 * The curves of a `curves` frame, in its own memory.
 *
 * @throws Error when the bytes are none.
 */
export function decodeCurves(frame: Uint8Array): CurvesFrame {
  const { kind, id, last, head, columns } = readFrame(frame);
  if (kind !== frameKinds.curves) throw new Error('a binary frame holds no curves');
  const { study, metric, by, seq } = head as CurvesHead;
  const [trials, counts, starts, steps, xs, ys] = columns as [Column, Column, Column, Column, Column, Column];
  let [x, y] = [0, 0];
  const curves = Array.from(counts, (count, i): FramedCurve => {
    const [start, step] = [starts[i] as number, steps[i] as number];
    const own = (xs as Float32Array).subarray(x, x + count);
    if (step === 0) x += count;
    y += count;
    return {
      trial: trials[i] as number,
      xs: step === 0 ? own : Float32Array.from({ length: count }, (_, k) => start + k * step),
      ys: (ys as Float32Array).subarray(y - count, y),
    };
  });
  return { study, id: id ?? 0, metric, by, seq, last, curves };
}

/** The distance of one x from the next if it is the same throughout, to the bit; or 0. */
function spacing(xs: Float32Array): number {
  const start = xs[0] ?? 0;
  const step = xs.length < 2 ? 1 : Math.fround((xs[1] as number) - start);
  // From the first on: 0 · ∞ is no number, and −0 + 0 is 0.
  for (let k = 0; k < xs.length; k++) if (!Object.is(Math.fround(start + k * step), xs[k])) return 0;
  return step;
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
