import fc from 'fast-check';
import { lastValueFrom, type Observable, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/errors.js';
import type { Device } from '../../src/kernels/device.js';
import { dense } from '../../src/nn/layers/dense.js';
import { dropout } from '../../src/nn/layers/dropout.js';
import { crossEntropy } from '../../src/nn/losses/cross-entropy.js';
import { network } from '../../src/nn/network.js';
import { adam } from '../../src/nn/optimizers/adam.js';
import { type OptimizerName, optimizersByName } from '../../src/nn/optimizers/by-name.js';
import { sgd } from '../../src/nn/optimizers/sgd.js';
import { batches } from '../../src/train/batches.js';
import { dueAfter } from '../../src/train/checkpointing.js';
import type { Report } from '../../src/train/report.js';
import { type TrainOptions, train } from '../../src/train/train.js';
import type { TrainingState } from '../../src/train/training-state.js';
import { CPU_DEVICES, openCpuDevice } from '../kernels/cpu-devices.js';
import { clouds } from './datasets.js';
import { referenceDevice } from './reference-device.js';

const all = (reports: Observable<Report>) => lastValueFrom(reports.pipe(toArray()), { defaultValue: [] });

/** All of a report but its time and its model. */
const numbers = (reports: readonly Report[]) =>
  reports.map(({ seconds: _, model: _model, checkpoint: _checkpoint, ...rest }) => rest);

const EPOCHS = 5;
type Part = Partial<TrainOptions>;
type Options = Part & { readonly device?: Device; readonly width?: number };
/** 37 rows by 8: the last batch of an epoch has 5. */
const training = ({ device = referenceDevice(), width = 6, ...more }: Options = {}): TrainOptions => ({
  net: network([dense(width, { activation: 'tanh' }), dropout(0.2), dense(3)], { inputs: 2, seed: 1, device }),
  data: clouds(37, 1),
  validation: clouds(20, 2),
  loss: crossEntropy(),
  optimizer: adam({ learningRate: 0.01 }),
  metrics: ['accuracy'],
  batchSize: 8,
  epochs: EPOCHS,
  seed: 5,
  ...more,
});

/** The reports of a whole training with its states after every epoch, which are plain: they have been through a copy. */
async function stored(options: TrainOptions) {
  const states: TrainingState[] = [];
  const save = (state: TrainingState) => `state ${states.push(structuredClone(state))}`;
  const reports = await all(train({ ...options, checkpoint: { save, every: { epochs: 1 } } }));
  return { reports, states, weights: await options.net.read() };
}

/** What goes on from the state after each of the epochs has to be what came after it. */
async function expectToGoOn(make: () => TrainOptions, after: readonly number[]) {
  const unbroken = await all(train(make()));
  const { reports, states, weights } = await stored(make());
  expect(numbers(reports)).toEqual(numbers(unbroken));
  for (const k of after) {
    const again = make();
    const rest = await all(train({ ...again, checkpoint: { from: states[k - 1] } }));
    expect(numbers(rest)).toEqual(numbers(unbroken).slice(k));
    expect(await again.net.read()).toEqual(weights);
  }
}

const schedule = { oneCycle: { peak: 0.02, steps: 5 * EPOCHS } };
const optimizers = Object.keys(optimizersByName) as OptimizerName[];

describe('a training that goes on from a stored state', () => {
  it.each(optimizers)('reports what it would have, to the bit, with %s', async name => {
    const optimizer = () => optimizersByName[name]({ learningRate: schedule, weightDecay: 1e-3 } as never);
    await expectToGoOn(() => training({ optimizer: optimizer() }), [1, 3, EPOCHS]);
  });

  it.each(CPU_DEVICES)('does so on %s', async name => {
    const device = openCpuDevice(name);
    await expectToGoOn(() => training({ device, clipNorm: 0.5 }), [2]);
    device.close();
  });

  it('does so where reading takes time', async () => {
    await expectToGoOn(() => training({ device: referenceDevice({ synchronous: false }) }), [2]);
  });

  it('carries over for how many looks a layer has been unwell', async () => {
    // Every look finds the gradients too large, and only the seventh in a row is told: in the third epoch.
    const health = { every: 2, exploding: 1e-9, steps: 7 };
    const { reports } = await stored(training({ health }));
    expect(reports.map(report => (report.health ?? []).length > 0)).toEqual([false, false, true, false, false]);
    await expectToGoOn(() => training({ health }), [1, 2, 3]);
  });

  it('holds for any small net, batch size, seed and epoch', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          width: fc.integer({ min: 1, max: 9 }),
          batchSize: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constant('full' as const)),
          seed: fc.integer({ min: 0, max: 99 }),
          shuffle: fc.boolean(),
          health: fc.boolean(),
        }),
        fc.integer({ min: 1, max: EPOCHS }),
        async (options, k) => expectToGoOn(() => training(options), [k]),
      ),
      { numRuns: 8 },
    );
  });

  it('goes on counting steps, samples and seconds, and is at its end when no epoch is left', async () => {
    let now = 0;
    const clock = () => (now += 1000);
    const { states, reports } = await stored(training({ clock }));
    const rest = await all(train({ ...training({ clock }), checkpoint: { from: () => states[2] } }));
    expect(rest.map(({ epoch, step, samples }) => [epoch, step, samples])).toEqual([
      [4, 20, 148],
      [5, 25, 185],
    ]);
    expect(rest[0]!.seconds).toBeGreaterThan(reports[2]!.seconds);
    expect(await all(train({ ...training(), checkpoint: { from: states[4] } }))).toEqual([]);
  });

  it('may have more epochs than the one that was stored', async () => {
    const { states } = await stored(training());
    const longer = await all(train(training({ epochs: 7 })));
    const rest = await all(train({ ...training({ epochs: 7 }), checkpoint: { from: states[4] } }));
    expect(numbers(rest)).toEqual(numbers(longer).slice(EPOCHS));
  });

  it.each<[string, Options, string]>([
    [
      'network',
      { width: 7 },
      'belongs to another network: it has the parameter 0.dense.weights [2, 6] where this one has 0.dense.weights [2, 7]',
    ],
    ['optimizer', { optimizer: sgd() }, 'belongs to another optimizer: adam [[2, 6], [1, 6], [6, 3], [1, 3], '],
    ['batch size', { batchSize: 9 }, "belongs to other batches: its batch size was 8, and this one's is 9"],
    ['seed', { seed: 6 }, "belongs to other batches: its seed was 5, and this one's is 6"],
    ['data', { data: clouds(36, 1) }, "belongs to other batches: its number of rows was 37, and this one's is 36"],
    ['order', { shuffle: false }, "belongs to other batches: its `shuffle` was true, and this one's is false"],
  ])('refuses the state of another %s', async (_, more, sentence) => {
    const { states } = await stored(training());
    const other = training(more);
    expect(() => train({ ...other, checkpoint: { from: states[0] } })).toThrow(InputError);
    expect(() => train({ ...other, checkpoint: { from: states[0] } })).toThrow(`the state to go on from ${sentence}`);
    await expect(all(train({ ...other, checkpoint: { from: () => states[0] } }))).rejects.toThrow(sentence);
  });

  it('refuses a state that lacks numbers, or is of another format', async () => {
    const { states } = await stored(training());
    const from = (state: object) => () => train({ ...training(), checkpoint: { from: state as TrainingState } });
    expect(from({ ...states[0], optimizer: [] })).toThrow('is not whole');
    expect(from({ ...states[0], parameters: {} })).toThrow('is not whole');
    expect(from({ ...states[0], format: 2 })).toThrow('has the format 2, and this version reads 1');
  });
});

