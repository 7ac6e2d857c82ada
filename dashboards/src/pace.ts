import type { StudyEvent } from '../../src/tune/events.js';

/** Epochs a second over the last ten seconds of reports, as the events' own times tell it. */
export interface Pace {
  add(event: StudyEvent): void;
  /** At a moment of the server's clock, in milliseconds since 1970. */
  epochsPerSecond(now: number): number | undefined;
}

const window = 10_000;

/** No report seen yet; of a study that is joined later, since when. */
export function pace(since?: number): Pace {
  let times: number[] = [];
  let begun = since;
  return {
    add(event) {
      if (event.type === 'study-started') {
        times = [];
        begun = event.time;
      } else if (event.type === 'trial-reported') {
        times.push(event.time);
        // Old ones are dropped by halves, so that adding costs a constant on average.
        if (times.length > 4096 && (times[times.length >> 1] as number) < event.time - window) {
          times = times.slice(times.length >> 1);
        }
      }
    },
    epochsPerSecond(now) {
      if (begun === undefined) return undefined;
      const from = Math.max(begun, now - window);
      const first = times.findLastIndex(time => time < from) + 1;
      return now - from < 500 ? undefined : ((times.length - first) * 1000) / (now - from);
    },
  };
}
