import type { OutlinePart, ReportOutline } from './report-outline.js';

/** What stays of a study in a report. */
export interface ThinStudy {
  /** For each part of the outline, what becomes of each event: `left`, `whole` or `light`. */
  readonly kept: readonly Uint8Array[];
  /** About how many bytes that is, and how many events. */
  readonly bytes: number;
  readonly count: number;
  /** What was left out, in a sentence; undefined if nothing was. */
  readonly note?: string | undefined;
  /** No more can be left out. */
  readonly least: boolean;
}

/** An event is left out, stays, or stays without norms and predictions. */
export const [left, whole, light] = [0, 1, 2] as const;

/** The level at which no more is left out. */
export const most = 1000;

/** What decides about the reports of a study, apart from the level. */
export interface Thinning {
  at(level: number): ThinStudy;
}

/**
 * A study without what its page can do without: at level 0 everything stays. From level 1 on, norms and predictions stay at each
 * trial's best and last report only; from level 2 on, of each trial's reports every second stays, at level 3 every third, and so on, and
 * always the first, the best, the last and those with findings. All other events stay, so all trials and decisions do.
 */
export function thinning({ parts, direction }: Pick<ReportOutline, 'parts' | 'direction'>): Thinning {
  const ends = endsOf(parts, direction === 'maximize' ? -1 : 1);
  return {
    at(level) {
      const counts = new Map<number, number>();
      let [bytes, count, all, stay] = [0, 0, 0, 0];
      const kept = parts.map(part => {
        const fates = new Uint8Array(part.count);
        for (let i = 0; i < part.count; i++) {
          const trial = part.trial[i] as number;
          let fate: number = whole;
          if (trial >= 0) {
            const before = counts.get(trial) ?? 0;
            counts.set(trial, before + 1);
            all++;
            const { best, last } = ends.get(trial) as Ends;
            const matters = level === 0 || part.epoch[i] === last || part.epoch[i] === best;
            if (!matters) fate = before % level === 0 || part.found[i] === 1 ? light : left;
            if (fate !== left) stay++;
          }
          fates[i] = fate;
          if (fate === left) continue;
          count++;
          bytes += (part.ends[i] as number) - (part.ends[i - 1] ?? 0) - SEAL;
          if (fate === light) bytes -= (part.normsTo[i] as number) - (part.normsFrom[i] as number);
        }
        return fates;
      });
      return { kept, bytes, count, note: noteOf(level, stay, all), least: level >= most };
    },
  };
}

/** Bytes of a journal's line that are no part of the event's JSON. */
const SEAL = 17;

function noteOf(level: number, stay: number, all: number): string | undefined {
  if (level === 0) return undefined;
  return level === 1
    ? 'This study is large: norms and predictions are told of the best and the last epoch of each trial only.'
    : `This study is large: ${stay} of its ${all} reports are in this file, of each trial one in ${level} beside the first, the best and the last, with norms and predictions at the best and the last only. All trials and decisions are here.`;
}

/** The epochs of a trial's best and last report. */
interface Ends {
  best?: number | undefined;
  last: number;
  /** The least so far. */
  value: number;
}

function endsOf(parts: readonly OutlinePart[], sign: number): Map<number, Ends> {
  const all = new Map<number, Ends>();
  for (const { count, trial, epoch, value } of parts) {
    for (let i = 0; i < count; i++) {
      const number = trial[i] as number;
      if (number < 0) continue;
      let ends = all.get(number);
      if (ends === undefined) {
        ends = { last: 0, value: Number.POSITIVE_INFINITY };
        all.set(number, ends);
      }
      ends.last = epoch[i] as number;
      // NaN is less than nothing.
      if (!(sign * (value[i] as number) < ends.value)) continue;
      ends.value = sign * (value[i] as number);
      ends.best = ends.last;
    }
  }
  return all;
}
