import type { StudyEvent } from '../tune/events.js';
import { foldEvent } from '../tune/fold-event.js';
import { emptyStudy, type StudyState } from '../tune/study-state.js';
import { type HealthNotes, noteHealth } from './health-notes.js';
import type { Io } from './io.js';
import { liveRegion } from './live-region.js';
import { studyDisplay } from './study-display.js';
import { studyLines } from './study-lines.js';
import { style, wantsColor } from './style.js';

/** Shows a study on stderr while it runs. */
export interface StudyProgress {
  observe(event: StudyEvent): void;
  /** Says that the study is being brought to its end. */
  interrupt(): void;
  /** Takes the display away; idempotent. */
  close(): void;
  readonly state: StudyState;
  readonly health: HealthNotes;
  /** Seconds since the study began. */
  elapsed(): number;
}

/** What is known of the study besides its events. */
export interface StudyProgressOptions {
  readonly timeLimit?: number | undefined;
  /** So many events were stored before: they are no news. */
  readonly known?: number | undefined;
}

/** A display that is redrawn in place on a terminal, plain lines on anything else. */
export function studyProgress(io: Io, options: StudyProgressOptions = {}): StudyProgress {
  const { stderr, clock } = io;
  let state: StudyState = emptyStudy;
  let health: HealthNotes = new Map();
  let latest: number | undefined;
  let interrupted = false;
  let start = clock();
  /** Milliseconds that the study ran before this process, and the times of the events in between. */
  let before = 0;
  let began = 0;
  let heard = 0;
  const elapsed = () => (clock() - start) / 1000;

  const inPlace = stderr.isTTY === true && io.env.TERM !== 'dumb';
  const colors = style(wantsColor(stderr, io.env));
  const region = inPlace
    ? liveRegion(stderr, (columns, rows) =>
        studyDisplay(state, {
          ...options,
          columns,
          rows,
          style: colors,
          elapsed: elapsed(),
          health,
          latest,
          interrupted,
        }),
      )
    : undefined;
  const lines = studyLines();
  const ticker = region && setInterval(region.update, 1000);
  ticker?.unref();
  const forget = io.atExit(() => region?.close());

  return {
    observe(event) {
      if (event.type === 'study-started' || event.type === 'study-resumed') {
        if (event.type === 'study-resumed') before += heard - began;
        began = event.time;
        start = clock() - before;
      }
      heard = event.time;
      state = foldEvent(state, event);
      if (event.type === 'trial-reported') health = noteHealth(health, event.report.health, event.trial);
      if (event.type === 'trial-finished') latest = event.trial;
      if (region !== undefined) return region.update();
      if (event.seq < (options.known ?? 0)) return;
      for (const line of lines(event, state)) stderr.write(`${line}\n`);
    },
    interrupt() {
      interrupted = true;
      if (region === undefined) stderr.write('interrupted: finishing (once more to leave at once)\n');
      else region.flush();
    },
    close() {
      clearInterval(ticker);
      region?.close();
      forget();
    },
    get state() {
      return state;
    },
    get health() {
      return health;
    },
    elapsed,
  };
}
