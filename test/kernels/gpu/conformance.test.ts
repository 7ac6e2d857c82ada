import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Device } from '../../../src/kernels/device.js';
import { disagreements } from '../conformance.js';
import { CPU_DEVICES, openCpuDevice } from '../cpu-devices.js';
import { OP_CASES } from '../op-cases.js';
import { randomGraph } from '../random-graph.js';
import { evaluate } from '../reference.js';
import { openWebGpu } from './webgpu.js';

const DEVICES: Readonly<Record<string, () => Promise<Device | undefined> | Device>> = {
  simd: () => openCpuDevice('simd'),
  cpu: () => openCpuDevice('cpu'),
  webasm: () => openCpuDevice('webasm'),
  webgpu: openWebGpu,
};

describe.each(Object.entries(DEVICES))('on %s', (name, open) => {
  it('every op and its gradients agree with float64 at odd shapes, and nothing is left open', {
    timeout: 120_000,
  }, async context => {
    const device = await open();
    if (device === undefined) return context.skip('no adapter');
    expect(device.name).toBe(name);
    try {
      expect(await disagreements(device, OP_CASES)).toEqual([]);
      expect(device.usage()).toEqual({ tensors: 0, bytes: 0, programs: 0, kernels: 0 });
    } finally {
      device.close();
    }
  });
});

describe.each(CPU_DEVICES)('on %s', name => {
  it('random graphs compile, agree with float64 and leave nothing open', { timeout: 60_000 }, () => {
    const device = openCpuDevice(name);
    for (const { graph, values } of fc.sample(randomGraph, { numRuns: 60, seed: 1 })) {
      const program = device.compile(graph);
      const inputs = graph.inputs.map((node, i) => device.tensor(node.shape, values[i]!));
      const outputs = program.run(inputs);
      const expected = evaluate(
        graph,
        values.map(numbers => Float32Array.from(numbers)),
      );
      for (const [i, output] of outputs.entries()) {
        const scale = expected[i]!.reduce((most, value) => Math.max(most, Math.abs(value)), 0.01);
        const largest = output.readSync().reduce((most, v, k) => {
          const error = Math.abs(v - expected[i]![k]!);
          return error <= most ? most : error;
        }, 0);
        // Long chains of rounded steps, so not as near as a single op.
        expect(largest / scale).toBeLessThan(1e-3);
      }
      for (const tensor of [...inputs, ...outputs]) tensor.dispose();
      program.dispose();
    }
    expect(device.usage()).toEqual({ tensors: 0, bytes: 0, programs: 0, kernels: 0 });
    device.close();
  });
});
