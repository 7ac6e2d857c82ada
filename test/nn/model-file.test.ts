import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InputError } from '../../src/errors.js';
import type { Device } from '../../src/kernels/device.js';
import type { Node } from '../../src/kernels/graph.js';
import { sigmoid } from '../../src/kernels/ops/activations.js';
import { mul, square } from '../../src/kernels/ops/arithmetic.js';
import { type ActivationName, activations } from '../../src/nn/activations.js';
import { activation } from '../../src/nn/layers/activation.js';
import { dense } from '../../src/nn/layers/dense.js';
import { dropout } from '../../src/nn/layers/dropout.js';
import { layersFromConfig } from '../../src/nn/layers/from-config.js';
import type { Layer } from '../../src/nn/layers/layer.js';
import { crossEntropy } from '../../src/nn/losses/cross-entropy.js';
import { meanSquaredError } from '../../src/nn/losses/mean-squared-error.js';
import { loadModel, readModelHeader, saveModel } from '../../src/nn/model-file.js';
import type { ModelData } from '../../src/nn/model-header.js';
import { network } from '../../src/nn/network.js';
import { openCpuDevice } from '../kernels/cpu-devices.js';
import { predictBy } from './predict.js';

let directory: string;
let device: Device;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'rxnn-model-'));
  device = openCpuDevice('webasm');
});
afterAll(async () => {
  device.close();
  await rm(directory, { recursive: true });
});

const data: ModelData = {
  task: 'classification',
  classes: ['größe', 'b"quoted"', ''],
  featureNames: ['a', 'b=x'],
  targetNames: ['class'],
  preprocessing: {
    columns: [
      { name: 'a', type: 'number', impute: 0.1, offset: 1 / 3, scale: 2.5 },
      { name: 'b', type: 'category', categories: ['x', 'y'], offset: 0, scale: 1 },
    ],
    target: { names: ['class'], classes: ['größe', 'b"quoted"', ''] },
  },
};
const swish =
  (beta: number) =>
  (x: Node): Node =>
    mul(x, sigmoid(mul(x, beta)));

async function saved(layers: readonly Layer[], name = 'model.rxnn') {
  const net = network(layers, { inputs: 2, seed: 7, device });
  const path = join(directory, name);
  await saveModel(path, {
    network: net,
    loss: crossEntropy({ labelSmoothing: 0.1 }),
    data,
    metrics: { valLoss: 0.25, valAccuracy: Number.NaN },
  });
  return { net, path };
}

