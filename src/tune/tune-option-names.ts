import type { OptionNames } from '../option-names.js';
import type { StudyOptions } from './create-study.js';
import type { TuneOptions } from './tune.js';

/** All options of `createStudy`. */
export const studyOptionNames: OptionNames<StudyOptions<unknown>> = {
  space: true,
  minimize: true,
  maximize: true,
  objectives: true,
  nan: true,
  sampler: true,
  enqueue: true,
  duplicates: true,
  trials: true,
  seed: true,
  earlyStopping: true,
  name: true,
  info: true,
  history: true,
  clock: true,
};

/** All options of `tune`. */
export const tuneOptionNames: OptionNames<TuneOptions<unknown>> = {
  space: true,
  objective: true,
  minimize: true,
  maximize: true,
  objectives: true,
  nan: true,
  sampler: true,
  enqueue: true,
  duplicates: true,
  trials: true,
  parallel: true,
  deterministic: true,
  seed: true,
  earlyStopping: true,
  name: true,
  info: true,
  history: true,
  survives: true,
  checkpoint: true,
  resize: true,
  control: true,
  clock: true,
  time: true,
  stop$: true,
  signal: true,
};
