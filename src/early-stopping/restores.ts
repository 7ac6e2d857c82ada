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
  /** The network is gone, and another one continues it: snapshots of the old one only say of which epoch they were. */
  leave(): void;
  /** The epoch whose weights were restored since the last report; undefined: they are those of the last report. */
  epoch(): number | undefined;
}

/**
 * Watches the models of one training's reports. Rules restore also at a training's own end, where there is no decision to say so.
 *
 * @example reports$.pipe(map(restores.watched), patience({ epochs: 5 })) // restores.epoch() when it has completed
 */
export function watchRestores(): Restores {
  const known = new WeakMap<Snapshot, { readonly epoch: number; readonly network: number }>();
  let network = 0;
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
            known.set(snapshot, { epoch, network });
            return snapshot;
          },
          restore(snapshot) {
            const of = known.get(snapshot);
            if (of === undefined || of.network === network) model.restore(snapshot);
            restored = of?.epoch;
          },
          read: () => model.read(),
          hold: () => model.hold(),
        },
      };
    },
    recalled(report) {
      const { epoch } = report;
      restored = undefined;
      return {
        ...report,
        model: {
          snapshot() {
            const snapshot: Snapshot = { dispose: () => {} };
            known.set(snapshot, { epoch, network: -1 });
            return snapshot;
          },
          restore(snapshot) {
            restored = known.get(snapshot)?.epoch;
          },
          read: () => Promise.reject(new Error(`the weights of epoch ${epoch} are gone: the trial was resumed since`)),
          hold: () => () => {},
        },
      };
    },
    leave() {
      network++;
    },
    epoch: () => restored,
  };
}
