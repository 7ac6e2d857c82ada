import { createHash } from 'node:crypto';
import type { StudyEvent } from '../tune/events.js';

/** The events of one study as they travel, each serialized once for all clients. */
export interface EventLog {
  /** The study's identity: a digest of its first event, so that a restart which replays it is the same study; null before. */
  readonly study: string | null;
  /** −1 before the first event. */
  readonly lastSeq: number;
  /** Another `study-started` begins a new log; an event that is in the log already is ignored; a gap is an error. */
  append(event: StudyEvent): void;
  /** Events from `seq` on as a JSON array, of about `bytes` characters, at least one event; and the number after the last of them. */
  slice(seq: number, bytes: number): { readonly json: string; readonly next: number };
}

/** An empty log. */
export function eventLog(): EventLog {
  let study: string | null = null;
  let lines: string[] = [];
  return {
    get study() {
      return study;
    },
    get lastSeq() {
      return lines.length - 1;
    },
    append(event) {
      if (event.type === 'study-started') {
        const line = JSON.stringify(event);
        const identity = createHash('sha256').update(line).digest('hex').slice(0, 32);
        if (identity === study) return;
        study = identity;
        lines = [line];
        return;
      }
      if (study === null || event.seq > lines.length) {
        throw new Error(`the study's events have a gap: number ${event.seq} came after ${lines.length - 1}`);
      }
      if (event.seq === lines.length) lines.push(JSON.stringify(event));
    },
    slice(seq, bytes) {
      let next = seq;
      let length = 0;
      while (next < lines.length && (next === seq || length + (lines[next] as string).length <= bytes)) {
        length += (lines[next] as string).length + 1;
        next++;
      }
      return { json: `[${lines.slice(seq, next).join(',')}]`, next };
    },
  };
}
