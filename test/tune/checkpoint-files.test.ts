import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { lastValueFrom, map, type Observable, take, toArray } from 'rxjs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { dense } from '../../src/nn/layers/dense.js';
import { crossEntropy } from '../../src/nn/losses/cross-entropy.js';
import { network } from '../../src/nn/network.js';
import { adam } from '../../src/nn/optimizers/adam.js';
import type { Report } from '../../src/train/report.js';
import { type TrainOptions, train } from '../../src/train/train.js';
import type { TrainingState } from '../../src/train/training-state.js';
import { decodeState, encodeState } from '../../src/tune/checkpoint-bytes.js';
import {
  checkpointFiles,
  fileCheckpoint,
  foldCheckpoints,
  latestCheckpoint,
  removeCheckpoints,
} from '../../src/tune/checkpoint-files.js';
import { crossValidate } from '../../src/tune/cross-validation.js';
import { clouds } from '../train/datasets.js';
import { referenceDevice } from '../train/reference-device.js';

let folder = '';
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'rxnn-checkpoints-')), 'of a study');
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

const training = (more: Partial<TrainOptions> = {}, units = 4): TrainOptions => ({
  net: network([dense(units, { activation: 'tanh' }), dense(3)], { inputs: 2, seed: 1, device: referenceDevice() }),
  data: clouds(20, 1),
  loss: crossEntropy(),
  optimizer: adam({ learningRate: 0.01 }),
  batchSize: 8,
  epochs: 5,
  ...more,
});
const all = (reports: Observable<Report>) => lastValueFrom(reports.pipe(toArray()), { defaultValue: [] });
const losses = (reports: readonly Report[]) => reports.map(({ epoch, step, metrics }) => [epoch, step, metrics]);
const every = { epochs: 1 };
const names = () => (existsSync(folder) ? readdirSync(folder).sort() : []);
const files = (more: { readonly upTo?: number; readonly trial?: number } = {}) =>
  checkpointFiles({ folder, trial: 3, every, ...more });

describe('the file of a state', () => {
  const states: TrainingState[] = [];
  const save = (state: TrainingState) => void states.push(state) as undefined;

  test('has all of it, to the bit', async () => {
    await all(train(training({ checkpoint: { save, every } })));
    const state = states.at(-1)!;
    state.parameters['1.dense.biases']?.set([Number.NaN, -0, Number.NEGATIVE_INFINITY]);
    expect(decodeState(encodeState(state))).toEqual(state);
  });

  test('is not taken for one when any of its bytes is another, or any of its end is missing', () => {
    const bytes = encodeState(states[0]!);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const damaged = bytes.slice();
        damaged[at]! ^= change;
        return decodeState(damaged) === undefined && decodeState(bytes.slice(0, at)) === undefined;
      }),
    );
    expect(decodeState(new Uint8Array(0))).toBeUndefined();
  });

  test('is not read in another format', () => {
    expect(decodeState(encodeState({ ...states[0]!, format: 2 }))).toBeUndefined();
  });
});

