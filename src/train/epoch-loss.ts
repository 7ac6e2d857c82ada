import type { Device, Program, Tensor } from '../kernels/device.js';
import { add, mul } from '../kernels/ops/arithmetic.js';
import { input } from '../kernels/ops/leaves.js';
import type { WithLoss } from './loss.js';
import { requireStage } from './require-stage.js';
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
  let zero: Tensor | undefined;
  /** Stays where it is, so that steps of one epoch can be repeated in the next. */
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
  const mean = async (): Promise<number> => {
    const count = rows;
    if (sum === undefined || count === 0) return Number.NaN;
    return ((await sum.read())[0] as number) / count;
  };
  return {
    add(batch) {
      if (zero === undefined) requireStage('epochs()', batch, 'lossPass');
      const { device } = batch.net;
      zero ??= device.tensor([1, 1], [0]);
      sum ??= device.tensor([1, 1], [0]);
      inputs[0] = rows === 0 ? zero : sum;
      into[0] = sum;
      inputs[1] = batch.loss;
      const program = programs.get(batch.rows) ?? compile(device, batch.rows);
      program.run(inputs, into);
      rows += batch.rows;
    },
    count(more) {
      rows += more;
    },
    take() {
      const taken = mean();
      rows = 0;
      return taken;
    },
    soFar: mean,
    dispose() {
      zero?.dispose();
      sum?.dispose();
      resources.close();
    },
  };
}
