import type { Program, Tensor } from '../kernels/device.js';
import { add, mul } from '../kernels/ops/arithmetic.js';
import { input } from '../kernels/ops/leaves.js';
import type { WithLoss } from './loss.js';
import { openResources } from './resources.js';

/** Σ rows · loss over the batches of an epoch, kept on the device. */
export interface EpochLoss {
  add(batch: WithLoss): void;
  /** The mean loss over the rows since the last call, read back once; starts the next sum. */
  take(): Promise<number>;
  dispose(): void;
}

/** An empty accumulator. */
export function epochLoss(): EpochLoss {
  const resources = openResources();
  const programs = new Map<number, Program>();
  let sum: Tensor | undefined;
  let rows = 0;
  const programFor = ({ rows, net }: WithLoss): Program => {
    let program = programs.get(rows);
    if (program === undefined) {
      const total = input([1, 1]);
      const value = input([1, 1]);
      const graph = { inputs: [total, value], outputs: [add(total, mul(value, rows))] };
      program = resources.own(net.device.compile(graph));
      programs.set(rows, program);
    }
    return program;
  };
  return {
    add(batch) {
      sum ??= batch.net.device.tensor([1, 1], [0]);
      programFor(batch).run([sum, batch.loss], [sum]);
      rows += batch.rows;
    },
    async take() {
      const total = sum;
      const count = rows;
      sum = undefined;
      rows = 0;
      if (total === undefined) return Number.NaN;
      const read = total.read();
      total.dispose();
      return ((await read)[0] as number) / count;
    },
    dispose() {
      sum?.dispose();
      resources.close();
    },
  };
}
