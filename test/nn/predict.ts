import type { Network } from '../../src/nn/network.js';

/** The prediction of a network for x, row by row; frees what it opened. */
export async function predictBy(network: Network, x: readonly number[]): Promise<Float32Array> {
  const rows = x.length / network.inputs;
  const trace = network.trace(rows, { training: false });
  const program = network.device.compile({ inputs: [trace.x, ...trace.parameters], outputs: [trace.prediction] });
  const fed = network.device.tensor([rows, network.inputs], x);
  const [prediction] = program.run([fed, ...network.tensors()]);
  const values = (await prediction!.read()).slice();
  prediction!.dispose();
  fed.dispose();
  program.dispose();
  return values;
}
