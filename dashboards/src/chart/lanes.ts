import type { StudyState, TrialRecord } from '../../../src/tune/study-state.js';

/** A stretch of a trial in a lane; times in milliseconds since 1970, `to` undefined while it runs. */
export interface LaneBar {
  readonly trial: number;
  readonly from: number;
  readonly to: number | undefined;
}

/** What one place for trials did: its bars in the order of time, which do not overlap. */
export interface Lane {
  readonly bars: readonly LaneBar[];
}

/** A lane for every place for trials, by its number; the trials of journals that know no places lie in the first lane that is free. */
export function lanesOf({ trials }: Pick<StudyState, 'trials'>): readonly Lane[] {
  const bars: (LaneBar & { readonly slot: number | undefined })[] = [];
  let knowsSlots = false;
  for (const trial of trials.values()) {
    for (const bar of barsOf(trial)) {
      bars.push(bar);
      knowsSlots ||= bar.slot !== undefined;
    }
  }
  bars.sort((a, b) => a.from - b.from || a.trial - b.trial);
  const lanes: LaneBar[][] = [];
  const ends: number[] = [];
  const put = (lane: number, { trial, from, to }: LaneBar) => {
    while (lanes.length <= lane) {
      lanes.push([]);
      ends.push(Number.NEGATIVE_INFINITY);
    }
    lanes[lane]?.push({ trial, from, to });
    ends[lane] = to ?? Number.POSITIVE_INFINITY;
  };
  for (const bar of bars) {
    if (bar.slot !== undefined) put(bar.slot, bar);
    else if (!knowsSlots) {
      const free = ends.findIndex(end => end <= bar.from);
      put(free < 0 ? lanes.length : free, bar);
    }
    // Else it waited, and was ended before it had a place.
  }
  return lanes.map(each => ({ bars: each }));
}

function barsOf(trial: TrialRecord): (LaneBar & { readonly slot: number | undefined })[] {
  const { number, stretches, startedAt, finishedAt, slot, state, epochs } = trial;
  if (stretches !== undefined)
    return stretches.map(({ from, to, slot: at }) => ({ trial: number, from, to, slot: at }));
  const open = state === 'running';
  // Without a stretch to its name it was only enqueued.
  if (!open && slot === undefined && (finishedAt === undefined || epochs === 0) && state !== 'failed') return [];
  return [{ trial: number, from: startedAt, to: open ? undefined : (finishedAt ?? startedAt), slot }];
}

/** The share of a lane's time, 0 to 1, in which it computed nothing, from its first trial on: before, the place may not have been there. Undefined for no time at all. */
export function idleShare({ bars }: Lane, since: number, to: number): number | undefined {
  const from = Math.max(since, bars[0]?.from ?? since);
  if (!(to > from)) return undefined;
  let busy = 0;
  for (const bar of bars) busy += Math.max(0, Math.min(bar.to ?? to, to) - Math.max(bar.from, from));
  return Math.max(0, 1 - busy / (to - from));
}

/** The index of the first bar of a lane that ends after a time; as many as there are bars if none does. */
export function firstAfter({ bars }: Lane, time: number): number {
  let low = 0;
  let high = bars.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((bars[middle]?.to ?? Number.POSITIVE_INFINITY) <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A window of time. */
export interface TimeWindow {
  readonly from: number;
  readonly to: number;
}

/** The window `factor` times as wide, with the time at `share` of its width in the same place, kept within the whole; never below 20 ms. */
export function zoomed({ from, to }: TimeWindow, factor: number, share: number, whole: TimeWindow): TimeWindow {
  const width = Math.max(20, (to - from) * factor);
  const at = from + share * (to - from);
  return within({ from: at - share * width, to: at + (1 - share) * width }, whole);
}

/** The window moved by `by` of its own width, kept within the whole. */
export function moved({ from, to }: TimeWindow, by: number, whole: TimeWindow): TimeWindow {
  const step = by * (to - from);
  return within({ from: from + step, to: to + step }, whole);
}

function within({ from, to }: TimeWindow, whole: TimeWindow): TimeWindow {
  const width = to - from;
  if (width >= whole.to - whole.from) return whole;
  const begin = Math.max(whole.from, Math.min(from, whole.to - width));
  return { from: begin, to: begin + width };
}

const steps = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600];

/** Round times in seconds within a range, about as many as asked for. */
export function timeTicks(low: number, high: number, about: number): number[] {
  const rough = (high - low) / Math.max(1, about);
  const hours = Math.ceil(rough / 3600);
  const step = steps.find(each => each >= rough) ?? hours * 3600;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => Number(((first + i) * step).toFixed(3)));
}

/** A time since the beginning, in seconds, for an axis: `0.2 s`, `12 s`, `1:05`, `2:00:00`. */
export function timeLabel(seconds: number): string {
  if (seconds < 60) return `${Number(seconds.toFixed(2))} s`;
  const two = (n: number) => String(Math.floor(n)).padStart(2, '0');
  const [h, m, s] = [Math.floor(seconds / 3600), (seconds / 60) % 60, seconds % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${Math.floor(m)}:${two(s)}`;
}
