import type { StudyEvent } from './events.js';

/** Something that somebody asked of a study while it ran, and that the study did. */
export interface Deed {
  /** Milliseconds since 1970. */
  readonly time: number;
  /** Who: `code`, `command`, `page`. */
  readonly by: string;
  readonly did:
    | 'pause'
    | 'resume'
    | 'set'
    | 'enqueue'
    | 'clone'
    | 'retry'
    | 'pause-trial'
    | 'resume-trial'
    | 'stop-trial'
    | 'stop';
  /** The trial that it was done to, or that was made. */
  readonly trial?: number | undefined;
  /** The trial that was cloned or is tried again. */
  readonly of?: number | undefined;
  readonly parallel?: number | undefined;
  readonly trials?: number | undefined;
  /** Why, in the words of whoever asked. */
  readonly reason?: string | undefined;
}

const kept = 100;

/** The deeds after one more event; the same ones when nobody asked for it. */
export function withDeed(deeds: readonly Deed[], event: StudyEvent): readonly Deed[] {
  const deed = deedOf(event);
  return deed === undefined ? deeds : [...deeds.slice(1 - kept), deed];
}

function deedOf(event: StudyEvent): Deed | undefined {
  const { time } = event;
  switch (event.type) {
    case 'study-changed': {
      const { by, paused, parallel, trials } = event;
      // The plan grows with a trial that is enqueued, which is told already.
      if (by === 'enqueue') return undefined;
      return { time, by, did: paused === undefined ? 'set' : paused ? 'pause' : 'resume', parallel, trials };
    }
    case 'trial-enqueued': {
      const { trial, origin } = event;
      if (origin.by === undefined) return undefined;
      return { time, by: origin.by, did: origin.kind === 'enqueued' ? 'enqueue' : origin.kind, trial, of: origin.of };
    }
    case 'trial-paused':
      // A study that ends pauses its trials by itself.
      return event.by === 'time' || event.by === 'interrupted'
        ? undefined
        : { time, by: event.by, did: 'pause-trial', trial: event.trial };
    case 'trial-waits':
      return { time, by: event.by, did: 'resume-trial', trial: event.trial };
    case 'trial-finished': {
      const { by, origin = 'code', reason } = event.stop;
      return by === 'user' ? { time, by: origin, did: 'stop-trial', trial: event.trial, reason } : undefined;
    }
    case 'study-finished': {
      const { stopped } = event;
      return stopped && { time, by: stopped.by, did: 'stop', reason: stopped.reason };
    }
    default:
      return undefined;
  }
}
