import type { CurvesFrame } from '../../src/live/frames.js';
import type { CurveAxis, See } from '../../src/live/protocol.js';
import type { StudyEvent } from '../../src/tune/events.js';
import { type Curves, curvesData } from './chart/curves-data.js';
import type { CurveSet, CurveSets } from './page.js';

/** Curves that the server is asked for, and that grow with the reports that follow. */
export interface ServedCurves extends CurveSets {
  /** An answer, or a part of it. */
  hear(frame: CurvesFrame): void;
  /** A report that is new to the page. */
  take(event: Extract<StudyEvent, { readonly type: 'trial-reported' }>): void;
  /** The connection is there (again): asks for what was asked and has not come; after another snapshot, for everything. */
  ask(everything: boolean): void;
  /** Forgets everything: it is another study. */
  clear(): void;
  /** Drops what no view has asked for in a while. */
  tidy(): void;
}

interface Row {
  readonly trial: number;
  readonly seq: number;
  readonly x: number;
  readonly y: number;
}

/** What is on its way from the server. */
interface Coming {
  readonly id: number;
  readonly curves: Curves;
  /** Up to which event each trial's curve goes. */
  readonly upTo: Map<number, number>;
  /** Reports that came meanwhile. */
  readonly rows: Row[];
}

interface Asked {
  readonly metric: string;
  readonly by: CurveAxis;
  curves: Curves;
  coming: Coming | undefined;
  /** Reports up to here are in the curves of these trials; forgotten once the page is past it. */
  upTo: Map<number, number>;
  upToAll: number;
  /** Never complete before: what there is of the answer is shown. */
  first: boolean;
  usedAt: number;
  version: number;
  readonly set: CurveSet;
}

/** Milliseconds after which a set that nobody wants is dropped. */
const patience = 30_000;

/** No curves yet. `points`: of a curve at most, for the largest chart; `say` returns whether it could be said. */
export function servedCurves(options: {
  readonly say: (see: See) => boolean;
  readonly points: () => number;
  readonly clock: () => number;
}): ServedCurves {
  const { say, points, clock } = options;
  const sets = new Map<string, Asked>();
  let ids = 0;

  const ask = (asked: Asked, anew = false) => {
    const id = ids++;
    if (anew && asked.first) asked.curves = curvesData();
    asked.coming = { id, curves: asked.first ? asked.curves : curvesData(), upTo: new Map(), rows: [] };
    say({ type: 'see', id, metric: asked.metric, by: asked.by, points: points() });
  };
  const make = (metric: string, by: CurveAxis): Asked => {
    const asked: Asked = {
      metric,
      by,
      curves: curvesData(),
      coming: undefined,
      upTo: new Map(),
      upToAll: -1,
      first: true,
      usedAt: clock(),
      version: 0,
      set: {
        get: trial => asked.curves.get(trial),
        points: () => asked.curves.points(),
        last: () => asked.curves.last(),
        sample: (...which) => asked.curves.sample(...which),
        get complete() {
          return !asked.first;
        },
        get version() {
          return asked.version;
        },
      },
    };
    return asked;
  };

  return {
    get(metric, by) {
      const key = `${by} ${metric}`;
      let asked = sets.get(key);
      if (asked === undefined) {
        asked = make(metric, by);
        sets.set(key, asked);
        if (metric !== '') ask(asked);
      }
      asked.usedAt = clock();
      return asked.set;
    },
    hear({ id, seq, last, curves }) {
      for (const asked of sets.values()) {
        const { coming } = asked;
        if (coming?.id !== id) continue;
        for (const { trial, xs, ys } of curves) {
          coming.curves.replace(trial, xs, ys);
          coming.upTo.set(trial, seq);
        }
        asked.version++;
        if (!last) return;
        for (const { trial, seq: at, x, y } of coming.rows) {
          if (at > (coming.upTo.get(trial) ?? -1)) coming.curves.append(trial, x, y);
        }
        asked.curves = coming.curves;
        asked.upTo = coming.upTo;
        asked.upToAll = Math.max(seq, ...new Set(coming.upTo.values()));
        asked.coming = undefined;
        asked.first = false;
        return;
      }
    },
    take({ seq, trial, report }) {
      for (const asked of sets.values()) {
        const value: unknown = Object.hasOwn(report.metrics, asked.metric) ? report.metrics[asked.metric] : undefined;
        const row = {
          trial,
          seq,
          x: Math.fround(report[asked.by]),
          y: typeof value === 'number' ? Math.fround(value) : Number.NaN,
        };
        asked.coming?.rows.push(row);
        if (asked.first) continue;
        // The server answers with what it has, which may be ahead of what it has told.
        if (seq <= asked.upToAll && seq <= (asked.upTo.get(trial) ?? -1)) continue;
        // A curve of a metric that no report of the trial has is none.
        if (Number.isNaN(row.y) && value === undefined && asked.curves.get(trial) === undefined) continue;
        asked.curves.append(trial, row.x, row.y);
        asked.version++;
      }
    },
    ask(everything) {
      for (const asked of sets.values()) {
        if (asked.metric !== '' && (everything || asked.coming !== undefined)) ask(asked, everything);
      }
    },
    clear: () => sets.clear(),
    tidy() {
      for (const [key, { usedAt }] of sets) if (clock() - usedAt > patience) sets.delete(key);
    },
  };
}
