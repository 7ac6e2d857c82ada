import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InputError } from '../../src/errors.js';
import type { Device } from '../../src/kernels/device.js';
import { add, mul } from '../../src/kernels/ops/arithmetic.js';
import { sum } from '../../src/kernels/ops/reduce.js';
import { describe as describeNetwork, parameterCount } from '../../src/nn/describe.js';
import { normal, zeros } from '../../src/nn/initializers.js';
import { activation } from '../../src/nn/layers/activation.js';
import { dense } from '../../src/nn/layers/dense.js';
import { dropout } from '../../src/nn/layers/dropout.js';
import type { Layer } from '../../src/nn/layers/layer.js';
import { network } from '../../src/nn/network.js';
import { CPU_DEVICES, openCpuDevice } from '../kernels/cpu-devices.js';
import { evaluate } from '../kernels/reference.js';
import { predictBy } from './predict.js';

const layers = () => [dense(4, { activation: 'relu' }), dropout(0.5), dense(3, { bias: false }), activation('tanh')];
const X = [0.5, -1, 2, 1, 1, -0.25];

/** Adds one trained row to its input. */
const shift: Layer = {
  name: 'shift',
  outputs: inputs => inputs,
  parameters: inputs => [{ role: 'row', shape: [1, inputs], initializer: zeros() }],
  apply: ({ input, parameters: [row] }) => add(input, row!),
};

/** Dropout that does not ask whether it is training. */
const noise = (rate: number): Layer => ({
  name: 'noise',
  outputs: inputs => inputs,
  parameters: () => [],
  apply: ({ input, mask }) => mul(input, mask(rate)),
});

describe('a network', () => {
  it('chains the widths of its layers and names its parameters', () => {
    const net = network([...layers(), shift], { inputs: 2 });
    expect(net.outputs).toBe(3);
    expect(net.parameters).toEqual([
      { name: '0.dense.weights', layer: 0, role: 'weights', shape: [2, 4] },
      { name: '0.dense.bias', layer: 0, role: 'bias', shape: [1, 4] },
      { name: '2.dense.weights', layer: 2, role: 'weights', shape: [4, 3] },
      { name: '4.shift.row', layer: 4, role: 'row', shape: [1, 3] },
    ]);
  });

  it('is summed up by layer, with shapes and parameter counts, without a device', () => {
    const summary = describeNetwork(network(layers(), { inputs: 2 }));
    expect(summary.layers.map(({ name, detail, outputs, parameters }) => [name, detail, outputs, parameters])).toEqual([
      ['dense', 'units 4, activation relu', 4, 12],
      ['dropout', 'rate 0.5', 4, 0],
      ['dense', 'units 3, activation linear, bias false', 3, 12],
      ['activation', 'tanh', 3, 0],
    ]);
    expect(summary.parameters).toBe(24);
    expect(parameterCount(network([shift], { inputs: 7 }))).toBe(7);
  });

  it('traced for evaluation has no masks, and every activation is what its layer computes', () => {
    const net = network(layers(), { inputs: 2 });
    const { x, parameters, masks, activations, prediction } = net.trace(3, { training: false });
    expect(masks).toEqual([]);
    expect(activations.map(({ shape }) => shape)).toEqual([
      [3, 4],
      [3, 4],
      [3, 3],
      [3, 3],
    ]);
    expect(prediction).toBe(activations.at(-1));
    const [w1, b1, w2] = [
      [1, 2, -1, 0.5, 0, -1, 1, 1],
      [0.5, 0, 0, -1],
      [1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1],
    ];
    const [y] = evaluate(
      { inputs: [x, ...parameters], outputs: [prediction] },
      [X, w1, b1, w2].map(v => Float64Array.from(v)),
    );
    const hidden = [0, 1, 2].map(r =>
      [0, 1, 2, 3].map(c => Math.max(0, X[2 * r]! * w1[c]! + X[2 * r + 1]! * w1[4 + c]! + b1[c]!)),
    );
    const expected = hidden.flatMap(h =>
      [0, 1, 2].map(c => Math.tanh(h.reduce((total, v, k) => total + v * w2[3 * k + c]!, 0))),
    );
    expect([...y!].map((v, i) => Math.abs(v - expected[i]!) < 1e-12)).toEqual(expected.map(() => true));
  });

  it('traced for training has one mask for each dropout layer with a rate above 0', () => {
    const net = network([dropout(0.25), dense(4), dropout(0), dropout(0.5)], { inputs: 3 });
    const { masks } = net.trace(2, { training: true });
    expect(masks.map(({ node, rate }) => [node.shape, rate])).toEqual([
      [[2, 3], 0.25],
      [[2, 4], 0.5],
    ]);
  });

  it.each([
    [() => network([], { inputs: 2 }), 'a network needs at least one layer'],
    [() => network([dense(2)], {} as never), 'network: inputs must be a whole number from 1 up, got undefined'],
    [() => network([dense(2)], { inputs: 0 }), 'network: inputs must be a whole number from 1 up, got 0'],
    [() => network(['dense'] as never, { inputs: 2 }), 'layer 0 must be a layer such as dense(64), got "dense"'],
    [() => dense(2.5), 'dense: units must be a whole number from 1 up, got 2.5'],
    [() => dense(2, { activaton: 'relu' } as never), 'dense has no option "activaton" (did you mean "activation"?)'],
    [() => dropout(1), 'dropout: rate must be a number from 0 up to, but not including, 1, got 1'],
    [
      () => network([{ ...shift, outputs: () => 0 }], { inputs: 2 }),
      'layer 0: the outputs of "shift" must be a whole number',
    ],
    [
      () => network([{ ...shift, apply: ({ input }) => sum(input) }], { inputs: 2 }).trace(4, { training: false }),
      'layer 0 "shift" must return a node of shape [4, 2], got [1, 1]',
    ],
    [
      () => network([{ ...shift, apply: () => undefined as never }], { inputs: 2 }).trace(4, { training: false }),
      'layer 0 "shift" must return a node of shape [4, 2], got undefined',
    ],
    [
      () => {
        const row = { role: 'row', shape: [1, 2] as const, initializer: zeros() };
        return network([dense(2), { ...shift, parameters: () => [row, row] }], { inputs: 2 });
      },
      'layer 1 "shift" has two parameters with the role "row": each needs one of its own',
    ],
    [
      () => network([noise(0.5)], { inputs: 2 }).trace(4, { training: false }),
      'layer 0 "noise" asked for a mask, which there is while training only',
    ],
    [
      () => network([noise(1)], { inputs: 2 }).trace(4, { training: true }),
      'layer 0 "noise": the rate of its mask must be a number from 0 up to, but not including, 1, got 1',
    ],
  ])('refuses what is wrong in one sentence (%#)', (make, message) => {
    expect(make).toThrow(InputError);
    expect(make).toThrow(message);
  });
});

