import type { HealthFinding } from '../train/report.js';
import type { StudyEvent } from '../tune/events.js';
import { foldWithoutReports } from '../tune/fold-event.js';
import { foldRows } from '../tune/fold-rows.js';
import { ABSENT, type ReportRows } from '../tune/report-rows.js';
import { emptyStudy, type StudyState, type TrialRecord } from '../tune/study-state.js';
import { decimate } from './decimate.js';
import { type EventLog, type EventLogOptions, eventLog } from './event-log.js';
import { encodeCurves, type FramedCurve } from './frames.js';
import type { LayerFindings, See, Snapshot, Trials } from './protocol.js';
import { inOrder, type StudyTaker } from './study-piece.js';
import { addReport, addRow, asTheyAre, push, soFar, type TrialColumns, trialColumns, trim } from './trial-columns.js';

/** A study as it is served: its events in little memory, and what clients ask of it. Runs in Node.js and in a page. */
export interface StudyModel
  extends Pick<EventLog, 'study' | 'lastSeq' | 'append' | 'restart' | 'changes' | 'json' | 'event' | 'bytes'>,
    StudyTaker {
  /** The fold over its events, without reports. */
  readonly state: StudyState;
  /** The time of the last event, in milliseconds since 1970. */
  readonly changedAt: number | undefined;
  /** The names of its metrics in the order in which they came, the objective first. */
  metrics(): readonly string[];
  findings(): readonly LayerFindings[];
  /** The study as it is now; later events do not change it. */
  snapshot(): FrozenStudy;
  /** The curves that a client asks for, in frames of about 256 KiB at most, the last of which says so; each takes a few milliseconds. */
  curves(see: See): Generator<Uint8Array, void>;
  /** The sequence numbers of the events of a trial, in a view that is good until the next event. */
  eventsOf(trial: number): Uint32Array;
}

/** A snapshot as it is sent, piece by piece. */
export interface FrozenStudy {
  readonly seq: number;
  /** The message `snapshot`. */
  readonly head: string;
  /** The messages `trials`, made as they are needed. */
  readonly trials: Iterator<string, void>;
  /** About how many bytes all of it has. */
  readonly bytes: number;
}

/** Points looked at for one frame of curves: at most 256 KiB, and a few milliseconds. */
const POINTS = 32 * 1024;
/** Characters of a frame of trials, and how many trials that are not yet JSON it takes. */
const FRAME = 192 * 1024;
const TRIALS = 256;

