import * as fc from 'fast-check';
import { forkJoin, lastValueFrom, map, type Observable, tap, toArray } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Dataset } from '../../src/data/dataset.js';
import type { Device } from '../../src/kernels/device.js';
import { type SimdDevice, simdDevice } from '../../src/kernels/simd/simd-device.js';
import { dense } from '../../src/nn/layers/dense.js';
import { dropout } from '../../src/nn/layers/dropout.js';
import { crossEntropy } from '../../src/nn/losses/cross-entropy.js';
import { type Network, network } from '../../src/nn/network.js';
import { adam } from '../../src/nn/optimizers/adam.js';
import { sgd } from '../../src/nn/optimizers/sgd.js';
import { random } from '../../src/random.js';
import { batches } from '../../src/train/batches.js';
import { clipNorm } from '../../src/train/clip-norm.js';
import { epochs } from '../../src/train/epochs.js';
import { forward } from '../../src/train/forward.js';
import { gradientHealth } from '../../src/train/gradient-health.js';
import { gradients } from '../../src/train/gradients.js';
import { loss } from '../../src/train/loss.js';
import type { Report } from '../../src/train/report.js';
import { type TrainOptions, train } from '../../src/train/train.js';
import { update } from '../../src/train/update.js';
import { dataset } from './datasets.js';

const draw = random(5, 'rows');
const ROWS = 150;

function madeUp(features: number, rows = ROWS): Dataset {
  const x = Array.from({ length: rows }, () => Array.from({ length: features }, () => draw.normal()));
  return dataset(
    x,
    x.map(([first = 0]) => (first > 0.5 ? 2 : first > -0.5 ? 1 : 0)),
  );
}
/** The device keeps rows of four numbers or more; those that are no whole vectors, and whole ones. */
const NARROW = madeUp(5);
const WIDE = madeUp(60);

let device: SimdDevice;
/** Runs of programs and copies that go through the stages. */
let asked = 0;
beforeAll(() => {
  device = simdDevice({ threads: 1 });
  const { tensor } = device;
  Object.assign(device, {
    tensor: (...args: Parameters<Device['tensor']>) => {
      asked++;
      return tensor(...args);
    },
  });
});
afterAll(() => device.close());

const net = ({ features }: Dataset, withDropout = false, on: Device = device): Network =>
  network([dense(7, { activation: 'tanh' }), ...(withDropout ? [dropout(0.3)] : []), dense(3)], {
    inputs: features,
    seed: 3,
    device: on,
  });

/** The stages of `train` put together by hand: every batch goes through all of them. */
function byHand(options: TrainOptions): Observable<Report> {
  const { net, data, batchSize = 32, shuffle, clipNorm: max, health } = options;
  const computed = batches(data, { size: batchSize, epochs: options.epochs, seed: net.seed, shuffle }).pipe(
    forward(net),
    loss(options.loss),
    gradients(),
  );
  const steps = (max === undefined ? computed : computed.pipe(clipNorm(max))).pipe(update(options.optimizer));
  return (health === false ? steps : steps.pipe(gradientHealth())).pipe(epochs(options));
}

const told = (report$: Observable<Report>) =>
  lastValueFrom(
    report$.pipe(
      map(({ model: _, seconds: __, ...report }) => report),
      toArray(),
    ),
  );

async function outcome(
  run: (options: TrainOptions) => Observable<Report>,
  options: Omit<TrainOptions, 'net'>,
  own: Network,
) {
  try {
    const reports = await told(run({ ...options, net: own }));
    return { reports, weights: await own.read() };
  } finally {
    own.dispose();
  }
}

