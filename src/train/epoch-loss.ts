import type { Device, Program, Tensor } from '../kernels/device.js';
import { add, mul } from '../kernels/ops/arithmetic.js';
import { input } from '../kernels/ops/leaves.js';
import type { WithLoss } from './loss.js';
import { openResources } from './resources.js';

/** Σ rows · loss over the batches of an epoch, kept on the device. */
export interface EpochLoss {
  add(batch: WithLoss): void;
  /** So many rows more, whose loss was added on the device as the last time. */
  count(rows: number): void;
  /** The mean loss over the rows since the last call, read back once; starts the next sum. */
  take(): Promise<number>;
  /** The mean loss over the rows since the last `take`, which goes on. */
  soFar(): Promise<number>;
  dispose(): void;
}

/** An empty accumulator. */
export function epochLoss(): EpochLoss {
  const resources = openResources();
  const programs = new Map<number, Program>();
  // Programs read these during the call only.
  const inputs: Tensor[] = [];
  const into: Tensor[] = [];
  let sum: Tensor | undefined;
  let rows = 0;
  const compile = (device: Device, rows: number): Program => {
    const total = input([1, 1]);
    const value = input([1, 1]);
    const graph = { inputs: [total, value], outputs: [add(total, mul(value, rows))] };
    const program = resources.own(device.compile(graph));
    programs.set(rows, program);
    return program;
  };
  return {
    add(batch) {
      const { device } = batch.net;
      if (sum === undefined) {
        sum = device.tensor([1, 1], [0]);
        inputs[0] = sum;
        into[0] = sum;
      }
      inputs[1] = batch.loss;
      const program = programs.get(batch.rows) ?? compile(device, batch.rows);
      program.run(inputs, into);
      rows += batch.rows;
    },
    count(more) {
      rows += more;
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
    async soFar() {
      const count = rows;
      return sum === undefined ? Number.NaN : ((await sum.read())[0] as number) / count;
    },
    dispose() {
      sum?.dispose();
      resources.close();
    },
  };
}
