import type { PlainReport } from '../tune/events.js';
import type { CurveAxis } from './protocol.js';

/** What curves of one trial are drawn of: columns of its reports, which grow. */
export interface TrialColumns {
  /** Sequence numbers of all its events, the reports among them. */
  readonly events: Numbers<Uint32Array>;
  /** How many reports. */
  count(): number;
  axis(by: CurveAxis): Float32Array;
  /** NaN where it is no number; undefined if no report has it. */
  metric(name: string): Float32Array | undefined;
  add(report: PlainReport): void;
  /** Gives back what was kept free for more reports. */
  trim(): void;
}

/** Numbers that become more. */
export interface Numbers<Kind extends Uint32Array | Float32Array> {
  readonly length: number;
  push(value: number): void;
  /** In memory that is used on: a view. */
  all(): Kind;
  trim(): void;
}

/** None yet. */
export function numbers<Kind extends Uint32Array | Float32Array>(make: (length: number) => Kind): Numbers<Kind> {
  let values = make(0);
  let length = 0;
  const resize = (size: number) => {
    const next = make(size);
    next.set(values.subarray(0, length) as Float32Array & Uint32Array);
    values = next;
  };
  return {
    get length() {
      return length;
    },
    push(value) {
      if (length === values.length) resize(Math.max(8, Math.ceil(length * 1.5)));
      values[length++] = value;
    },
    all: () => values.subarray(0, length) as Kind,
    trim() {
      if (length < values.length) resize(length);
    },
  };
}

/** The greatest number that the columns hold; what is more is drawn as this. */
const MOST = 3.4028234663852886e38;

const floats = () => numbers(length => new Float32Array(length));

/** The columns of a trial without events. */
export function trialColumns(): TrialColumns {
  const events = numbers(length => new Uint32Array(length));
  const axes = { epoch: floats(), samples: floats(), seconds: floats() };
  const metrics = new Map<string, Numbers<Float32Array>>();
  return {
    events,
    count: () => axes.epoch.length,
    axis: by => axes[by].all(),
    metric: name => metrics.get(name)?.all(),
    add(report) {
      const count = axes.epoch.length;
      axes.epoch.push(report.epoch);
      axes.samples.push(report.samples);
      axes.seconds.push(report.seconds);
      for (const name in report.metrics) {
        if (metrics.has(name)) continue;
        const column = floats();
        for (let i = 0; i < count; i++) column.push(Number.NaN);
        metrics.set(name, column);
      }
      for (const [name, column] of metrics) {
        const value: unknown = Object.hasOwn(report.metrics, name) ? report.metrics[name] : undefined;
        const isNumber = typeof value === 'number' && Number.isFinite(value);
        column.push(isNumber ? Math.max(-MOST, Math.min(MOST, value)) : Number.NaN);
      }
    },
    trim() {
      for (const column of [events, ...Object.values(axes), ...metrics.values()]) column.trim();
    },
  };
}