describe('steps that are taken without the stages', () => {
  it('are the same to the bit as those that go through them', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          batchSize: fc.integer({ min: 1, max: 40 }),
          epochs: fc.integer({ min: 1, max: 3 }),
          shuffle: fc.boolean(),
          weighted: fc.boolean(),
          wide: fc.boolean(),
          dropout: fc.boolean(),
          momentum: fc.constantFrom(undefined, 0, 0.9),
          clipNorm: fc.constantFrom(undefined, 0.1),
          health: fc.boolean(),
          reportEvery: fc.constantFrom(undefined, { steps: 3 }, { steps: 1 }),
        }),
        async ({ weighted, wide, dropout, momentum, ...drawn }) => {
          const plain = wide ? WIDE : NARROW;
          const data = weighted ? { ...plain, weights: Float32Array.from(plain.y, y => 1 + y / 3) } : plain;
          const optimizer =
            momentum === undefined ? adam({ learningRate: 0.01 }) : sgd({ learningRate: 0.1, momentum });
          const options = { ...drawn, data, validation: data, loss: crossEntropy(), optimizer };
          const [ahead, staged] = [
            await outcome(train, options, net(data, dropout)),
            await outcome(byHand, options, net(data, dropout)),
          ];
          expect(ahead).toEqual(staged);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('are most of those that nobody looks at', async () => {
    const options = { data: NARROW, loss: crossEntropy(), optimizer: adam(), batchSize: 2, epochs: 4, health: false };
    asked = 0;
    await outcome(byHand, options, net(NARROW));
    const staged = asked;
    asked = 0;
    await outcome(train, options, net(NARROW));
    expect(asked).toBeLessThan(staged / 10);
  });

  it('are those between two looks and in later epochs as well', async () => {
    const options = { data: NARROW, loss: crossEntropy(), optimizer: adam(), batchSize: 2, epochs: 6 };
    asked = 0;
    await outcome(byHand, options, net(NARROW));
    const staged = asked;
    asked = 0;
    await outcome(train, options, net(NARROW));
    expect(asked).toBeLessThan(staged / 6);
  });

  it('are not taken while another training on the device has made or freed something', async () => {
    const options = { data: WIDE, loss: crossEntropy(), optimizer: adam(), batchSize: 4, epochs: 3, sliceMs: 0 };
    const alone = await outcome(train, options, net(WIDE));
    const nets = [net(WIDE), net(WIDE), net(WIDE)];
    const together = await lastValueFrom(forkJoin(nets.map(own => told(train({ ...options, net: own })))));
    for (const [i, own] of nets.entries()) {
      expect({ reports: together[i], weights: await own.read() }).toEqual(alone);
      own.dispose();
    }
  });

  it('are the same with others on the device at the same time, whose rows it keeps as well', async () => {
    const training = fc.record({
      features: fc.integer({ min: 3, max: 70 }),
      rows: fc.integer({ min: 20, max: 400 }),
      batchSize: fc.integer({ min: 1, max: 40 }),
      epochs: fc.integer({ min: 1, max: 3 }),
      health: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(training, { minLength: 2, maxLength: 4 }), async drawn => {
        const options = drawn.map(({ features, rows, ...rest }) => {
          const data = madeUp(features, rows);
          return { ...rest, data, validation: data, loss: crossEntropy(), optimizer: adam(), sliceMs: 0 };
        });
        const nets = options.map(({ data }) => net(data));
        const together = await lastValueFrom(forkJoin(nets.map((own, i) => told(train({ ...options[i]!, net: own })))));
        for (const [i, own] of nets.entries()) {
          const alone = await outcome(byHand, options[i]!, net(options[i]!.data));
          expect({ reports: together[i], weights: await own.read() }).toEqual(alone);
          own.dispose();
        }
      }),
      { numRuns: 30 },
    );
  });

  it.each([undefined, { steps: 7 }])(
    'see data that is changed when a report is heard (reportEvery: %j)',
    async reportEvery => {
      const made = madeUp(8, 300);
      const outcomes = [];
      for (const run of [train, byHand]) {
        const data = { ...made, x: made.x.slice() };
        const own = net(data);
        const draw = random(9, 'changes');
        const options = {
          net: own,
          data,
          loss: crossEntropy(),
          optimizer: adam(),
          batchSize: 16,
          epochs: 4,
          reportEvery,
        };
        const change = () => {
          for (let i = 0; i < data.x.length; i++) data.x[i] = draw.normal();
        };
        outcomes.push({ reports: await told(run(options).pipe(tap(change))), weights: await own.read() });
        own.dispose();
      }
      expect(outcomes[0]).toEqual(outcomes[1]);
    },
  );

  it('have nothing kept for them where the rows stay in their order', async () => {
    const kept = vi.spyOn(device, 'keepRows');
    const options = { data: NARROW, loss: crossEntropy(), optimizer: adam(), batchSize: 2, epochs: 2 };
    await outcome(train, { ...options, shuffle: false }, net(NARROW));
    expect(kept).not.toHaveBeenCalled();
    await outcome(train, options, net(NARROW));
    expect(kept).toHaveBeenCalledTimes(1);
    kept.mockRestore();
  });

  it('are right also where the memory grows for the rows that the device keeps', async () => {
    const data = madeUp(8, 40_000);
    const options = { data, loss: crossEntropy(), optimizer: adam(), batchSize: 512, epochs: 1 };
    const outcomes = [];
    for (const run of [train, byHand]) {
      const fresh = simdDevice({ threads: 1 });
      outcomes.push(await outcome(run, options, net(data, false, fresh)));
      fresh.close();
    }
    expect(outcomes[0]).toEqual(outcomes[1]);
  });

  it('leave nothing open', () => {
    const { bytes: _, ...usage } = device.usage();
    expect(usage).toMatchObject({ tensors: 0, programs: 0 });
  });
});
