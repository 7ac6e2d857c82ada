import type { Device, Tensor } from '../../../src/kernels/device.js';
import type { Graph } from '../../../src/kernels/graph.js';
import { evaluate } from '../reference.js';

type Values = Float32Array | readonly number[];

/**
 * Runs a graph once and returns its outputs. `tensorOf[i]`: which tensor input i is (input i's own unless stated);
 * `into[o]`: the input whose tensor output o becomes. Checks that nothing is left open.
 */
export function runProgram(
  device: Device,
  graph: Graph,
  values: readonly Values[],
  { tensorOf = [], into = [] }: { tensorOf?: readonly number[]; into?: readonly (number | undefined)[] } = {},
): Float32Array[] {
  const before = device.usage();
  const program = device.compile(graph);
  const own = graph.inputs.map((node, i) => device.tensor(node.shape, values[i]!));
  const inputs = own.map((tensor, i) => own[tensorOf[i] ?? i] ?? tensor);
  const targets = into.map(input => (input === undefined ? undefined : (inputs[input] as Tensor)));
  const outputs = program.run(inputs, targets);
  const results = outputs.map(output => output.readSync());
  for (const tensor of [...own, ...outputs]) tensor.dispose();
  program.dispose();
  const after = device.usage();
  if (after.tensors !== before.tensors || after.programs !== before.programs) throw new Error('something is left open');
  return results;
}

/** The largest distance of outputs from float64, relative to the largest value of each, or 0.01 if that is more. */
export function errorOf(graph: Graph, values: readonly Values[], outputs: readonly Float32Array[]): number {
  const expected = evaluate(
    graph,
    values.map(numbers => Float32Array.from(numbers)),
  );
  let largest = 0;
  for (const [o, output] of outputs.entries()) {
    const wanted = expected[o] as Float64Array;
    if (output.length !== wanted.length) return Number.POSITIVE_INFINITY;
    const scale = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0.01);
    for (const [k, value] of output.entries()) {
      const error = Math.abs(value - wanted[k]!) / scale;
      if (!(error <= largest)) largest = error;
    }
  }
  return largest;
}

/** Where two lists of arrays are not the same to the bit: `output 1 is 3 for 4 at 12`. */
export function differences(actual: readonly Float32Array[], expected: readonly Float32Array[]): string[] {
  return expected.flatMap((wanted, o) => {
    const got = actual[o];
    if (got?.length !== wanted.length) return [`output ${o} has ${got?.length} values for ${wanted.length}`];
    const at = wanted.findIndex((value, k) => !Object.is(value, got[k]));
    return at < 0 ? [] : [`output ${o} is ${got[at]} for ${wanted[at]} at ${at}`];
  });
}
