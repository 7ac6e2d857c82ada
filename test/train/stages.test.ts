import { EMPTY, firstValueFrom, lastValueFrom, map, type Observable, of, take, tap, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/errors.js';
import { input } from '../../src/kernels/ops/leaves.js';
import { dense } from '../../src/nn/layers/dense.js';
import { dropout } from '../../src/nn/layers/dropout.js';
import { crossEntropy } from '../../src/nn/losses/cross-entropy.js';
import { meanSquaredError } from '../../src/nn/losses/mean-squared-error.js';
import { type Network, network } from '../../src/nn/network.js';
import type { Optimizer } from '../../src/nn/optimizers/optimizer.js';
import { sgd } from '../../src/nn/optimizers/sgd.js';
import type { Batch } from '../../src/train/batch.js';
import { batches } from '../../src/train/batches.js';
import { clipNorm } from '../../src/train/clip-norm.js';
import { forward } from '../../src/train/forward.js';
import { gradients } from '../../src/train/gradients.js';
import { holdMap } from '../../src/train/hold-map.js';
import type { LayerNorm } from '../../src/train/layer-norms.js';
import { loss } from '../../src/train/loss.js';
import { update } from '../../src/train/update.js';
import { clouds, dataset } from './datasets.js';
import { referenceDevice } from './reference-device.js';

// ŷ = x·w + b with w = 2 and b = 1 on x = 1, 2, 3 and y = 0: everything below can be done by hand.
const line = (): Network => {
  const net = network([dense(1)], { inputs: 1, device: referenceDevice() });
  net.load({ '0.dense.weights': Float32Array.of(2), '0.dense.bias': Float32Array.of(1) });
  return net;
};
const rows = dataset([[1], [2], [3]], [0, 0, 0]);
const whole = (): Observable<Batch> => batches(rows, { size: 'full', shuffle: false });
/** dL/dw = 2·mean(x·ŷ), dL/db = 2·mean(ŷ) for ŷ = 3, 5, 7. */
const GRADIENTS = [(2 * (3 + 10 + 21)) / 3, (2 * (3 + 5 + 7)) / 3];
const norm = (values: readonly number[]) => Math.sqrt(values.reduce((sum, v) => sum + v * v, 0));

describe('the stages', () => {
  it('can each be the last one, and tapped: prediction, loss, gradients, step', async () => {
    const net = line();
    const prediction = whole().pipe(
      forward(net),
      holdMap(batch => batch.prediction.read()),
    );
    expect([...(await firstValueFrom(prediction))]).toEqual([3, 5, 7]);
    const value = whole().pipe(
      forward(net),
      loss(meanSquaredError()),
      holdMap(batch => batch.loss.read()),
    );
    expect((await firstValueFrom(value))[0]).toBeCloseTo((9 + 25 + 49) / 3, 5);
    const slopes = whole().pipe(
      forward(net),
      loss(meanSquaredError()),
      gradients(),
      holdMap(batch => Promise.all(batch.gradients.map(gradient => gradient.read()))),
    );
    const found = (await firstValueFrom(slopes)).map(gradient => gradient[0]!);
    for (const [i, expected] of GRADIENTS.entries()) expect(found[i]).toBeCloseTo(expected, 4);
    const before = await net.read();
    await lastValueFrom(
      whole().pipe(forward(net), loss(meanSquaredError()), gradients(), update(sgd({ learningRate: 0.1 }))),
    );
    const after = await net.read();
    expect(after['0.dense.weights']![0]).toBeCloseTo(before['0.dense.weights']![0]! - 0.1 * GRADIENTS[0]!, 5);
    expect(after['0.dense.bias']![0]).toBeCloseTo(before['0.dense.bias']![0]! - 0.1 * GRADIENTS[1]!, 5);
    expect(net.device.usage()).toMatchObject({ tensors: 2, programs: 0 });
  });

  it('tell the norms of activations, gradients and updates of every layer when asked', async () => {
    const net = line();
    let activation: readonly LayerNorm[] = [];
    const steps = whole().pipe(
      forward(net),
      holdMap(async batch => {
        activation = await batch.activationNorms();
        return batch;
      }),
      loss(meanSquaredError()),
      gradients(),
      update(sgd({ learningRate: 0.1 }), { norms: true }),
      holdMap(step => Promise.all([step.gradientNorms(), step.updateNorms()])),
    );
    const [gradient, moved] = await firstValueFrom(steps);
    expect(activation).toMatchObject([{ layer: 0, layerName: 'dense' }]);
    expect(activation[0]!.norm).toBeCloseTo(norm([3, 5, 7]), 5);
    expect(activation[0]!.rms).toBeCloseTo(norm([3, 5, 7]) / Math.sqrt(3), 5);
    expect(gradient[0]!.norm).toBeCloseTo(norm(GRADIENTS), 4);
    expect(gradient[0]!.rms).toBeCloseTo(norm(GRADIENTS) / Math.sqrt(2), 4);
    expect(moved[0]!.norm).toBeCloseTo(0.1 * norm(GRADIENTS), 5);
  });

  it('compute nothing for norms that nobody asks for, and say how to have those of updates', async () => {
    let runs = 0;
    const device = referenceDevice({ before: call => call === 'run' && runs++ });
    const net = network([dense(1)], { inputs: 1, device });
    const steps = () =>
      whole().pipe(forward(net), loss(meanSquaredError()), gradients(), update(sgd({ learningRate: 0.1 })));
    await lastValueFrom(steps());
    expect(runs).toBe(4);
    const refused = steps().pipe(holdMap(step => step.updateNorms()));
    await expect(lastValueFrom(refused)).rejects.toThrow('update(optimizer, { norms: true })');
  });

  it('let a user put gradients of his own in place', async () => {
    const net = line();
    const ones = whole().pipe(
      forward(net),
      loss(meanSquaredError()),
      gradients(),
      map(batch => ({
        ...batch,
        gradients: batch.gradients.map(({ shape }) => batch.own(net.device.tensor(shape, [1]))),
      })),
      update(sgd({ learningRate: 0.5 })),
    );
    await lastValueFrom(ones);
    expect(await net.read()).toEqual({ '0.dense.weights': Float32Array.of(1.5), '0.dense.bias': Float32Array.of(0.5) });
    expect(net.device.usage()).toMatchObject({ tensors: 2, programs: 0 });
  });

  it('refuse gradients that are not one for each parameter', async () => {
    const fewer = whole().pipe(
      forward(line()),
      loss(meanSquaredError()),
      gradients(),
      map(batch => ({ ...batch, gradients: batch.gradients.slice(1) })),
      update(sgd()),
    );
    await expect(lastValueFrom(fewer)).rejects.toThrow(
      new InputError('expected a gradient for each of the 2 parameters, got 1'),
    );
  });

  it('keep what a user adds to a batch', async () => {
    const labelled = whole().pipe(
      map(batch => ({ ...batch, label: 'mine' })),
      forward(line()),
      loss(meanSquaredError()),
      gradients(),
      update(sgd()),
      map(step => step.label),
    );
    expect(await lastValueFrom(labelled)).toBe('mine');
  });

  it('clip all gradients together to a norm, and leave smaller ones as they are', async () => {
    const clipped = async (max: number) => {
      const stream = whole().pipe(
        forward(line()),
        loss(meanSquaredError()),
        gradients(),
        clipNorm(max),
        holdMap(batch => Promise.all(batch.gradients.map(gradient => gradient.read()))),
      );
      return (await firstValueFrom(stream)).map(gradient => gradient[0]!);
    };
    const free = await clipped(1e6);
    for (const [i, expected] of GRADIENTS.entries()) expect(free[i]).toBeCloseTo(expected, 4);
    const tight = await clipped(2);
    expect(norm(tight)).toBeCloseTo(2, 4);
    expect(tight[0]! / tight[1]!).toBeCloseTo(GRADIENTS[0]! / GRADIENTS[1]!, 4);
    expect(() => clipNorm(0)).toThrow(new InputError('expected `max` to be a number above 0, got `0` (number)'));
  });

  it('draw the same dropout for the same seed and step, another one for every step, and none without training', async () => {
    const net = network([dense(50), dropout(0.5)], { inputs: 2, seed: 1, device: referenceDevice() });
    const predictions = (seed: number, training: boolean) =>
      lastValueFrom(
        batches(
          dataset(
            [
              [1, 1],
              [1, 1],
            ],
            [0, 0],
          ),
          { size: 1, seed },
        ).pipe(
          forward(net, { training }),
          holdMap(batch => batch.prediction.read()),
          toArray(),
        ),
      );
    const [first, second] = await predictions(1, true);
    expect(await predictions(1, true)).toEqual([first, second]);
    expect(second).not.toEqual(first);
    expect((await predictions(2, true))[0]).not.toEqual(first);
    const [plain, same] = await predictions(1, false);
    expect(same).toEqual(plain);
    expect(new Set(Array.from(first!, (v, i) => Math.round(v / plain![i]!)))).toEqual(new Set([0, 2]));
  });

  it('take batches from any stream', async () => {
    let finished = 0;
    const batch: Batch = {
      ...{ epoch: 1, index: 0, count: 1, step: 0, rows: 1, features: 1, targets: 1, seed: 0 },
      x: Float32Array.of(4),
      y: Float32Array.of(0),
      hold: () => () => {},
      own: resource => {
        finished++;
        return resource;
      },
    };
    const read = of(batch).pipe(
      forward(line()),
      map(({ prediction }) => prediction.readSync()[0]),
    );
    expect(await lastValueFrom(read)).toBe(9);
    expect(finished).toBeGreaterThan(0);
    const net = line();
    await lastValueFrom(EMPTY.pipe(forward(net)), { defaultValue: undefined });
    expect(net.device.usage()).toMatchObject({ programs: 0 });
  });

  it('refuse batches that do not fit, in one sentence', async () => {
    const wide = batches(clouds(3, 1), { size: 1 });
    await expect(lastValueFrom(wide.pipe(forward(line())))).rejects.toThrow(
      new InputError('expected data with 1 feature columns, as the network has inputs, got 2'),
    );
    const net = network([dense(2)], { inputs: 2, device: referenceDevice() });
    await expect(lastValueFrom(wide.pipe(forward(net), loss(crossEntropy())))).rejects.toThrow('got 2 in row 1');
    const inference = whole().pipe(forward(line(), { training: false }), loss(meanSquaredError()), gradients());
    await expect(lastValueFrom(inference)).rejects.toThrow('expected forward(net)');
  });

  it("name a user's optimizer that does not return one update per parameter and its state, in their shapes", async () => {
    const own = (change: Partial<ReturnType<Optimizer['update']>>): Optimizer => ({
      name: 'mine',
      init: shapes => shapes.map(shape => ({ shape, fill: 0 })),
      scalars: () => [],
      update: ({ gradients, state }) => ({ updates: gradients, state, ...change }),
    });
    const run = (optimizer: Optimizer) =>
      lastValueFrom(whole().pipe(forward(line()), loss(meanSquaredError()), gradients(), update(optimizer)));
    await expect(run(own({}))).resolves.toBeDefined();
    await expect(run(own({ updates: [] }))).rejects.toThrow(
      new InputError('mine: its updates must have the shapes [1, 1], [1, 1], got none'),
    );
    await expect(run(own({ updates: [input([1, 1]), input([2, 1])] }))).rejects.toThrow('got [1, 1], [2, 1]');
    await expect(run(own({ state: [] }))).rejects.toThrow(
      'mine: its state must have the shapes [1, 1], [1, 1], got none',
    );
  });

  it('never let more than sixteen steps queue up on an asynchronous device', async () => {
    const device = referenceDevice({ synchronous: false });
    const net = network([dense(3)], { inputs: 2, device });
    let most = 0;
    const steps = batches(clouds(100, 1), { size: 1 }).pipe(
      forward(net),
      loss(crossEntropy()),
      gradients(),
      update(sgd()),
      tap(() => {
        most = Math.max(most, device.queued());
      }),
    );
    await lastValueFrom(steps.pipe(take(100)));
    expect(most).toBeGreaterThan(8 * 4);
    expect(most).toBeLessThanOrEqual(16 * 4);
  });

  it('end within a few steps when work on an asynchronous device has failed, and not only at the end', async () => {
    const device = referenceDevice({
      synchronous: false,
      work: () => {
        throw new Error('device lost');
      },
    });
    const net = network([dense(3)], { inputs: 2, device });
    let steps = 0;
    const endless = batches(clouds(10, 1), { size: 1, epochs: Number.POSITIVE_INFINITY }).pipe(
      forward(net),
      loss(crossEntropy()),
      gradients(),
      update(sgd()),
      tap(() => steps++),
      take(1000),
    );
    await expect(lastValueFrom(endless)).rejects.toThrow('device lost');
    expect(steps).toBeLessThanOrEqual(24);
    expect(device.usage()).toMatchObject({ tensors: 2, programs: 0 });
  });
});