/** A study without events. */
export function studyModel(options: EventLogOptions): StudyModel {
  const log = eventLog(options);
  let state = emptyStudy;
  let columns = new Map<number, TrialColumns>();
  /** In the order of their first events. */
  let order: number[] = [];
  let names = new Set<string>();
  let findings = new Map<string, { last: HealthFinding; trial: number; readonly trials: Set<number> }>();
  /** Each trial's record as JSON, until it has another. */
  let texts = new Map<number, { readonly of: TrialRecord; readonly json: string }>();
  let characters = 0;
  let changedAt: number | undefined;

  const clear = () => {
    state = emptyStudy;
    columns = new Map();
    order = [];
    names = new Set();
    findings = new Map();
    texts = new Map();
    characters = 0;
    changedAt = undefined;
  };
  const columnsOf = (trial: number) => {
    let own = columns.get(trial);
    if (own === undefined) {
      own = trialColumns(state.study?.epochs);
      columns.set(trial, own);
      order.push(trial);
    }
    return own;
  };
  const take = (event: StudyEvent) => {
    if (event.type === 'study-started') clear();
    state = foldWithoutReports(state, event);
    changedAt = event.time;
    if (!('trial' in event)) return;
    const own = columnsOf(event.trial);
    push(own.events, event.seq);
    if (event.type === 'trial-finished') trim(own);
    if (event.type !== 'trial-reported') return;
    addReport(own, event.report);
    for (const name in event.report.metrics) names.add(name);
    for (const last of event.report.health ?? []) {
      const key = keyOf(last);
      const trials = findings.get(key)?.trials ?? new Set();
      findings.set(key, { last, trial: event.trial, trials: trials.add(event.trial) });
    }
  };
  const takeRows = (rows: ReportRows, from: number, to: number) => {
    for (let row = from; row < to; row++) {
      const own = columnsOf(rows.trial[row] as number);
      push(own.events, rows.seq[row] as number);
      addRow(own, rows, row);
    }
    for (const [i, name] of rows.names.entries()) {
      const some = !names.has(name) && rows.metrics[i]?.subarray(from, to).some(value => value !== ABSENT);
      if (some) names.add(name);
    }
    state = foldRows(state, rows, from, to);
    changedAt = rows.time[to - 1];
  };
  const jsonOf = (trial: TrialRecord): string => {
    const known = texts.get(trial.number);
    if (known?.of === trial) return known.json;
    const json = JSON.stringify(trial);
    characters += json.length - (known?.json.length ?? 0);
    texts.set(trial.number, { of: trial, json });
    return json;
  };
  const metrics = () => {
    const first = state.study?.objective.metric;
    return first === undefined || !names.has(first)
      ? [...names]
      : [first, ...[...names].filter(name => name !== first)];
  };
  /** A layer's finding among all. */
  const keyOf = ({ layer, layerName, kind, of }: HealthFinding) => `${layer} ${layerName} ${kind} ${of}`;
  const found = (): LayerFindings[] =>
    [...findings.values()].map(({ last, trial, trials }) => ({ last, trial, trials: [...trials] }));

  function* trialsOf(study: string, trials: readonly TrialRecord[]): Generator<string, void> {
    const head: Omit<Trials, 'trials'> = { type: 'trials', study };
    const start = `${JSON.stringify(head).slice(0, -1)},"trials":[`;
    for (let next = 0; next < trials.length; ) {
      const parts: string[] = [];
      let length = 0;
      while (next < trials.length && parts.length < TRIALS && length < FRAME) {
        const json = jsonOf(trials[next++] as TrialRecord);
        parts.push(json);
        length += json.length + 1;
      }
      yield `${start}${parts.join(',')}]}`;
    }
  }

  function* curves({ metric, by, points, from, to, trials }: See): Generator<Uint8Array, void> {
    const about = () => ({ study: log.study as string, metric, by, seq: log.lastSeq });
    let some: FramedCurve[] = [];
    let looked = 0;
    const wanted = trials ?? order;
    // The order grows meanwhile; a frame's reports are all there were when it is made.
    for (let next = 0; next < wanted.length; next++) {
      const trial = wanted[next] as number;
      const own = columns.get(trial);
      const values = own?.metrics.get(metric);
      looked += 8 + (values?.length ?? 0);
      if (own !== undefined && values !== undefined) {
        const curve = curveOf(trial, soFar(own[by]), soFar(values), points, from, to);
        if (curve.ys.length > 0) some.push(curve);
      }
      if (looked < POINTS || next === wanted.length - 1) continue;
      yield encodeCurves(about(), some);
      some = [];
      looked = 0;
    }
    yield encodeCurves(about(), some);
  }

  return {
    get study() {
      return log.study;
    },
    get lastSeq() {
      return log.lastSeq;
    },
    get state() {
      return state;
    },
    get changedAt() {
      return changedAt;
    },
    append(event) {
      const isNew = log.append(event);
      if (isNew) take(event);
      return isNew;
    },
    appendPiece(piece) {
      log.appendPiece(piece);
      inOrder(piece, take, takeRows);
    },
    parts() {
      const blocks = log.blocks();
      if (blocks === undefined) return undefined;
      const { trials, ...rest } = state;
      return {
        study: log.study as string,
        state: rest,
        trials: [...trials.values()],
        changedAt,
        names: [...names],
        findings: found(),
        columns: order.map(trial => [trial, asTheyAre(columns.get(trial) as TrialColumns)]),
        blocks,
      };
    },
    restore(parts) {
      log.restore(parts.blocks);
      state = { ...parts.state, trials: new Map(parts.trials.map(trial => [trial.number, trial])) };
      changedAt = parts.changedAt;
      names = new Set(parts.names);
      findings = new Map(
        parts.findings.map(({ last, trial, trials }) => [keyOf(last), { last, trial, trials: new Set(trials) }]),
      );
      columns = new Map(parts.columns);
      order = parts.columns.map(([trial]) => trial);
    },
    restart() {
      log.restart();
      clear();
    },
    changes: log.changes,
    json: log.json,
    event: log.event,
    bytes: log.bytes,
    metrics,
    findings: found,
    eventsOf(trial) {
      const own = columns.get(trial);
      return own === undefined ? new Uint32Array() : soFar(own.events);
    },
    snapshot() {
      const { trials, ...rest } = state;
      const study = log.study as string;
      const head: Snapshot = {
        type: 'snapshot',
        study,
        seq: log.lastSeq,
        state: rest,
        trials: trials.size,
        metrics: metrics(),
        findings: found(),
      };
      return {
        seq: log.lastSeq,
        head: JSON.stringify(head),
        trials: trialsOf(study, [...trials.values()]),
        bytes: texts.size === 0 ? trials.size * 600 : (characters / texts.size) * trials.size,
      };
    },
    curves,
  };
}

function curveOf(
  trial: number,
  xs: Float32Array,
  ys: Float32Array,
  points: number,
  from = Number.NEGATIVE_INFINITY,
  to = Number.POSITIVE_INFINITY,
): FramedCurve {
  // The axis may go back, as where a training began again, so all of it is looked at.
  let [first, end] = [xs.length, 0];
  for (let i = 0; i < xs.length; i++) {
    const x = xs[i] as number;
    if (x < from || x > to) continue;
    if (i < first) first = i;
    end = i + 1;
  }
  if (first === xs.length) {
    // Nothing within, but the line through the range is drawn between the points on either side.
    const before = xs.findLastIndex(x => x < from);
    if (before < 0 || before === xs.length - 1) return { trial, xs: new Float32Array(), ys: new Float32Array() };
    first = before + 1;
    end = first;
  }
  const kept = decimate(ys, Math.max(0, first - 1), Math.min(xs.length, end + 1), points);
  return {
    trial,
    xs: Float32Array.from(kept, i => xs[i] as number),
    ys: Float32Array.from(kept, i => ys[i] as number),
  };
}
