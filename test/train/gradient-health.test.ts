import { finalize, lastValueFrom, map, toArray } from 'rxjs';
import { afterAll, describe, expect, it } from 'vitest';
import type { ActivationName } from '../../src/nn/activations.js';
import { dense } from '../../src/nn/layers/dense.js';
import { dropout } from '../../src/nn/layers/dropout.js';
import { binaryCrossEntropy } from '../../src/nn/losses/binary-cross-entropy.js';
import { crossEntropy } from '../../src/nn/losses/cross-entropy.js';
import { meanAbsoluteError } from '../../src/nn/losses/mean-absolute-error.js';
import { meanSquaredError } from '../../src/nn/losses/mean-squared-error.js';
import { network, type Weights } from '../../src/nn/network.js';
import { adam } from '../../src/nn/optimizers/adam.js';
import type { Optimizer } from '../../src/nn/optimizers/optimizer.js';
import { sgd } from '../../src/nn/optimizers/sgd.js';
import { holdMap } from '../../src/train/hold-map.js';
import { layerHealth } from '../../src/train/layer-health.js';
import { joinNorms } from '../../src/train/layer-look.js';
import type { HealthFinding, LayerNorms } from '../../src/train/report.js';
import { type TrainOptions, train } from '../../src/train/train.js';
import { openCpuDevice } from '../kernels/cpu-devices.js';
import { clouds, counted, dataset, xor } from './datasets.js';

const device = openCpuDevice();
afterAll(() => device.close());

/** Everything found in a network of so many hidden layers while it trains. */
async function findings(hidden: number, activation: ActivationName, optimizer: Optimizer, epochs: number) {
  const layers = Array.from({ length: hidden }, () => dense(8, { activation }));
  const net = network([...layers, dense(3)], { inputs: 2, seed: 1, device });
  const found = await healthOf({ net, data: clouds(48, 1), loss: crossEntropy(), optimizer, epochs, batchSize: 16 });
  net.dispose();
  return found;
}

/** Everything found in a training. */
async function healthOf(options: TrainOptions): Promise<HealthFinding[]> {
  const found = train(options).pipe(
    map(report => report.health ?? []),
    toArray(),
  );
  return (await lastValueFrom(found)).flat();
}

const layersOf = (found: readonly HealthFinding[], kind: HealthFinding['kind'], of: HealthFinding['of']) =>
  found.filter(finding => finding.kind === kind && finding.of === of).map(({ layer }) => layer);

describe('gradientHealth', () => {
  it('finds the gradients of the early layers of a deep sigmoid network vanishing, and those of the late ones not', async () => {
    const found = await findings(10, 'sigmoid', sgd({ learningRate: 0.1 }), 10);
    const vanishing = layersOf(found, 'vanishing', 'gradient');
    expect(vanishing).toEqual(expect.arrayContaining([0, 1, 2]));
    expect(Math.max(...vanishing)).toBeLessThan(7);
    expect(found.every(({ kind }) => kind === 'vanishing')).toBe(true);
    expect(found[0]).toMatchObject({ layerName: 'dense', limit: 1e-5, steps: 3, step: 21 });
    expect(found[0]!.advice).toContain('use relu or gelu');
    expect(found[0]!.norm).toBeLessThan(1e-5);
  });

  it('finds a network with a far too large learning rate exploding', async () => {
    const found = await findings(3, 'relu', sgd({ learningRate: 1000 }), 12);
    expect(layersOf(found, 'exploding', 'activation')).not.toEqual([]);
    expect(found.find(({ kind }) => kind === 'exploding')!.advice).toContain('Lower the learning rate');
  });

  it('finds nothing where the right outputs are zero or large: those of the last layer follow the targets', async () => {
    const undecided = network([dense(1)], { inputs: 2, seed: 1, device });
    const far = network([dense(1)], { inputs: 1, seed: 1, device });
    const prices = dataset(
      Array.from({ length: 64 }, (_, i) => [i / 64]),
      Array.from({ length: 64 }, (_, i) => 200_000 + 1000 * i),
    );
    const optimizer = sgd({ learningRate: 1 });
    const half = { net: undecided, data: xor(), loss: binaryCrossEntropy(), batchSize: 'full', epochs: 300 } as const;
    const large = { net: far, data: prices, loss: meanAbsoluteError(), epochs: 60 };
    expect(await healthOf({ ...half, optimizer })).toEqual([]);
    expect(await healthOf({ ...large, optimizer: adam({ learningRate: 100 }) })).toEqual([]);
    undecided.dispose();
    far.dispose();
  });

  it('finds a single layer with a far too large learning rate exploding all the same', async () => {
    const net = network([dense(1)], { inputs: 1, seed: 1, device });
    const found = await healthOf({
      ...{ net, data: counted(16), loss: meanSquaredError(), batchSize: 'full', epochs: 60 },
      optimizer: sgd({ learningRate: 1 }),
    });
    expect(layersOf(found, 'exploding', 'gradient')).toContain(0);
    net.dispose();
  });

  it('finds nothing in a healthy network, trained until all its gradients are small', async () => {
    expect(await findings(3, 'tanh', adam({ learningRate: 0.02 }), 120)).toEqual([]);
  });
});

