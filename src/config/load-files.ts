import type { Search, SearchOverrides } from './search-file.js';
import type { Training, TrainingOverrides } from './training-file.js';

// The doors of the library to files: what reads and checks them is loaded with the first one, since programs and worker threads that
// state everything in code need none of it.

/**
 * Reads a search file with its data and modules, checks all of it, every option of every choice too, and opens the device, and on a CPU
 * the worker threads that trials run in, which load meanwhile. Modules of activations are loaded here, to be checked, and in the workers;
 * those of rules here only. Every trial starts from the file's seed, so trials differ by their hyperparameters only.
 *
 * @throws InputError with file and path for what is wrong, DeviceError for a device that cannot run; nothing stays open then.
 */
export async function loadSearchFile(file: string, overrides: SearchOverrides = {}): Promise<Search> {
  const { loadSearchFile: load } = await import('./search-file.js');
  return load(file, overrides);
}

/**
 * Reads a training file with its data and modules, checks all of it, and opens the device. Without `split` and `folds` every row is
 * trained on.
 *
 * @throws InputError with file and path for what is wrong, DeviceError for a device that cannot run; nothing stays open then.
 */
export async function loadTrainingFile(file: string, overrides: TrainingOverrides = {}): Promise<Training> {
  const { loadTrainingFile: load } = await import('./training-file.js');
  return load(file, overrides);
}
