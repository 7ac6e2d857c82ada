import type { Snapshot, Weights } from '../../nn/network.js';
import type { ReportModel } from '../../train/report.js';
import type { ToWorker } from './protocol.js';

/** The network of a trial that runs in another thread. */
export interface RemoteNetwork {
  post(message: ToWorker): void;
  /** Whether all that the trial had open is freed. */
  freed(): boolean;
  read(): Promise<Weights>;
  /** From 0; the same for all reports of the trial. */
  nextNumber(): number;
  /** The number of a snapshot. */
  readonly snapshots: WeakMap<Snapshot, number>;
}

/** A report's model whose weights are in another thread, and how the report was taken. */
export interface Delivery {
  readonly model: ReportModel;
  /** The report has been delivered: says whether the training is to be kept waiting nevertheless. */
  end(): boolean;
}

/**
 * A model that passes on what is asked of it: while its report is delivered the training over there keeps still, so that is done with
 * the weights of the report. What it throws there fails the trial.
 */
export function remoteModel(network: RemoteNetwork): Delivery {
  let delivered = false;
  let holds = 0;
  const requireOpen = () => {
    if (network.freed()) throw new Error('the network was disposed');
  };
  const numberOf = (snapshot: Snapshot): number => {
    const number = network.snapshots.get(snapshot);
    if (number === undefined) throw new Error('the snapshot was disposed or belongs to another network');
    return number;
  };
  return {
    model: {
      snapshot() {
        requireOpen();
        const number = network.nextNumber();
        network.post({ type: 'snapshot', snapshot: number });
        const snapshot: Snapshot = {
          dispose() {
            if (!network.snapshots.delete(snapshot) || network.freed()) return;
            network.post({ type: 'dispose', snapshot: number });
          },
        };
        network.snapshots.set(snapshot, number);
        return snapshot;
      },
      restore(snapshot) {
        requireOpen();
        network.post({ type: 'restore', snapshot: numberOf(snapshot) });
      },
      async read() {
        requireOpen();
        return network.read();
      },
      hold() {
        if (delivered && holds === 0) {
          throw new Error('This report has been delivered; call hold() while it is emitted, or use holdMap().');
        }
        holds++;
        let mine = true;
        return () => {
          if (!mine) return;
          mine = false;
          if (--holds === 0 && delivered && !network.freed()) network.post({ type: 'release' });
        };
      },
    },
    end() {
      delivered = true;
      return holds > 0;
    },
  };
}