describe('checkpointFiles', () => {
  test('keeps the last three states of a trial, each whole, and says on the report where', async () => {
    const reports = await all(train(training({ checkpoint: files() })));
    expect(names()).toEqual([3, 4, 5].map(epoch => `trial-3-epoch-${epoch}.ckpt`));
    expect(reports.map(({ checkpoint }) => checkpoint)).toEqual(
      [1, 2, 3, 4, 5].map(epoch => join(folder, `trial-3-epoch-${epoch}.ckpt`)),
    );
    expect(decodeState(readFileSync(reports.at(-1)!.checkpoint!))?.epoch).toBe(5);
  });

  test('goes on from the newest state up to an epoch, to the bit, and removes the later ones', async () => {
    const unbroken = await all(train(training()));
    await all(train(training({ checkpoint: files() })).pipe(take(4)));
    const rest = await all(train(training({ checkpoint: files({ upTo: 3 }) })).pipe(take(1)));
    expect(losses(rest)).toEqual(losses(unbroken).slice(3, 4));
    expect(names()).toEqual([2, 3, 4].map(epoch => `trial-3-epoch-${epoch}.ckpt`));
    const again = await all(train(training({ checkpoint: files() })));
    expect(losses(again)).toEqual(losses(unbroken).slice(4));
  });

  test('begins anew, and leaves nothing of before, when no epoch is recorded', async () => {
    await all(train(training({ checkpoint: files() })));
    writeFileSync(join(folder, 'trial-3-epoch-6.ckpt.tmp'), 'torn');
    const [first] = await all(train(training({ checkpoint: files({ upTo: 0 }) })).pipe(take(1)));
    expect(first!.epoch).toBe(1);
    expect(names()).toEqual(['trial-3-epoch-1.ckpt']);
  });

  test('passes over what is damaged, and what belongs to another training', async () => {
    await all(train(training({ checkpoint: files() })));
    writeFileSync(join(folder, 'trial-3-epoch-5.ckpt'), 'not a state');
    const [first] = await all(train(training({ checkpoint: files() })));
    expect(first!.epoch).toBe(5);
    mkdirSync(join(folder, 'trial-3-epoch-9.ckpt'));
    expect(latestCheckpoint({ folder, trial: 3 }, 100)?.epoch).toBe(5);
    const [other] = await all(train(training({ checkpoint: files() }, 5)).pipe(take(1)));
    expect(other!.epoch).toBe(1);
  });

  test('keeps the trials apart, and removes all of one on request', async () => {
    for (const trial of [1, 11]) await all(train(training({ epochs: 1, checkpoint: files({ trial }) })));
    writeFileSync(join(folder, 'trial-1-fold-0-epoch-1.ckpt'), '');
    writeFileSync(join(folder, 'trial-1-epoch-2.ckpt.tmp'), '');
    writeFileSync(join(folder, 'notes.txt'), '');
    removeCheckpoints(folder, 1);
    expect(names()).toEqual(['notes.txt', 'trial-11-epoch-1.ckpt']);
    removeCheckpoints(join(folder, 'nowhere'), 1);
    expect(latestCheckpoint({ folder: join(folder, 'nowhere'), trial: 1 }, 5)).toBeUndefined();
  });

  test('goes on without where a state cannot be stored, and says so once', async () => {
    writeFileSync(folder, 'a file, where the folder should be');
    const notes: string[] = [];
    const stored = checkpointFiles({ folder, trial: 3, every, note: sentence => notes.push(sentence) });
    const reports = await all(train(training({ checkpoint: stored })));
    expect(losses(reports)).toEqual(losses(await all(train(training()))));
    expect(reports.every(report => !('checkpoint' in report))).toBe(true);
    expect(notes).toEqual([
      `The state of trial 3 cannot be stored in ${folder} (it is not a directory): trials go on without.`,
    ]);
  });

  test.runIf(existsSync('/dev/full'))(
    'goes on without on a full disk, and stores again when there is room',
    async () => {
      const notes: string[] = [];
      mkdirSync(folder);
      const stored = checkpointFiles({ folder, trial: 3, every, note: sentence => notes.push(sentence) });
      // The file that the second state is written to has no room.
      const full = () => symlinkSync('/dev/full', join(folder, 'trial-3-epoch-2.ckpt.tmp'));
      const reports$ = train(training({ epochs: 3, checkpoint: stored })).pipe(
        map(report => {
          if (report.epoch === 1) full();
          return report;
        }),
      );
      const reports = await all(reports$);
      expect(reports.map(report => 'checkpoint' in report)).toEqual([true, false, true]);
      expect(names()).toEqual(['trial-3-epoch-1.ckpt', 'trial-3-epoch-3.ckpt']);
      expect(notes).toEqual([
        `The state of trial 3 cannot be stored in ${folder} (the disk is full): trials go on without.`,
      ]);
    },
  );
});

describe('fileCheckpoint', () => {
  test('is what the context of a trial says, and nothing when it says nothing', async () => {
    expect(fileCheckpoint(undefined)).toBeUndefined();
    await all(train(training({ checkpoint: fileCheckpoint({ folder, trial: 0, seconds: 0, upTo: 0 }) })));
    expect(names()).toEqual([3, 4, 5].map(epoch => `trial-0-epoch-${epoch}.ckpt`));
  });
});

describe('foldCheckpoints', () => {
  const validation = (upTo: number, seconds = 0, options: Partial<TrainOptions> = {}) => {
    const stored = foldCheckpoints({ folder, trial: 2, seconds, upTo }, 3);
    return crossValidate(
      stored.map((checkpoint, fold) => train(training({ ...options, data: clouds(20 + fold, fold), checkpoint }))),
    );
  };

  test('stores all folds at the same epochs, and the joint report says where', async () => {
    let now = 0;
    // Every look at the clock is half a second later, so each fold alone would store at epochs of its own.
    const clock = () => (now += 500);
    const reports = await all(validation(0, 10, { clock }));
    const stored = reports.flatMap(({ checkpoint }) => checkpoint ?? []);
    expect(stored.length).toBeGreaterThan(0);
    expect(stored.length).toBeLessThan(5);
    expect(stored.at(-1)).toMatch(/trial-2-fold-\*-epoch-\d+\.ckpt$/);
    const epochs = [0, 1, 2].map(fold => {
      const prefix = `trial-2-fold-${fold}-epoch-`;
      return names().flatMap(name => (name.startsWith(prefix) ? name.slice(prefix.length) : []));
    });
    expect(epochs[1]).toEqual(epochs[0]);
    expect(epochs[2]).toEqual(epochs[0]);
  });

  test('goes on from the last epoch that all folds have, to the bit', async () => {
    const unbroken = await all(validation(0));
    expect(names()).toHaveLength(9);
    rmSync(join(folder, 'trial-2-fold-1-epoch-5.ckpt'));
    const rest = await all(validation(5));
    expect(losses(rest)).toEqual(losses(unbroken).slice(4));
    for (const epoch of [3, 4]) writeFileSync(join(folder, `trial-2-fold-0-epoch-${epoch}.ckpt`), 'damaged');
    rmSync(join(folder, 'trial-2-fold-2-epoch-5.ckpt'));
    expect(losses(await all(validation(5)))).toEqual(losses(unbroken));
  });

  test('is nothing for each fold when the trial is not stored', () => {
    expect(foldCheckpoints(undefined, 2)).toEqual([undefined, undefined]);
  });
});