describe.each(CPU_DEVICES)('a network on %s', name => {
  let device: Device;
  beforeEach(() => {
    device = openCpuDevice(name);
  });
  afterEach(() => device.close());

  it('starts from its seed: biases 0, weights the same for the same seed, others for another', async () => {
    const weights = async (seed: number) => network(layers(), { inputs: 2, seed, device }).read();
    const first = await weights(1);
    expect(first['0.dense.bias']).toEqual(new Float32Array(4));
    expect(await weights(1)).toEqual(first);
    expect((await weights(2))['0.dense.weights']).not.toEqual(first['0.dense.weights']);
  });

  it('starts the same on every device', async () => {
    const here = await network(layers(), { inputs: 2, seed: 5, device }).read();
    expect(await network(layers(), { inputs: 2, seed: 5, device: openCpuDevice('cpu') }).read()).toEqual(here);
  });

  it('a snapshot brings back the weights to the bit, whatever came between', async () => {
    const net = network(layers(), { inputs: 2, seed: 1, device });
    const special = { ...(await net.read()), '0.dense.bias': Float32Array.of(-0, 1e-42, 3.4e38, 0.1) };
    net.load(special);
    const snapshot = net.snapshot();
    net.load({ ...special, '0.dense.weights': new Float32Array(8).fill(9) });
    const later = net.snapshot();
    net.restore(snapshot);
    const bits = (values: Float32Array) => [...new Uint32Array(values.buffer, values.byteOffset, values.length)];
    const restored = await net.read();
    for (const [parameter, values] of Object.entries(special)) expect(bits(restored[parameter]!)).toEqual(bits(values));
    net.restore(later);
    expect((await net.read())['0.dense.weights']).toEqual(new Float32Array(8).fill(9));
  });

  it('loads in place: tensors that were handed out have the new values', async () => {
    const net = network(layers(), { inputs: 2, seed: 1, device });
    const [first] = net.tensors();
    net.load({ ...(await net.read()), '0.dense.weights': new Float32Array(8).fill(2) });
    expect(net.tensors()[0]).toBe(first);
    expect(await first!.read()).toEqual(new Float32Array(8).fill(2));
  });

  it('predicts what float64 predicts', async () => {
    const net = network(layers(), { inputs: 2, seed: 3, device });
    const { x, parameters, prediction } = net.trace(3, { training: false });
    const weights = await net.read();
    const fed = [X, ...net.parameters.map(parameter => weights[parameter.name]!)].map(values =>
      Float64Array.from(values),
    );
    const [expected] = evaluate({ inputs: [x, ...parameters], outputs: [prediction] }, fed);
    (await predictBy(net, X)).forEach((value, i) => {
      expect(value).toBeCloseTo(expected![i]!, 5);
    });
  });

  it('frees everything on dispose, snapshots included, and cannot be used afterwards', async () => {
    const net = network([...layers(), shift], { inputs: 2, device });
    await predictBy(net, X);
    const snapshot = net.snapshot();
    net.restore(snapshot);
    expect(device.usage().tensors).toBe(8);
    net.dispose();
    net.dispose();
    snapshot.dispose();
    expect(device.usage()).toEqual({ tensors: 0, bytes: 0, programs: 0, kernels: 0 });
    expect(() => net.tensors()).toThrow('the network was disposed');
    expect(() => net.restore(snapshot)).toThrow('the snapshot was disposed');
  });

  it('refuses to be larger than memory is likely to be, before anything is made', () => {
    expect(() => network([dense(1e9)], { inputs: 2, device })).toThrow(
      new InputError('a network may have 134217728 parameters (512 MiB), and this one has 3000000000'),
    );
  });

  it('leaves nothing on the device when its weights cannot be made or loaded', async () => {
    const broken: Layer = {
      ...shift,
      parameters: inputs => [
        { role: 'row', shape: [1, inputs], initializer: normal() },
        { role: 'bad', shape: [1, inputs], initializer: { name: 'short', fill: () => new Float32Array(1) } },
      ],
    };
    expect(() => network([broken], { inputs: 2, device }).tensors()).toThrow('takes 2 values, got 1');
    expect(device.usage().tensors).toBe(0);
    const net = network([dense(2), dense(2)], { inputs: 2, seed: 1, device });
    const weights = await net.read();
    const { usage } = device;
    const own = usage().tensors;
    let calls = 0;
    const failing: Device = {
      ...device,
      tensor: (shape, values) => {
        if (++calls === 7) throw new Error('no memory left');
        return device.tensor(shape, values);
      },
    };
    const other = network([dense(2), dense(2)], { inputs: 2, seed: 1, device: failing });
    other.tensors();
    expect(() => other.load(weights)).toThrow('no memory left');
    expect(usage().tensors).toBe(2 * own);
    expect(await other.read()).toEqual(weights);
  });

  it('without parameters is a network all the same', async () => {
    const net = network(
      [
        activation(function double(x) {
          return mul(x, 2);
        }),
      ],
      { inputs: 2, device },
    );
    net.restore(net.snapshot());
    net.load({});
    expect([...(await predictBy(net, [1, 2]))]).toEqual([2, 4]);
    expect(await net.read()).toEqual({});
  });

  it('refuses weights that do not fit, by name, and keeps its own', async () => {
    const net = network([dense(2)], { inputs: 1, seed: 1, device });
    const own = await net.read();
    const bias = new Float32Array(2);
    expect(() => net.load({ '0.dense.bias': bias })).toThrow('the weights lack the parameter "0.dense.weights" [1, 2]');
    expect(() => net.load({ ...own, '0.dense.bias': new Float32Array(3) })).toThrow(
      'the parameter "0.dense.bias" has 2 values [1, 2], got 3',
    );
    expect(() => net.load({ ...own, '0.dens.bias': bias })).toThrow(
      'no parameter "0.dens.bias" (did you mean "0.dense.bias"?)',
    );
    expect(await net.read()).toEqual(own);
  });
});