describe('the norms of reports', () => {
  const rms = (values: readonly number[]) => Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length);
  const watched = (every: number, more: Partial<TrainOptions> = {}) => {
    const layers = [dense(4, { activation: 'tanh' }), dropout(0), dense(1)];
    const net = network(layers, { inputs: 1, seed: 5, device });
    const weights: Weights[] = [];
    const reports$ = train({
      ...{ net, data: counted(6), loss: meanSquaredError(), batchSize: 'full', epochs: 5 },
      ...{ optimizer: sgd({ learningRate: 0.01 }), health: { every } },
      ...more,
    }).pipe(
      holdMap(async report => {
        weights.push(await net.read());
        return report;
      }),
      toArray(),
      finalize(() => net.dispose()),
    );
    return { net, weights, reports: () => lastValueFrom(reports$) };
  };

  it('are the root mean squares of gradients and outputs, as told from the weights in float64', async () => {
    const { net, weights, reports } = watched(1);
    weights.push(await net.read());
    const norms = (await reports()).map(report => report.norms!);
    expect(norms.map(({ layers }) => layers)).toEqual(Array(5).fill(['0 dense', '2 dense']));
    norms.forEach(({ gradients, activations }, i) => {
      const [before, after] = [weights[i]!, weights[i + 1]!];
      const names = Object.keys(before);
      // Plain descent: the gradient is what the weights have moved by, over the learning rate.
      const moved = (names: readonly string[]) =>
        names.flatMap(name => Array.from(before[name]!, (w, k) => (w - after[name]![k]!) / 0.01));
      const parts = [names.slice(0, 2), names.slice(2)];
      const [w0, b0, w2, b2] = names.map(name => Array.from(before[name]!)) as [number[], number[], number[], number[]];
      const hidden = [0, 1, 2, 3, 4, 5].map(x => w0.map((w, k) => Math.tanh(x * w + b0[k]!)));
      const out = hidden.map(row => row.reduce((sum, h, k) => sum + h * w2[k]!, b2[0]!));
      const expected = [...parts.map(names => rms(moved(names))), rms(hidden.flat()), rms(out)];
      const errors = [...gradients, ...activations].map((value, k) => Math.abs(value! / expected[k]! - 1));
      expect(Math.max(...errors)).toBeLessThan(1e-3);
    });
  });

  it('are those of the last look of an epoch; an epoch without one, and a training that is not watched, has none', async () => {
    const often = await watched(1, { batchSize: 2 }).reports();
    const last = await watched(3, { batchSize: 2, epochs: 4 }).reports();
    // Looks at the steps 1, 4, 7, 10, of three an epoch: not the last of the epoch.
    expect(last.map(({ norms }) => norms === undefined)).toEqual([false, false, false, false]);
    expect(last[1]!.norms).not.toEqual(often[1]!.norms);
    const rare = await watched(2).reports();
    expect(rare.map(({ norms }) => norms !== undefined)).toEqual([true, false, true, false, true]);
    const unwatched = await watched(1, { health: false }).reports();
    expect(unwatched.map(({ norms }) => norms)).toEqual(Array(5).fill(undefined));
  });

  it('are null where they are not finite', async () => {
    const reports = await watched(1, { optimizer: sgd({ learningRate: 1e30 }) }).reports();
    const { gradients, activations } = reports.at(-1)!.norms!;
    expect([...gradients, ...activations]).toContain(null);
    expect(JSON.parse(JSON.stringify(reports.at(-1)!.norms))).toEqual(reports.at(-1)!.norms);
  });

  it('of several networks are those of all their numbers together', () => {
    const of = (...values: (number | null)[]): LayerNorms => ({
      layers: ['0 dense'],
      gradients: values,
      activations: [1],
    });
    expect(joinNorms([of(3), of(4)])).toEqual({ layers: ['0 dense'], gradients: [3.536], activations: [1] });
    expect(joinNorms([of(3), of(null)])).toMatchObject({ gradients: [null] });
    expect(joinNorms([of(3), { ...of(3), layers: ['1 dense'] }])).toBeUndefined();
    expect(joinNorms([])).toBeUndefined();
  });
});

