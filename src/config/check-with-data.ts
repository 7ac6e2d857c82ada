import { directionOf } from '../early-stopping/direction.js';
import { InputError } from '../errors.js';
import { checkMetrics, type Head, headFor } from './check-fit.js';
import type { Origin } from './check-schema.js';
import { relocated } from './check-training.js';
import { metricsWanted, type Wanted } from './metrics-wanted.js';
import type { DataFiles, PreparedData } from './open-data.js';
import type { TrainingFile } from './training-schema.js';

/** A training file with its data. */
export interface Fitted {
  readonly data: PreparedData;
  readonly head: Head;
  readonly wanted: Wanted;
  /** What people should know before it runs. */
  readonly notes: readonly string[];
}

/**
 * Checks that a training file fits its data.
 *
 * @throws InputError with the path in the file that it comes from.
 */
export function checkWithData(training: TrainingFile, files: DataFiles, origin: Origin = path => path): Fitted {
  try {
    const data = files.prepare(training.data);
    const head = headFor(training, data);
    const wanted = metricsWanted(training, isValidated(training));
    checkMetrics(wanted, head, data);
    return { data, head, wanted, notes: notesOn(training, wanted, data) };
  } catch (error) {
    if (!(error instanceof InputError) || error.place.file !== undefined || error.place.path === undefined) throw error;
    throw new InputError(error.problem, { path: relocated(error.place.path, origin) });
  }
}

/** Whether a training has validation rows. */
export function isValidated({ data }: TrainingFile): boolean {
  return data.split !== undefined || data.folds !== undefined;
}

function notesOn({ batchSize = 32 }: TrainingFile, { objectives }: Wanted, { parts }: PreparedData): string[] {
  const notes: string[] = [];
  const rows = Math.min(...parts.map(({ train }) => train.rows));
  if (batchSize !== 'full' && batchSize > rows) {
    notes.push(
      `batchSize ${batchSize} is larger than the ${rows} training rows: every epoch is one batch of all of them`,
    );
  }
  for (const { metric, direction } of objectives) {
    const better = directionOf(metric);
    if (better === undefined || better === direction) continue;
    notes.push(`the objective is to ${direction} ${metric}, which most want to ${better}`);
  }
  return notes;
}
