import type { Ended, ServerMessage } from '../../src/live/protocol.js';
import { emptyStudy, foldEvent } from '../../src/tune/study-state.js';
import type { ConnectionState } from './connection.js';
import { type Field, fieldsOf } from './fields.js';
import { type Findings, foldFindings } from './findings.js';
import { pace } from './pace.js';
import type { Changed, Model, View } from './page.js';

/** Folds what the server says, and lets the views draw, at most once a frame. */
export interface Store {
  receive(message: ServerMessage): void;
  setConnection(state: ConnectionState): void;
  /** What the page has, to resume from. */
  position(): { readonly study: string | null; readonly lastSeq: number };
  /** Draws with the next frame, and says that the clock moved on. */
  touch(): void;
  /** Draws everything anew with the next frame. */
  redraw(): void;
}

/** An empty store; `gap` is called when the server skipped an event. */
export function store(views: readonly View[], clock: () => number, gap: () => void): Store {
  let study = emptyStudy;
  let identity: string | null = null;
  let connection: ConnectionState = { kind: 'connecting' };
  let findings: Findings = new Map();
  let metrics: string[] = [];
  let fields: readonly Field[] = [];
  let fieldsFor: unknown[] = [];
  let ended: Ended | undefined;
  let clockAhead = 0;
  let target = -1;
  let speed = pace();
  let changed: Changed = 'all';
  let waiting = false;

  const draw = () => {
    waiting = false;
    const now = study.finishedAt ?? clock() - clockAhead;
    if (study.study !== undefined && (fieldsFor[0] !== study.study || fieldsFor[1] !== metrics)) {
      fieldsFor = [study.study, metrics];
      fields = fieldsOf(study.study, metrics);
    }
    const model: Model = {
      study,
      identity,
      connection,
      findings,
      metrics,
      fields,
      load: undefined,
      studies: [],
      replay: undefined,
      ended,
      now,
      epochsPerSecond: speed.epochsPerSecond(now),
      caughtUp: study.lastSeq >= target,
    };
    const drawn = changed;
    changed = new Set();
    for (const view of views) view(model, drawn);
  };
  const touch = () => {
    if (waiting) return;
    waiting = true;
    // While a long history comes in, drawing every piece of it would only make it longer.
    if (study.lastSeq < target) setTimeout(() => requestAnimationFrame(draw), 200);
    else requestAnimationFrame(draw);
  };

  const seeMetrics = (names: readonly string[]) => {
    for (const name of names) if (!metrics.includes(name)) metrics = [...metrics, name];
  };

  return {
    touch,
    redraw() {
      changed = 'all';
      touch();
    },
    setConnection(state) {
      connection = state;
      touch();
    },
    position: () => ({ study: identity, lastSeq: study.lastSeq }),
    receive(message) {
      if (message.type === 'hello') {
        identity = message.study;
        clockAhead = clock() - message.time;
        target = message.lastSeq;
        ended = undefined;
        if (message.fresh) {
          study = emptyStudy;
          findings = new Map();
          metrics = [];
          speed = pace();
          changed = 'all';
        }
      } else if (message.type === 'ended') {
        ended = message;
      } else if (message.type === 'events' && message.study === identity) {
        for (const event of message.events) {
          if (event.seq > study.lastSeq + 1) return gap();
          if (event.seq <= study.lastSeq) continue;
          study = foldEvent(study, event);
          findings = foldFindings(findings, event);
          speed.add(event);
          if (event.type === 'study-started') seeMetrics([event.study.objective.metric]);
          if (event.type === 'trial-reported') seeMetrics(Object.keys(event.report.metrics));
          if ('trial' in event && changed !== 'all') (changed as Set<number>).add(event.trial);
        }
      }
      touch();
    },
  };
}
