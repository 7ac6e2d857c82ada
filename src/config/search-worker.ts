import type { DeviceName } from '../kernels/device.js';
import { openDevice } from '../kernels/open-device.js';
import type { CheckpointTask } from '../tune/checkpoint-task.js';
import { serveTrials } from '../tune/workers/serve-trials.js';
import { importModules } from './custom-modules.js';
import { findReferences } from './find-references.js';
import type { TrialData } from './open-data.js';
import { runTrial } from './open-training.js';
import type { TrainingFile } from './training-schema.js';

/** One trial for a worker. */
export interface SearchTask {
  readonly training: TrainingFile;
  readonly checkpoint: CheckpointTask | undefined;
}

/** What the workers of a search file are started with. */
export interface SearchWorkerData {
  /** The search file, to which paths are relative. */
  readonly file: string;
  readonly device: DeviceName;
}

/** A worker's trainings hear what is wanted of them between batches, and its event loop has little else to do, in ms. */
const SLICE_MS = 50;

// The entry file of workers that run the trials of a search file: each opens the device once, and imports the users' parts of a
// network when a trial has them. The rules stay with the tuner, as they compare trials.

serveTrials(({ file, device: name }: SearchWorkerData) => {
  const opening = openDevice(name);
  opening.catch(() => {});
  return async (task, [data]) => {
    const { training, checkpoint } = task as SearchTask;
    const ofNetwork = findReferences({ ...training, earlyStopping: [] }, path => path);
    const [device, custom] = await Promise.all([opening, importModules(file, ofNetwork)]);
    return () => runTrial(training, data as TrialData, { device, custom }, { checkpoint, sliceMs: SLICE_MS });
  };
});
