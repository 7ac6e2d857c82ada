import type { Report } from '../train/report.js';
import type { Io } from './io.js';
import { liveRegion } from './live-region.js';
import { style, wantsColor } from './style.js';
import {
  foldReport,
  noReports,
  type TrainingInfo,
  type TrainingState,
  trainDisplay,
  trainLines,
} from './train-display.js';

/** Shows a training on stderr while it runs. */
export interface TrainProgress {
  observe(report: Report): void;
  /** Says that the training is being brought to its end. */
  interrupt(): void;
  /** Takes the display away; idempotent. */
  close(): void;
  readonly state: TrainingState;
  /** Seconds since the training began. */
  elapsed(): number;
}

/** A display that is redrawn in place on a terminal; on anything else one plain line an epoch, or ten a second if there are more. */
export function trainProgress(io: Io, info: TrainingInfo): TrainProgress {
  const { stderr, clock } = io;
  const start = clock();
  const elapsed = () => (clock() - start) / 1000;
  let state = noReports;
  let interrupted = false;
  let shownAt = Number.NEGATIVE_INFINITY;
  const colors = style(wantsColor(stderr, io.env));
  const inPlace = stderr.isTTY === true && io.env.TERM !== 'dumb';
  const region = inPlace
    ? liveRegion(stderr, columns =>
        trainDisplay(info, state, { columns, style: colors, elapsed: elapsed(), interrupted }),
      )
    : undefined;
  const ticker = region && setInterval(region.update, 1000);
  ticker?.unref();
  const forget = io.atExit(() => region?.close());
  region?.update();

  return {
    observe(report) {
      state = foldReport(state, report);
      if (region !== undefined) return region.update();
      const isLast = report.stop !== undefined || report.epoch === info.epochs;
      if (!isLast && report.health === undefined && clock() - shownAt < 100) return;
      shownAt = clock();
      for (const line of trainLines(info, report)) stderr.write(`${line}\n`);
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
    elapsed,
  };
}
