import { differentiate } from '../../src/kernels/autodiff.js';
import type { Device } from '../../src/kernels/device.js';
import type { Graph } from '../../src/kernels/graph.js';
import { mul } from '../../src/kernels/ops/arithmetic.js';
import { input } from '../../src/kernels/ops/leaves.js';
import { sum } from '../../src/kernels/ops/reduce.js';
import { cotangentOf, type OpCase, valuesOf } from './op-cases.js';
import { evaluate } from './reference.js';

/** How many programs are open at a time: enough to share kernels, few enough to keep memory small. */
const GROUP = 40;

/**
 * Runs every case, forward and gradient in one program, on a device and in float64, and tells where they differ by more
 * than the case's tolerance, relative to the largest |reference| of that output: `A·B of 9×7, 7×5: output 0 is off by
 * 3e-3 at 4`. (Sums of terms of both signs may cancel, so that a single element has no relative error of its own.)
 */
export async function disagreements(device: Device, cases: readonly OpCase[]): Promise<string[]> {
  const found: string[] = [];
  for (let start = 0; start < cases.length; start += GROUP) {
    const group = cases.slice(start, start + GROUP).map(opCase => ({ opCase, graph: withGradients(opCase) }));
    const programs = group.map(({ graph }) => device.compile(graph));
    for (const [i, { opCase, graph }] of group.entries()) {
      const values = [...valuesOf(opCase), cotangentOf(opCase, graph)];
      const inputs = values.map((given, j) => device.tensor(graph.inputs[j]!.shape, given));
      const outputs = programs[i]!.run(inputs);
      const expected = evaluate(graph, values);
      for (const [j, output] of outputs.entries()) {
        const problem = difference(await output.read(), expected[j]!, opCase.tolerance);
        if (problem !== undefined) found.push(`${opCase.name}: output ${j} ${problem}`);
      }
      for (const tensor of [...inputs, ...outputs]) tensor.dispose();
    }
    for (const program of programs) program.dispose();
    await device.settled();
  }
  return found;
}

/** The op and its gradients for the differentiable leaves, with the cotangent as the last input. */
function withGradients({ leaves, build }: OpCase): Graph {
  const inputs = leaves.map(({ shape }) => input(shape));
  const output = build(inputs);
  const cotangent = input(output.shape);
  const wrt = inputs.filter((_, i) => leaves[i]?.differentiable !== false);
  return { inputs: [...inputs, cotangent], outputs: [output, ...differentiate(sum(mul(output, cotangent)), wrt)] };
}

function difference(actual: Float32Array, expected: Float64Array, tolerance: number): string | undefined {
  if (actual.length !== expected.length) return `has ${actual.length} values for ${expected.length}`;
  const scale = expected.reduce((most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most), 0);
  for (let i = 0; i < actual.length; i++) {
    const [a, e] = [actual[i]!, expected[i]!];
    if (Object.is(a, e) || a === e) continue;
    const error = Math.abs(a - e) / scale;
    if (!(error <= tolerance)) return `is ${a} for ${e} at ${i} (off by ${error.toExponential(1)})`;
  }
  return undefined;
}
