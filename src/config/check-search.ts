import { InputError } from '../errors.js';
import { isDistribution } from '../tune/distributions.js';
import { parseDistributions } from '../tune/distributions-from-json.js';
import { checkEnqueued } from '../tune/enqueued-points.js';
import type { HParams } from '../tune/events.js';
import type { Path } from '../tune/path.js';
import { type SearchSpace, searchSpace } from '../tune/space.js';
import type { Origin } from './check-schema.js';
import { checkTraining, relocating } from './check-training.js';
import { type FoundReference, findReferences } from './find-references.js';
import { refuseMisspelt } from './misspelt-distributions.js';
import type { JsonObject } from './read-json.js';
import { distributionPath, representatives } from './representatives.js';
import { requireFolds } from './require-folds.js';
import type { StudySection } from './study-schema.js';
import { ONLY_OF_STUDIES } from './training-file-at.js';
import type { TrainingFile } from './training-schema.js';

/** A training file that a search file can become, with the way back to the search file's paths. */
export interface Variant {
  readonly training: TrainingFile;
  readonly origin: Origin;
}

/** A search file whose every part is right as far as can be told without data and modules. */
export interface CheckedSearch {
  readonly template: JsonObject;
  readonly space: SearchSpace;
  /** Of every option of every choice one, at least; the first is asked for what is the same in all. */
  readonly variants: readonly [Variant, ...Variant[]];
  readonly references: readonly FoundReference[];
  /** Points to begin with. */
  readonly enqueue: readonly HParams[];
}

/** What belongs to the study, not to a trial. */
export const OF_THE_STUDY: readonly string[] = [...ONLY_OF_STUDIES, 'name', 'objective', 'device', 'metrics'];

/** How data is divided that says neither `split` nor `folds`: a search has validation rows in any case. */
const SPLIT = { validation: 0.2, seed: 0 };

/**
 * Checks a search file by checking training files that it can become.
 *
 * @throws InputError with the path of what is wrong.
 */
export function checkSearch(json: JsonObject): CheckedSearch {
  const template = parseTemplate(json);
  requireOfTheStudy(template);
  const variants = Array.from(representatives(template), ({ value, origin }): Variant => {
    const training = withSplit(checkTraining(value, origin, () => true));
    relocating(origin, () => requireFolds(training));
    return { training, origin };
  }) as unknown as CheckedSearch['variants'];
  const { space, enqueue } = checkSpace(template, variants[0].training);
  const references = variants.flatMap(({ training, origin }) => findReferences(training, origin));
  return { template, space, variants, references, enqueue };
}

/** Throws an `InputError` for a distribution where a value is the same for all trials. */
export function requireOfTheStudy(template: JsonObject): void {
  if (isDistribution(template)) {
    throw new InputError('no distribution can stand in place of the whole file; it stands for a value in it');
  }
  for (const path of OF_THE_STUDY) {
    if (distributionPath(template[path]) === undefined) continue;
    throw new InputError('no distribution can stand here, because it is the same for all trials', { path });
  }
}

/** The space of a template with its constraints, and the points to begin with. Throws an `InputError` for one without hyperparameters. */
export function checkSpace(
  template: JsonObject,
  { constraints, enqueue = [] }: StudySection,
): Pick<CheckedSearch, 'space' | 'enqueue'> {
  // Before the constraints, which can name nothing then.
  if (distributionPath(template) === undefined) {
    // Not with an objective of one's own, which has a space.
    const asItIs = 'space' in template ? '' : '; `rxnn train` runs it as it is';
    throw new InputError(
      `there is nothing to search, because no value is a distribution such as { "float": [0.001, 0.1], "log": true }${asItIs}`,
    );
  }
  const points = checkEnqueued(searchSpace(template) as SearchSpace, enqueue);
  const space = searchSpace(template, { constraints, points }) as SearchSpace;
  return { space, enqueue: checkEnqueued(space, points) };
}

/** A file with distributions in place of what stands for them. */
export function parseTemplate(json: JsonObject): JsonObject {
  // A column, or a hyperparameter, may be named "choice".
  refuseMisspelt(json.space, ['space']);
  const skip = (path: Path) => (path[0] === 'data' && path.at(-1) === 'types') || path[0] === 'enqueue';
  return parseDistributions(json, skip) as JsonObject;
}

/** The training file of a trial, with the rows to validate with that every trial has. */
export function withSplit(training: TrainingFile): TrainingFile {
  const { data } = training;
  if (data.split !== undefined || data.folds !== undefined) return training;
  return { ...training, data: { ...data, split: SPLIT } };
}
