import type { Snapshot } from '../nn/network.js';
import type { Report } from '../train/report.js';

/** Knows whose weights a model has, whichever rule has put them back and whether or not it decided anything. */
export interface Restores {
  /** A report to give to rules: its model tells of which epoch a restored snapshot is. */
  watched(report: Report): Report;
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
            model.restore(snapshot);
            restored = epochs.get(snapshot);
          },
          read: () => model.read(),
          hold: () => model.hold(),
        },
      };
    },
    epoch: () => restored,
  };
}
