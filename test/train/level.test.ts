import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { lastValueFrom, tap } from 'rxjs';
import { expect, it } from 'vitest';
import type { DeviceUsage } from '../../src/kernels/device.js';
import { dense } from '../../src/nn/layers/dense.js';
import { dropout } from '../../src/nn/layers/dropout.js';
import { crossEntropy } from '../../src/nn/losses/cross-entropy.js';
import { network } from '../../src/nn/network.js';
import { adam } from '../../src/nn/optimizers/adam.js';
import { train } from '../../src/train/train.js';
import { openCpuDevice } from '../kernels/cpu-devices.js';
import { clouds } from './datasets.js';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

it('over 40,000 steps in one process the heap and the device are level after warm-up', async () => {
  const device = openCpuDevice();
  const net = network([dense(4, { activation: 'tanh' }), dropout(0.1), dense(3)], { inputs: 2, seed: 1, device });
  const usages: DeviceUsage[] = [];
  const heaps: number[] = [];
  const reports = train({
    net,
    data: clouds(50, 1),
    validation: clouds(20, 2),
    metrics: ['accuracy'],
    loss: crossEntropy(),
    optimizer: adam(),
    batchSize: 8,
    epochs: 5715,
    clipNorm: 1,
  });
  const last = await lastValueFrom(
    reports.pipe(
      tap(({ epoch }) => {
        if (epoch % 400 !== 0) return;
        gc();
        heaps.push(process.memoryUsage().heapUsed);
        usages.push(device.usage());
      }),
    ),
  );
  expect(last.step).toBeGreaterThanOrEqual(40_000);
  for (const usage of usages) expect(usage).toEqual(usages[0]);
  // The orders that are kept for later trainings fill their room and are let go again and again, within some 600 epochs.
  const [, , , warm, ...later] = heaps;
  expect(later.length).toBeGreaterThanOrEqual(10);
  for (const heap of later) expect(heap - warm!).toBeLessThan(500_000);
  expect(device.usage()).toMatchObject({ tensors: 4, programs: 0, kernels: 0 });
  net.dispose();
  expect(device.usage()).toEqual({ tensors: 0, bytes: 0, programs: 0, kernels: 0 });
  device.close();
});