describe('storing a state', () => {
  it('happens before the report of its epoch, which says where, and leaves all else as it is', async () => {
    const seen: string[] = [];
    const save = ({ epoch }: TrainingState) => {
      seen.push(`save ${epoch}`);
      return `place ${epoch}`;
    };
    const options = training({ epochs: 2, checkpoint: { save, every: { seconds: 0 } } });
    const reports: Report[] = [];
    await new Promise<void>((resolve, reject) => {
      train(options).subscribe({
        next: report => {
          reports.push(report);
          seen.push(`report ${report.epoch}`);
        },
        error: reject,
        complete: resolve,
      });
    });
    expect(seen).toEqual(['save 1', 'report 1', 'save 2', 'report 2']);
    expect(reports.map(({ checkpoint }) => checkpoint)).toEqual(['place 1', 'place 2']);
    expect(numbers(reports)).toEqual(numbers(await all(train(training({ epochs: 2 })))));
  });

  it('may take time: the training waits, and an error of it is the error of the training', async () => {
    let storing = 0;
    const save = async ({ epoch }: TrainingState) => {
      expect(++storing).toBe(1);
      await new Promise(resolve => setTimeout(resolve, 5));
      storing--;
      return epoch === 1 ? undefined : `place ${epoch}`;
    };
    const reports = await all(train(training({ epochs: 2, checkpoint: { save, every: { epochs: 1 } } })));
    expect(reports.map(report => ('checkpoint' in report ? report.checkpoint : 'none'))).toEqual(['none', 'place 2']);
    const failing = { save: () => Promise.reject(new Error('no room')), every: { epochs: 1 } };
    await expect(all(train(training({ checkpoint: failing })))).rejects.toThrow('no room');
  });

  it('is of the weights of the epoch, which the training does not alter afterwards', async () => {
    const { reports, states } = await stored(training());
    expect(reports.map(({ checkpoint }) => checkpoint)).toEqual(states.map((_, i) => `state ${i + 1}`));
    const kept: TrainingState[] = [];
    const save = (state: TrainingState) => void kept.push(state) as undefined;
    await all(train(training({ checkpoint: { save, every: { epochs: 2 } } })));
    const plain = ({ seconds: _, ...rest }: TrainingState) => rest;
    expect(kept.map(plain)).toEqual([plain(states[1]!), plain(states[3]!)]);
  });

  it('frees all that was open when the training is left while it waits', async () => {
    const device = referenceDevice();
    const options = training({ device, checkpoint: { save: () => new Promise(() => {}), every: { epochs: 1 } } });
    options.net.tensors();
    const before = device.usage().tensors;
    const subscription = train(options).subscribe();
    await new Promise(resolve => setTimeout(resolve, 50));
    expect(device.usage().tensors).toBeGreaterThan(before);
    subscription.unsubscribe();
    expect(device.usage().tensors).toBe(before);
  });

  it('does not happen any more when the training is left while its state is read', async () => {
    const saved: number[] = [];
    const save = ({ epoch }: TrainingState) => void saved.push(epoch) as undefined;
    let reads = 0;
    const lastRead = async (leaveAt: number) => {
      reads = 0;
      let leave = () => {};
      const before = (call: string) => {
        if (call === 'read' && ++reads === leaveAt) queueMicrotask(() => leave());
      };
      const options = { device: referenceDevice({ synchronous: false, before }), health: false, epochs: 1 };
      const reports$ = train(training({ ...options, checkpoint: { save, every: { epochs: 1 } } }));
      await new Promise<void>((resolve, reject) => {
        const subscription = reports$.subscribe({ error: reject, complete: resolve });
        leave = () => {
          subscription.unsubscribe();
          setTimeout(resolve, 50);
        };
      });
      return reads;
    };
    // The last thing that is read is the state.
    const all = await lastRead(Number.POSITIVE_INFINITY);
    expect(saved).toEqual([1]);
    expect(await lastRead(all)).toBe(all);
    expect(saved).toEqual([1]);
  });

  it('refuses intervals that are none', () => {
    expect(() => train(training({ checkpoint: { every: { epochs: 0 } } }))).toThrow('checkpoint.every.epochs');
    expect(() => train(training({ checkpoint: { every: { seconds: -1 } } }))).toThrow('checkpoint.every.seconds');
  });
});

