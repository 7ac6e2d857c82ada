import type { StudyView, TrialView } from '../../src/early-stopping/study-view.js';
import type { Snapshot } from '../../src/nn/network.js';
import type { Metrics, Report, ReportModel } from '../../src/train/report.js';

/** A report of an epoch; `loss` and `valLoss` are the value unless the metrics say otherwise. */
export function report(epoch: number, value: number, more: Partial<Report> & { metrics?: Metrics } = {}): Report {
  return {
    epoch,
    step: epoch * 10,
    samples: epoch * 100,
    seconds: epoch,
    ...more,
    metrics: { loss: value, valLoss: value, ...more.metrics },
  };
}

/** Reports of the epochs from 1 with these values. */
export function curve(...values: readonly number[]): Report[] {
  return values.map((value, i) => report(i + 1, value));
}

/** A model whose weights are the number of the epoch; it keeps count of its snapshots. */
export function fakeModel() {
  const log = { taken: 0, open: 0, restored: [] as number[] };
  const epochs = new WeakMap<Snapshot, number>();
  const at = (epoch: number): ReportModel => ({
    snapshot() {
      log.taken++;
      log.open++;
      let disposed = false;
      const snapshot = {
        dispose() {
          if (disposed) throw new Error('disposed twice');
          disposed = true;
          log.open--;
        },
      };
      epochs.set(snapshot, epoch);
      return snapshot;
    },
    restore(snapshot) {
      log.restored.push(epochs.get(snapshot)!);
    },
    read: () => Promise.resolve({}),
    hold: () => () => {},
  });
  const reports = (...values: readonly number[]) =>
    curve(...values).map(plain => ({ ...plain, model: at(plain.epoch) }) satisfies Report);
  return { log, reports };
}

/** A study with these trials; trial 99 is the one that the rule watches. */
export function study(
  trials: readonly { state?: TrialView['state']; values: readonly number[] }[],
  direction: 'minimize' | 'maximize' = 'minimize',
): StudyView {
  return {
    objective: { metric: 'valLoss', direction },
    trial: 99,
    trials: [
      ...trials.map(
        ({ state = 'complete', values }, number) => ({ number, state, reports: curve(...values) }) as const,
      ),
      { number: 99, state: 'running', reports: [] },
    ],
  };
}
