import type { Snapshot } from '../nn/network.js';
import type { Report } from '../train/report.js';

/** Knows whose weights a model has, whichever rule has put them back and whether or not it decided anything. */
export interface Restores {
  /** A report to give to rules: its model tells of which epoch a restored snapshot is. */
  watched(report: Report): Report;
  /**
   * A report of before, to tell rules again: what they keep of it are no weights, which are gone, only the knowledge of which epoch
   * they were.
   */
  recalled(report: Report): Report;
  /** The epoch whose weights were restored since the last report; undefined: they are those of the last report. */
  epoch(): number | undefined;
}

/**
 * Watches the models of one training's reports. Rules restore also at a training's own end, where there is no decision to say so.
 *
 * @example reports$.pipe(map(restores.watched), patience({ epochs: 5 })) // restores.epoch() when it has completed
 */
export function watchRestores(): Restores {
  const epochs = new WeakMap<Snapshot, number>();
  const bygone = new WeakSet<Snapshot>();
  let restored: number | undefined;
  return {
    watched(report) {
      const { model, epoch } = report;
      restored = undefined;
      if (model === undefined) return report;
      return {
        ...report,
        model: {
          ...model,
          snapshot() {
            const snapshot = model.snapshot();
            epochs.set(snapshot, epoch);
            return snapshot;
          },
          restore(snapshot) {
            if (!bygone.has(snapshot)) model.restore(snapshot);
            restored = epochs.get(snapshot);
          },
          read: () => model.read(),
          hold: () => model.hold(),
        },
      };
    },
    recalled(report) {
      return {
        ...report,
        model: {
          snapshot() {
            const snapshot: Snapshot = { dispose: () => {} };
            bygone.add(snapshot);
            epochs.set(snapshot, report.epoch);
            return snapshot;
          },
          restore: () => {},
          read: () =>
            Promise.reject(new Error(`the weights of epoch ${report.epoch} are gone: the trial was resumed since`)),
          hold: () => () => {},
        },
      };
    },
    epoch: () => restored,
  };
}