describe('a model file', () => {
  it('carries everything: layers, weights, loss, preprocessing, class names and metrics, and predicts the same to the bit', async () => {
    const layers = fc.array(
      fc.oneof(
        fc
          .record({
            units: fc.integer({ min: 1, max: 5 }),
            kind: fc.constantFrom(...(Object.keys(activations) as ActivationName[])),
            bias: fc.boolean(),
          })
          .map(({ units, kind, bias }) => dense(units, { activation: kind, bias })),
        fc.constant(dropout(0.5)),
        fc.constant(activation('selu')),
        fc.constant(dense(3, { initializer: { normal: { deviation: 0.5 } } })),
      ),
      { minLength: 1, maxLength: 4 },
    );
    const x = [0.1, -3, 1e3, 2, 0, -0.7];
    await fc.assert(
      fc.asyncProperty(layers, async some => {
        const { net, path } = await saved(some);
        const model = await loadModel(path, { device });
        expect(await model.network.read()).toEqual(await net.read());
        expect(await predictBy(model.network, x)).toEqual(await predictBy(net, x));
        expect(model.network.layers.map(layer => layer.config)).toEqual(some.map(layer => layer.config));
        expect(model.network.seed).toBe(7);
        expect(model.loss.config).toEqual({ crossEntropy: { labelSmoothing: 0.1 } });
        expect(model.data).toEqual(data);
        expect(model.metrics).toEqual({ valLoss: 0.25 });
        net.dispose();
        model.network.dispose();
      }),
      { numRuns: 12 },
    );
    expect(device.usage().tensors).toBe(0);
  });

  it('is replaced whole and leaves no other file behind', async () => {
    const { path } = await saved([dense(3)], 'replaced.rxnn');
    await saved([dense(2), dense(3)], 'replaced.rxnn');
    expect((await readModelHeader(path)).layers).toHaveLength(2);
    expect((await readdir(directory)).filter(name => name.includes('tmp'))).toEqual([]);
  });

  it('names its format and the version that wrote it', async () => {
    const { path } = await saved([dense(3)]);
    const header = await readModelHeader(path);
    const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
    expect(header).toMatchObject({ format: 1, rxnn: version, inputs: 2 });
    expect(header.parameters).toEqual([
      { name: '0.dense.weights', shape: [2, 3], offset: 0 },
      { name: '0.dense.bias', shape: [1, 3], offset: 24 },
    ]);
  });

  it("refers to a user's own activations by name, which are supplied, or found, on loading", async () => {
    const own = { use: './swish.mjs', with: { beta: 2 }, apply: swish(2) };
    const { net, path } = await saved(
      [dense(4, { activation: own }), activation(own), dense(3, { activation: square })],
      'own.rxnn',
    );
    const model = await loadModel(path, {
      device,
      activations: async ({ use, with: options }) =>
        use === 'square' ? square : swish((options as { beta: number }).beta),
    });
    expect(await predictBy(model.network, [1, 2])).toEqual(await predictBy(net, [1, 2]));
    const again = await loadModel(path, { device, activations: { square, './swish.mjs': swish(2) } });
    expect(await predictBy(again.network, [1, 2])).toEqual(await predictBy(net, [1, 2]));
    await expect(loadModel(path, { device })).rejects.toThrow(
      `${path}: layers[0].dense: the activation "./swish.mjs" is a user's own and has to be supplied`,
    );
  });

  it("refers to a user's own layers and losses by name", async () => {
    const doubled: Layer = {
      name: 'doubled',
      outputs: n => n,
      parameters: () => [],
      apply: ({ input }) => mul(input, 2),
    };
    const own = { ...meanSquaredError(), name: 'mine', config: undefined };
    const path = join(directory, 'layers.rxnn');
    const net = network([dense(2), doubled], { inputs: 2, device });
    await saveModel(path, { network: net, loss: own, data });
    const model = await loadModel(path, { device, layers: { doubled }, losses: { mine: own } });
    expect(await predictBy(model.network, [1, 2])).toEqual(await predictBy(net, [1, 2]));
    expect(model.loss).toBe(own);
    await expect(loadModel(path, { device, layers: { doubled } })).rejects.toThrow('the loss "mine" is a user\'s own');
    await expect(loadModel(path, { device, losses: { mine: own } })).rejects.toThrow(
      'the layer "doubled" is a user\'s own',
    );
  });
});

describe("a user's own parts of one name in a model file", () => {
  it('are refused on saving when they are different activations', async () => {
    const layers = [dense(2, { activation: x => square(x) }), dense(2, { activation: x => mul(x, 2) })];
    await expect(saved(layers, 'two.rxnn')).rejects.toThrow(
      new InputError(
        'two different activations, of layer 0 and layer 1, would both be saved as {"use":"activation"}: give each a name of its own, such as { use: "swish", apply: swish }',
      ),
    );
    expect(await readdir(directory)).not.toContain('two.rxnn');
  });

  it('are refused on saving when they are different layers', async () => {
    const own = (factor: number): Layer => ({
      name: 'scaled',
      outputs: n => n,
      parameters: () => [],
      apply: ({ input }) => mul(input, factor),
    });
    await expect(saved([dense(2), own(2), own(3)], 'two.rxnn')).rejects.toThrow(
      'two different layers, layer 1 and layer 2, would both be saved as "scaled": give each a name of its own',
    );
  });

  it('are saved when they are the same', async () => {
    const layers = [dense(2, { activation: square }), activation(square)];
    const { net, path } = await saved(layers, 'same.rxnn');
    const model = await loadModel(path, { device, activations: { square } });
    expect(await predictBy(model.network, [1, 2])).toEqual(await predictBy(net, [1, 2]));
  });
});

