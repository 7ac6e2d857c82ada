import { firstValueFrom, forkJoin, lastValueFrom, map, type Observable, take, tap, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/errors.js';
import { sub } from '../../src/kernels/ops/arithmetic.js';
import { sum } from '../../src/kernels/ops/reduce.js';
import { dense } from '../../src/nn/layers/dense.js';
import { dropout } from '../../src/nn/layers/dropout.js';
import { binaryCrossEntropy } from '../../src/nn/losses/binary-cross-entropy.js';
import { crossEntropy } from '../../src/nn/losses/cross-entropy.js';
import type { Loss } from '../../src/nn/losses/loss.js';
import { meanSquaredError } from '../../src/nn/losses/mean-squared-error.js';
import { network } from '../../src/nn/network.js';
import { adam } from '../../src/nn/optimizers/adam.js';
import { sgd } from '../../src/nn/optimizers/sgd.js';
import { evaluate } from '../../src/train/evaluate.js';
import { predict } from '../../src/train/predict.js';
import type { Report } from '../../src/train/report.js';
import { type TrainOptions, train } from '../../src/train/train.js';
import { CPU_DEVICES, openCpuDevice } from '../kernels/cpu-devices.js';
import { clouds, counted, dataset, xor } from './datasets.js';
import { steppingClock } from './pacing.js';
import { referenceDevice } from './reference-device.js';

const all = (reports: Observable<Report>) => lastValueFrom(reports.pipe(toArray()));
const losses = async (options: TrainOptions) => (await all(train(options))).map(report => report.metrics.loss!);

const cloudNet = (device = referenceDevice()) =>
  network([dense(8, { activation: 'tanh' }), dropout(0.2), dense(3)], { inputs: 2, seed: 1, device });
const cloudTraining = (more: Partial<TrainOptions> = {}): TrainOptions => ({
  net: cloudNet(),
  data: clouds(40, 1),
  loss: crossEntropy(),
  optimizer: adam({ learningRate: 0.01 }),
  batchSize: 16,
  epochs: 3,
  seed: 5,
  ...more,
});

describe('train', () => {
  it.each(CPU_DEVICES)('learns xor on %s', async name => {
    const device = openCpuDevice(name);
    const net = network([dense(8, { activation: 'tanh' }), dense(1)], { inputs: 2, seed: 1, device });
    const options = { net, data: xor(), loss: binaryCrossEntropy(), optimizer: adam({ learningRate: 0.05 }) };
    const reports = await all(train({ ...options, batchSize: 'full', epochs: 200 }));
    expect(reports.at(-1)!.metrics.loss).toBeLessThan(0.05);
    const p = await predict(
      net,
      [
        [0, 0],
        [0, 1],
        [1, 0],
        [1, 1],
      ],
      { loss: binaryCrossEntropy() },
    );
    expect([...p].map(Math.round)).toEqual([0, 1, 1, 0]);
    device.close();
  });

  it('refuses a network that has no parameters', () => {
    const net = network([dropout(0.2)], { inputs: 2, device: referenceDevice() });
    const options = cloudTraining({ net });
    const wrong = new InputError('the network has no parameters to train');
    expect(() => train(options)).toThrow(wrong);
    expect(() => train({ ...options, clipNorm: 1 })).toThrow(wrong);
  });

  it('learns to tell three clouds apart, and reports what evaluate finds', async () => {
    const net = cloudNet();
    const validation = clouds(60, 2);
    const options = { loss: crossEntropy(), metrics: ['accuracy', 'f1'] as const };
    const reports = await all(train({ ...cloudTraining({ net, validation, epochs: 30 }), ...options }));
    const last = reports.at(-1)!.metrics;
    expect(last.valAccuracy).toBeGreaterThan(0.9);
    expect(Object.keys(last)).toEqual(['loss', 'valLoss', 'valAccuracy', 'valF1']);
    const found = await evaluate(net, validation, options);
    expect(found).toEqual({ loss: last.valLoss, accuracy: last.valAccuracy, f1: last.valF1 });
  });

  it('counts epochs, steps, samples and seconds', async () => {
    const reports = await all(train(cloudTraining({ clock: steppingClock(1) })));
    expect(reports.map(({ epoch, step, samples }) => ({ epoch, step, samples }))).toEqual([
      { epoch: 1, step: 3, samples: 40 },
      { epoch: 2, step: 6, samples: 80 },
      { epoch: 3, step: 9, samples: 120 },
    ]);
    const seconds = reports.map(report => report.seconds);
    expect(seconds[0]).toBeGreaterThan(0);
    expect(seconds).toEqual([...seconds].sort((a, b) => a - b));
  });

  it("reports the mean of the batches' losses by their rows", async () => {
    // Without learning the losses of an epoch are those of the whole data, however it is cut.
    const data = clouds(10, 3);
    const net = network([dense(3)], { inputs: 2, device: referenceDevice() });
    const options = { net, data, loss: crossEntropy(), optimizer: sgd({ learningRate: () => 0 }), epochs: 1 };
    const [cut] = await losses({ ...options, batchSize: 4 });
    const [whole] = await losses({ ...options, batchSize: 'full' });
    expect(cut).toBeCloseTo(whole!, 6);
    expect(whole).toBeCloseTo((await evaluate(net, data, { loss: crossEntropy(), chunk: 3 })).loss!, 6);
  });

  it.each(CPU_DEVICES)('gives the same losses to the bit for the same seed on %s', async name => {
    const device = openCpuDevice(name);
    const once = await losses(cloudTraining({ net: cloudNet(device as never), epochs: 4 }));
    const again = await losses(cloudTraining({ net: cloudNet(device as never), epochs: 4 }));
    const other = await losses(cloudTraining({ net: cloudNet(device as never), epochs: 4, seed: 6 }));
    expect(again).toEqual(once);
    expect(other).not.toEqual(once);
    device.close();
  });

  it('gives the same losses to the bit however it is sliced, watched or interleaved', async () => {
    const expected = await losses(cloudTraining());
    expect(await losses(cloudTraining({ sliceMs: 0, prefetch: 3, health: false }))).toEqual(expected);
    expect(await losses(cloudTraining({ net: cloudNet(referenceDevice({ synchronous: false })) }))).toEqual(expected);
    const device = referenceDevice();
    const three = forkJoin(
      [1, 2, 3].map(() =>
        train(cloudTraining({ net: cloudNet(device), clock: steppingClock(1), sliceMs: 1 })).pipe(
          map(report => report.metrics.loss),
          toArray(),
        ),
      ),
    );
    for (const interleaved of await lastValueFrom(three)) expect(interleaved).toEqual(expected);
  });

  it('goes on from the weights of the network when it is subscribed to again, everything else being new', async () => {
    const net = cloudNet();
    const snapshot = net.snapshot();
    const reports = train(cloudTraining({ net }));
    const first = await all(reports);
    net.restore(snapshot);
    const second = await all(reports);
    const plain = ({ epoch, step, samples, metrics }: Report) => ({ epoch, step, samples, metrics });
    expect(second.map(plain)).toEqual(first.map(plain));
  });

  it('ends when a rule has seen enough, with the weights of that epoch', async () => {
    const long = cloudTraining({ epochs: 50 });
    const short = cloudTraining({ epochs: 2 });
    await all(train(long).pipe(take(2)));
    await all(train(short));
    expect(await long.net.read()).toEqual(await short.net.read());
  });

  it('lets a report keep the training waiting, and restores the weights behind it', async () => {
    const options = cloudTraining();
    let snapshot: ReturnType<NonNullable<Report['model']>['snapshot']> | undefined;
    let afterFirst: unknown;
    await all(
      train(options).pipe(
        tap(({ epoch, model }) => {
          if (epoch !== 1) return;
          snapshot = model!.snapshot();
          const release = model!.hold();
          void model!.read().then(weights => {
            afterFirst = weights;
            release();
          });
        }),
      ),
    );
    expect(await options.net.read()).not.toEqual(afterFirst);
    options.net.restore(snapshot!);
    expect(await options.net.read()).toEqual(afterFirst);
  });

  it('trains with weights as with repeated rows', async () => {
    const net = () => network([dense(1)], { inputs: 1, seed: 2, device: referenceDevice() });
    const options = {
      loss: meanSquaredError(),
      optimizer: sgd({ learningRate: 0.1 }),
      batchSize: 'full',
      epochs: 5,
    } as const;
    const weighted = dataset([[1], [2]], [3, 5], { weights: Float32Array.of(2, 1) });
    const repeated = dataset([[1], [1], [2]], [3, 3, 5]);
    const a = await losses({ ...options, net: net(), data: weighted });
    const b = await losses({ ...options, net: net(), data: repeated });
    for (const [i, loss] of a.entries()) expect(loss).toBeCloseTo(b[i]!, 5);
  });

  const two = () => network([dense(2)], { inputs: 1, device: referenceDevice() });
  const optimizer = sgd();
  it.each<[string, () => TrainOptions, string]>([
    [
      'data of another width',
      () => ({ net: two(), data: xor(), loss: crossEntropy(), optimizer, epochs: 1 }),
      'expected data with 1 feature columns, as the network has inputs, got 2',
    ],
    [
      'a class without an output',
      () => ({ net: two(), data: dataset([[1], [2]], [1, 2]), loss: crossEntropy(), optimizer, epochs: 1 }),
      'crossEntropy expects classes from 0 to 1, one for each network output, got 2 in row 2',
    ],
    [
      'targets of another width',
      () => ({ net: two(), data: counted(3), loss: meanSquaredError(), optimizer, epochs: 1 }),
      'meanSquaredError expects 2 target columns for 2 network outputs, got 1',
    ],
    [
      'no targets',
      () => ({
        net: two(),
        data: { ...counted(3), y: new Float32Array(0) },
        loss: meanSquaredError(),
        optimizer,
        epochs: 1,
      }),
      'expected a target for every row, got 0 numbers for 3 rows',
    ],
    [
      'no rows',
      () => ({ net: two(), data: counted(0), loss: meanSquaredError(), optimizer, epochs: 1 }),
      'expected data with at least one row, got an empty dataset',
    ],
    [
      'an empty batch',
      () => ({ net: two(), data: counted(3), loss: crossEntropy(), optimizer, epochs: 1, batchSize: 0 }),
      'expected `batch size` to be a whole number from 1 up, got `0` (number)',
    ],
    [
      'rows that are not all there',
      () => ({
        net: two(),
        data: { ...counted(3), x: new Float32Array(2) },
        loss: crossEntropy(),
        optimizer,
        epochs: 1,
      }),
      'expected 3 rows of 1 feature column, got 2 numbers',
    ],
    [
      'weights that are not one for each row',
      () => ({
        net: two(),
        data: { ...counted(3), weights: new Float32Array(2) },
        loss: crossEntropy(),
        optimizer,
        epochs: 1,
      }),
      'expected a weight for every row, got 2 for 3 rows',
    ],
    [
      'an unknown metric',
      () => ({
        net: two(),
        data: dataset([[1], [2]], [1, 0]),
        loss: crossEntropy(),
        optimizer,
        epochs: 1,
        metrics: ['acuracy' as 'accuracy'],
      }),
      'no metric "acuracy" (did you mean "accuracy"?); there are accuracy, top3Accuracy, top5Accuracy, precision, recall, f1, rocAuc, mse, rmse, mae, r2',
    ],
    [
      'no epochs',
      () => ({ net: two(), data: counted(3), loss: crossEntropy(), optimizer, epochs: 0 }),
      'expected `epochs` to be a whole number from 1 up, got `0` (number)',
    ],
    [
      'three classes for a loss of two',
      () => ({
        net: network([dense(1)], { inputs: 2, device: referenceDevice() }),
        data: clouds(6, 1),
        loss: binaryCrossEntropy(),
        optimizer,
        epochs: 1,
      }),
      'binaryCrossEntropy expects two classes, 0 and 1, got class 2 in row 3; for more take crossEntropy',
    ],
    [
      'validation that does not fit',
      () => ({ net: two(), data: dataset([[1]], [0]), validation: xor(), loss: crossEntropy(), optimizer, epochs: 1 }),
      'expected data with 1 feature columns, as the network has inputs, got 2',
    ],
  ])('refuses %s before anything starts', (_, options, message) => {
    expect(() => train(options())).toThrow(new InputError(message));
  });
});

describe('predict', () => {
  it('gives the same for every number of rows at a time, and nothing for no rows', async () => {
    const net = cloudNet();
    const { x } = clouds(10, 1);
    const whole = await predict(net, x);
    expect(whole).toHaveLength(30);
    for (const chunk of [1, 3, 10, 64]) expect(await predict(net, x, { chunk })).toEqual(whole);
    expect(await predict(net, [])).toEqual(new Float32Array(0));
    expect(net.device.usage()).toMatchObject({ tensors: 4, programs: 0 });
  });

  it("applies the loss's link and no dropout", async () => {
    const net = cloudNet();
    const raw = await predict(net, [[0.5, -1]]);
    const p = await predict(net, [[0.5, -1]], { loss: crossEntropy() });
    const exp = [...raw].map(Math.exp);
    const total = exp.reduce((a, b) => a + b);
    for (const [i, e] of exp.entries()) expect(p[i]).toBeCloseTo(e / total, 6);
  });

  it('names `chunk` when it is not a whole number from 1 up', async () => {
    const wrong = 'expected `chunk` to be a whole number from 1 up, got `0`';
    await expect(predict(cloudNet(), [[1, 2]], { chunk: 0 })).rejects.toThrow(wrong);
    const options = { loss: crossEntropy(), chunk: 0 };
    await expect(evaluate(cloudNet(), clouds(3, 1), options)).rejects.toThrow(wrong);
  });

  it('names the row that does not fit', async () => {
    await expect(predict(cloudNet(), [[1, 2], [1]])).rejects.toThrow(
      'expected rows of 2 numbers, as the network has inputs, got 1 in row 2',
    );
    await expect(predict(cloudNet(), new Float32Array(3))).rejects.toThrow('got 3 numbers in all');
  });
});

describe('evaluate', () => {
  it('weighs rows by their weights over all chunks', async () => {
    const net = network([dense(1)], { inputs: 1, device: referenceDevice() });
    const data = dataset([[1], [2], [3]], [0, 0, 0], { weights: Float32Array.of(1, 0, 3) });
    const lone = await Promise.all(
      [1, 3].map(x => evaluate(net, dataset([[x]], [0]), { loss: meanSquaredError() }).then(({ loss }) => loss!)),
    );
    for (const chunk of [1, 2, 3]) {
      const { loss } = await evaluate(net, data, { loss: meanSquaredError(), chunk });
      expect(loss).toBeCloseTo((lone[0]! + 3 * lone[1]!) / 4, 5);
    }
  });

  it.each([
    ['crossEntropy', crossEntropy({ classWeights: [1, 5, 0.25], labelSmoothing: 0.1 }), clouds(10, 3), 3],
    [
      'binaryCrossEntropy',
      binaryCrossEntropy({ classWeights: [1, 7] }),
      dataset(
        [
          [1, 0],
          [0, 1],
          [1, 1],
          [2, 0],
        ],
        [
          [0, 0],
          [1, 1],
          [1, 0],
          [0, 0],
        ],
      ),
      2,
    ],
  ] as const)(
    'puts the chunks of %s with class weights together as the whole',
    async (_, lossFunction, data, units) => {
      const net = network([dense(units)], { inputs: 2, seed: 3, device: referenceDevice() });
      const weights = Float32Array.from({ length: data.rows }, (_, i) => i % 3);
      for (const rows of [data, { ...data, weights }]) {
        const whole = await evaluate(net, rows, { loss: lossFunction });
        for (const chunk of [1, 3, 4]) {
          expect((await evaluate(net, rows, { loss: lossFunction, chunk })).loss).toBeCloseTo(whole.loss!, 5);
        }
      }
    },
  );

  it("refuses a user's loss that is not one number, and a link that changes the shape", async () => {
    const own: Loss = {
      ...meanSquaredError(),
      name: 'mine',
      apply: ({ prediction, target }) => sub(prediction, target),
    };
    const net = network([dense(1)], { inputs: 1, device: referenceDevice() });
    const message = 'the loss "mine" must return a node of shape [1, 1], got [3, 1]';
    await expect(evaluate(net, counted(3), { loss: own })).rejects.toThrow(new InputError(message));
    const training = train({ net, data: counted(3), loss: own, optimizer: sgd(), epochs: 1, batchSize: 3 });
    await expect(all(training)).rejects.toThrow(new InputError(message));
    const linked: Loss = { ...own, link: prediction => sum(prediction) };
    await expect(predict(net, [[1], [2]], { loss: linked })).rejects.toThrow(
      new InputError('the link of the loss "mine" must return a node of shape [2, 1], got [1, 1]'),
    );
    const without = { ...own, link: undefined } as never;
    await expect(predict(net, [[1]], { loss: without })).rejects.toThrow('the loss "mine" must have a function `link`');
  });

  it('refuses an unknown metric', async () => {
    const options = { loss: crossEntropy(), metrics: ['acuracy' as 'accuracy'] };
    await expect(evaluate(cloudNet(), clouds(3, 1), options)).rejects.toThrow('did you mean "accuracy"?');
  });

  it('is cold: nothing happens before it is asked for, and a lone report can be taken', async () => {
    const net = cloudNet();
    const reports = train(cloudTraining({ net, validation: clouds(5, 4) }));
    expect(net.device.usage()).toMatchObject({ tensors: 0, programs: 0 });
    await firstValueFrom(reports);
    expect(net.device.usage()).toMatchObject({ tensors: 4, programs: 0 });
  });
});