describe('dueAfter', () => {
  it('says every ten seconds of training unless told otherwise', () => {
    const due = dueAfter();
    expect([4, 9.9, 10, 12, 19.9, 20, 31].map((seconds, i) => due(i + 1, seconds, 0))).toEqual([
      ...[false, false, true, false, false, true, true],
    ]);
  });

  it('counts epochs, seconds or whichever comes first, from the state that was gone on from', () => {
    const due = dueAfter({ epochs: 3 }, { epoch: 4, seconds: 100 });
    expect([5, 6, 7, 8, 9, 10].map(epoch => due(epoch, 1e6 * epoch, 0))).toEqual([
      ...[false, false, true, false, false, true],
    ]);
    const both = dueAfter({ epochs: 3, seconds: 1 });
    expect([0.5, 1, 1.2, 1.4, 1.6].map((seconds, i) => both(i + 1, seconds, 0))).toEqual([
      ...[false, true, false, false, true],
    ]);
  });

  it('waits twenty times as long as storing took, if that is more', () => {
    const due = dueAfter({ seconds: 1 });
    expect([1, 3, 40, 41].map((seconds, i) => due(i + 1, seconds, i === 0 ? 0 : 2))).toEqual([
      ...[true, false, false, true],
    ]);
    expect(dueAfter({ seconds: 0 })(1, 0.1, 9)).toBe(true);
  });
});

