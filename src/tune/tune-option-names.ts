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

/** All options of `tune`: those of `createStudy`, and those of a study that runs by itself. */
export const tuneOptionNames: OptionNames<TuneOptions<unknown>> = {
  ...studyOptionNames,
  objective: true,
  parallel: true,
  deterministic: true,
  survives: true,
  checkpoint: true,
  resize: true,
  control: true,
  time: true,
  stop$: true,
  signal: true,
};