describe('layerHealth', () => {
  const norms = (...rms: number[]) =>
    rms.map((value, layer) => ({ layer, layerName: 'dense', norm: value, rms: value }));
  const limits = { vanishing: 1e-5, exploding: 1e3, steps: 3 };
  const say = ({ kind, of, layer, steps }: HealthFinding) => `${kind} ${of} ${layer} for ${steps}`;

  it('needs several looks in a row, and tells a row once', () => {
    const observe = layerHealth(limits);
    const looks = [1e4, 1, 1e4, 1e4, 1e4, 1e4, 1, 1e4, 1e4, 1e4];
    const told = looks.flatMap((rms, step) => observe('gradient', norms(rms), step).map(f => [f.step, say(f)]));
    expect(told).toEqual([[4, 'exploding gradient 0 for 3']]);
  });

  it('tells a new row when the layer has been well for as long', () => {
    const observe = layerHealth(limits);
    const looks = [1e4, 1e4, 1e4, 1, 1, 1, 1e4, 1e4, 1e4];
    const told = looks.flatMap((rms, step) => observe('activation', norms(rms), step).map(f => f.step));
    expect(told).toEqual([2, 8]);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('counts %d as exploding at once', value => {
    const observe = layerHealth(limits);
    expect(observe('gradient', norms(1, value), 0).map(say)).toEqual(['exploding gradient 1 for 1']);
    expect(observe('gradient', norms(1, value), 1)).toEqual([]);
  });

  it('counts small gradients as vanishing beside large ones only, small activations always', () => {
    const eager = { ...limits, steps: 1 };
    expect(layerHealth(eager)('gradient', norms(1e-7, 1e-2), 0).map(say)).toEqual(['vanishing gradient 0 for 1']);
    expect(layerHealth(eager)('gradient', norms(1e-7, 1e-6), 0)).toEqual([]);
    // A converged network, where the squares of the smallest are below float32.
    expect(layerHealth(eager)('gradient', norms(0, 1e-21), 0)).toEqual([]);
    expect(layerHealth(eager)('gradient', norms(0, 1e-4), 0).map(say)).toEqual(['vanishing gradient 0 for 1']);
    expect(layerHealth(eager)('activation', norms(0, 0), 0).map(say)).toEqual([
      'vanishing activation 0 for 1',
      'vanishing activation 1 for 1',
    ]);
  });
});