describe('a file that is not a good model', () => {
  const refused = async (bytes: Uint8Array, message: string) => {
    const path = join(directory, 'bad.rxnn');
    await writeFile(path, bytes);
    const error = await loadModel(path, { device }).catch(reason => reason);
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toContain(`${path}: ${message}`);
  };

  it('is refused wherever it is cut or a bit is flipped', async () => {
    const { path } = await saved([dense(3)]);
    const good = await readFile(path);
    const before = device.usage();
    await fc.assert(
      fc.asyncProperty(fc.nat(good.length - 1), fc.nat(7), async (at, bit) => {
        const flipped = Uint8Array.from(good);
        flipped[at]! ^= 1 << bit;
        await refused(flipped, 'this ');
        await refused(good.subarray(0, at), 'this ');
      }),
      { numRuns: 40 },
    );
    await refused(Uint8Array.of(...good, 0), 'this model is damaged or cut short');
    expect(device.usage()).toEqual(before);
  });

  it('is refused when it is something else, empty or not there', async () => {
    await refused(new TextEncoder().encode('{"layers":[]}'), 'this is not a model of rxnn');
    await refused(new Uint8Array(), 'this is not a model of rxnn');
    const missing = join(directory, 'missing.rxnn');
    await expect(loadModel(missing)).rejects.toThrow(
      `${missing}: the model cannot be read (no such file or directory)`,
    );
    await expect(loadModel(directory)).rejects.toThrow('it is a directory');
  });

  it('cannot be written where there is no directory, and nothing is left behind', async () => {
    const net = network([dense(1)], { inputs: 1, device });
    const path = join(directory, 'no', 'model.rxnn');
    await expect(saveModel(path, { network: net, loss: meanSquaredError(), data })).rejects.toThrow(
      `${path}: the model cannot be written (no such file or directory)`,
    );
  });
});

describe('layers from the form of a file', () => {
  it('are the layers that were asked for', () => {
    const forms = [
      { dense: { units: 4, activation: 'relu', initializer: { lecun: { distribution: 'normal' } }, bias: false } },
      { dropout: { rate: 0.5 } },
      { activation: 'selu' },
    ];
    expect(layersFromConfig(forms).map(layer => layer.config)).toEqual(forms);
    expect(layersFromConfig([{ dense: { units: 4 } }])[0]!.config).toEqual(dense(4).config);
  });

  it.each([
    [[{ dens: { units: 1 } }], 'model.layers[0]: no layer "dens" (did you mean "dense"?)'],
    [['dense'], 'model.layers[0]: a layer must be an object with one of dense, dropout, activation, got "dense"'],
    [[{ dense: { units: 1 }, dropout: {} }], 'model.layers[0]: a layer must be an object with one of'],
    [
      [{ dropout: { rate: 0 } }, { dense: { units: 0 } }],
      'model.layers[1].dense: units must be a whole number from 1 up, got 0',
    ],
    [[{ dense: 3 }], 'model.layers[0].dense: dense takes an object such as { "units": 64 }, got 3'],
    [
      [{ dense: { units: 3, activation: 'rellu' } }],
      'model.layers[0].dense: no activation "rellu" (did you mean "relu"?)',
    ],
    [[{ dropout: { rte: 0.5 } }], 'model.layers[0].dropout: dropout has no option "rte"'],
    [
      [{ activation: { use: 'x' } }],
      'model.layers[0].activation: the activation "x" is a user\'s own and has to be supplied',
    ],
    [[{ constructor: {} }], 'model.layers[0]: no layer "constructor"'],
  ])('%j is refused with its path', (forms, message) => {
    expect(() => layersFromConfig(forms, { path: 'model.layers' })).toThrow(message);
  });
});