describe('batches after an epoch', () => {
  it('are those that come after it', async () => {
    const options = { size: 8, epochs: 4, seed: 3 };
    const read = async (after: number) => {
      const seen: unknown[] = [];
      await lastValueFrom(batches(clouds(37, 1), { ...options, after }).pipe(toArray())).then(found => {
        for (const { epoch, index, step, x, y } of found) seen.push({ epoch, index, step, x, y });
      });
      return seen;
    };
    const whole = await read(0);
    expect(await read(3)).toEqual(whole.slice(15));
    expect(() => batches(clouds(37, 1), { ...options, after: -1 })).toThrow('`after`');
  });
});

describe('reports within an epoch', () => {
  it('come every so many steps but the last, with the mean loss so far, and leave those of the epochs as they are', async () => {
    const reports = await all(train(training({ epochs: 2, reportEvery: { steps: 2 } })));
    const within = reports.filter(report => report.within === 'epoch');
    expect(within.map(({ epoch, step, samples }) => [epoch, step, samples])).toEqual([
      [0, 2, 16],
      [0, 4, 32],
      [1, 7, 53],
      [1, 9, 69],
    ]);
    expect(within.every(({ metrics, model }) => Object.keys(metrics).join() === 'loss' && model !== undefined)).toBe(
      true,
    );
    const plain = reports.filter(report => report.within === undefined);
    expect(numbers(plain)).toEqual(numbers(await all(train(training({ epochs: 2 })))));
  });

  it('have the mean over the rows, as an epoch that ends there', async () => {
    // Without shuffling, an epoch over the first 16 rows is the beginning of one over all.
    const { data } = training();
    const first = { ...data, rows: 16, x: data.x.subarray(0, 32), y: data.y.subarray(0, 16 * data.targets) };
    const [short] = await all(train(training({ data: first, shuffle: false, epochs: 1 })));
    const [begun] = await all(train(training({ shuffle: false, reportEvery: { steps: 2 } })));
    expect(begun!.metrics.loss).toBe(short!.metrics.loss);
  });

  it('say nothing where the only step due is the last one', async () => {
    const reports = await all(train(training({ epochs: 2, reportEvery: { steps: 5 } })));
    expect(reports.map(({ within }) => within)).toEqual([undefined, undefined]);
    expect(() => train(training({ reportEvery: { steps: 0 } }))).toThrow('reportEvery.steps');
  });

  it('come before what the state is gone on from no more than the others', async () => {
    const make = () => training({ reportEvery: { steps: 2 }, device: referenceDevice({ synchronous: false }) });
    const { reports, states } = await stored(make());
    const rest = await all(train({ ...make(), checkpoint: { from: states[1] } }));
    expect(numbers(rest)).toEqual(numbers(reports).slice(6));
  });
});
