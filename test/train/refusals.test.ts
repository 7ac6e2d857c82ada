import { concat, firstValueFrom, lastValueFrom, merge, type Observable, repeat, take, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { tableFromRows } from '../../src/data/table.js';
import { InputError } from '../../src/errors.js';
import { dense } from '../../src/nn/layers/dense.js';
import { crossEntropy } from '../../src/nn/losses/cross-entropy.js';
import { meanSquaredError } from '../../src/nn/losses/mean-squared-error.js';
import { type Network, network } from '../../src/nn/network.js';
import { adam } from '../../src/nn/optimizers/adam.js';
import { chain } from '../../src/nn/optimizers/chain.js';
import { sgd } from '../../src/nn/optimizers/sgd.js';
import { batches } from '../../src/train/batches.js';
import { clipNorm } from '../../src/train/clip-norm.js';
import { epochs } from '../../src/train/epochs.js';
import { evaluate } from '../../src/train/evaluate.js';
import { forward } from '../../src/train/forward.js';
import { gradients } from '../../src/train/gradients.js';
import { loss } from '../../src/train/loss.js';
import { predict } from '../../src/train/predict.js';
import { type TrainOptions, train } from '../../src/train/train.js';
import { update } from '../../src/train/update.js';
import { clouds, counted } from './datasets.js';
import { referenceDevice } from './reference-device.js';

const net = (inputs = 2, outputs = 3) => network([dense(outputs)], { inputs, device: referenceDevice() });
const training = (wrong: object = {}): TrainOptions => ({
  net: net(),
  data: clouds(6, 1),
  loss: crossEntropy(),
  optimizer: adam(),
  epochs: 2,
  ...wrong,
});
const table = tableFromRows(
  [
    { a: 1, y: 'p' },
    { a: 2, y: 'q' },
  ],
  { target: 'y' },
);
const end = (stream: Observable<unknown>) => lastValueFrom(stream);

describe('train refuses', () => {
  it.each<[string, object, string]>([
    [
      'a table',
      { data: table },
      'train: expected `data` to be a dataset, got a table; take table.split({ validation: 0.2 }).train of it, or table.all()',
    ],
    [
      'both sides of a split',
      { validation: table.split({ validation: 0.5, stratify: false }) },
      'train: expected `validation` to be a dataset, got both sides of a split; take its `train` or its `validation`',
    ],
    [
      'rows as they are',
      { data: [[1, 2]] },
      'train: expected `data` to be a dataset such as fromArrays({ x, y }) makes, got an array',
    ],
    [
      'no data',
      { data: undefined },
      'train: expected `data` to be a dataset such as fromArrays({ x, y }) makes, got undefined',
    ],
    [
      'no network',
      { net: undefined },
      'train: expected `net` to be a network, made by a call such as network([dense(10)], { inputs: 64 }), got undefined',
    ],
    [
      'an optimizer that is not called',
      { optimizer: adam },
      'train: expected `optimizer` to be an optimizer, made by a call such as adam(), got the function adam',
    ],
    [
      'the name of an optimizer',
      { optimizer: 'adam' },
      'train: expected `optimizer` to be an optimizer, made by a call such as adam(), got "adam"',
    ],
    [
      'the name of a loss',
      { loss: 'crossEntropy' },
      'train: expected `loss` to be a loss, made by a call such as crossEntropy(), got "crossEntropy"',
    ],
    [
      'a loss that is not called',
      { loss: crossEntropy },
      'train: expected `loss` to be a loss, made by a call such as crossEntropy(), got the function crossEntropy',
    ],
  ])('%s', (_, wrong, message) => {
    expect(() => train(training(wrong))).toThrow(new InputError(message));
  });

  it('options that are unknown, or none', () => {
    expect(() => train(training({ metric: ['accuracy'] }))).toThrow(
      'train: no option "metric" (did you mean "metrics"?); there are net, data, ',
    );
    expect(() => train(undefined as never)).toThrow(
      new InputError('train: expected options such as { net: … }, got undefined (undefined)'),
    );
  });
});

describe('the stages refuse', () => {
  const whole = () => batches(clouds(6, 1), { size: 'full' });

  it('what is not what they take, when they are made', () => {
    expect(() => forward(undefined as never)).toThrow('forward: expected `net` to be a network');
    expect(() => loss('crossEntropy' as never)).toThrow('loss: expected `loss` to be a loss');
    expect(() => update(adam as never)).toThrow('update: expected `optimizer` to be an optimizer');
    expect(() => chain(adam as never)).toThrow('chain: expected part 1 to be an optimizer');
    expect(() => epochs(undefined as never)).toThrow('epochs: expected options such as { net: … }, got undefined');
    expect(() => epochs({} as never)).toThrow('epochs: expected `net` to be a network');
    expect(() => epochs({ net: net(), validation: table as never })).toThrow('epochs: expected `validation` to be');
  });

  it.each<[string, () => Observable<unknown>, string]>([
    [
      'loss() before forward()',
      () => whole().pipe(loss(crossEntropy()) as never),
      'loss() needs a prediction, which forward() adds to a batch: put forward() before it',
    ],
    [
      'gradients() before loss()',
      () => whole().pipe(forward(net()), gradients() as never),
      'gradients() needs a loss, which loss() adds to a batch: put loss() before it',
    ],
    [
      'clipNorm() before gradients()',
      () => whole().pipe(forward(net()), clipNorm(1) as never),
      'clipNorm() needs the gradients, which gradients() adds to a batch: put gradients() before it',
    ],
    [
      'update() before gradients()',
      () => whole().pipe(forward(net()), loss(crossEntropy()), update(sgd()) as never),
      'update() needs the gradients, which gradients() adds to a batch: put gradients() before it',
    ],
    [
      'epochs() before loss()',
      () => whole().pipe(epochs({ net: net() }) as never),
      'epochs() needs a loss, which loss() adds to a batch: put loss() before it',
    ],
    [
      'clipNorm() after update()',
      () => whole().pipe(forward(net()), loss(crossEntropy()), gradients(), update(sgd()), clipNorm(1)),
      'clipNorm() comes after update(), which has used the gradients already: put it before update()',
    ],
    [
      'another clipNorm() after update()',
      () => whole().pipe(forward(net()), loss(crossEntropy()), gradients(), clipNorm(2), update(sgd()), clipNorm(1)),
      'clipNorm() comes after update(), which has used the gradients already: put it before update()',
    ],
  ])('%s', async (_, run, message) => {
    await expect(end(run())).rejects.toThrow(new InputError(message));
  });

  it('no clipNorm() of gradients that are computed after an update()', async () => {
    const [a, b] = [net(), net()];
    const first = whole().pipe(forward(a), loss(crossEntropy()), gradients(), update(sgd()));
    const both = first.pipe(forward(b), loss(crossEntropy()), gradients(), clipNorm(1), update(sgd()));
    await expect(end(both)).resolves.toBeDefined();
  });
});

describe('evaluate and predict refuse', () => {
  it('what is not what they take', async () => {
    await expect(evaluate(net(), clouds(3, 1), undefined as never)).rejects.toThrow(
      new InputError('evaluate: expected `loss` to be a loss, made by a call such as crossEntropy(), got undefined'),
    );
    await expect(evaluate(net(), table as never, { loss: crossEntropy() })).rejects.toThrow(
      'evaluate: expected `dataset` to be a dataset, got a table',
    );
    await expect(predict(undefined as never, [[1]])).rejects.toThrow('predict: expected `net` to be a network');
    await expect(predict(net(), [[1, 2]], { loss: 'crossEntropy' as never })).rejects.toThrow(
      'predict: expected `loss` to be a loss',
    );
  });

  it.each<[unknown, string]>([
    [
      [1, 2, 3, 4],
      'expected `x` to be rows of 2 numbers such as [[0.5, 0.5]], or all of them in one Float32Array, got 1 as row 1',
    ],
    [
      Float64Array.of(1, 2),
      'expected `x` to be rows of 2 numbers such as [[0.5, 0.5]], or all of them in one Float32Array, got a Float64Array',
    ],
    [
      undefined,
      'expected `x` to be rows of 2 numbers such as [[0.5, 0.5]], or all of them in one Float32Array, got undefined',
    ],
    [
      [[1, 2], null],
      'expected `x` to be rows of 2 numbers such as [[0.5, 0.5]], or all of them in one Float32Array, got null as row 2',
    ],
    [[[1]], 'expected rows of 2 numbers, as the network has inputs, got 1 in row 1'],
  ])('as x %j', async (x, message) => {
    await expect(predict(net(), x as never)).rejects.toThrow(new InputError(message));
  });

  it('no rows that are typed arrays', async () => {
    const own = net();
    const rows = [Float32Array.of(1, 2), Float32Array.of(3, 4)];
    expect(await predict(own, rows as never)).toEqual(
      await predict(own, [
        [1, 2],
        [3, 4],
      ]),
    );
  });
});

describe('a network that is being trained', () => {
  const busy = new InputError(
    'train: the network is being trained already, by another subscription; wait for its end, or train another network',
  );
  const options = (own: Network, more: Partial<TrainOptions> = {}) =>
    train({ net: own, data: counted(4), loss: meanSquaredError(), optimizer: sgd(), epochs: 3, ...more });

  it('is refused to a second training, which leaves the first one alone', async () => {
    const [alone, shared] = [net(1, 1), net(1, 1)];
    await end(options(alone));
    const first = end(options(shared).pipe(toArray()));
    await expect(end(options(shared))).rejects.toThrow(busy);
    expect(await first).toHaveLength(3);
    expect(await shared.read()).toEqual(await alone.read());
  });

  it('is refused to the same training at the same time', async () => {
    const own = options(net(1, 1));
    await expect(end(merge(own, own))).rejects.toThrow(busy);
  });

  it('can be trained again after it has completed, failed or been left, and in a handler of the end', async () => {
    const own = net(1, 1);
    const again = options(own);
    expect(await end(concat(again, again.pipe(repeat(2))).pipe(toArray()))).toHaveLength(9);
    expect(await firstValueFrom(again)).toMatchObject({ epoch: 1 });
    const failing = options(own, {
      metrics: [
        {
          name: 'mine',
          direction: 'minimize',
          compute: () => {
            throw new Error('oh');
          },
        },
      ],
      validation: counted(2),
    });
    await expect(end(failing)).rejects.toThrow('oh');
    await end(again);
    const inHandler = (first: Observable<unknown>) =>
      new Promise((resolve, reject) => {
        const next = () => end(again).then(resolve, reject);
        first.subscribe({ complete: next, error: next });
      });
    await inHandler(again);
    await inHandler(failing);
    await inHandler(again.pipe(take(1)));
  });

  it("can go through stages of one's own at the same time", async () => {
    const own = net(1, 1);
    const first = end(options(own));
    const stages = batches(counted(4), { size: 2 }).pipe(forward(own), loss(meanSquaredError()));
    await expect(end(stages)).resolves.toBeDefined();
    await first;
  });
});
