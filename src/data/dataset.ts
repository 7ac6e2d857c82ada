import type { Preprocessing } from './preprocessing.js';

/** Whether classes or numbers are predicted. */
export type Task = 'classification' | 'regression';

/** Numbers ready for a network: every feature numeric, scaled and complete. */
export interface Dataset {
  readonly rows: number;
  /** Number of columns of `x`. */
  readonly features: number;
  readonly featureNames: readonly string[];
  /** Row by row, [rows, features]. */
  readonly x: Float32Array;
  /** Number of columns of `y`: 1 for classes. */
  readonly targets: number;
  readonly targetNames: readonly string[];
  /** Class indices [rows, 1] for classification, values [rows, targets] for regression. */
  readonly y: Float32Array;
  readonly task: Task;
  /** Names of the classes, in the order of their indices; empty for regression. */
  readonly classes: readonly string[];
  /** One weight per row, when stated. */
  readonly weights?: Float32Array | undefined;
  /** How the raw columns became these numbers, fitted on the training rows only; carried into saved models. */
  readonly preprocessing?: Preprocessing | undefined;
}

/** Training rows and the rows held out from them. */
export interface Split {
  readonly train: Dataset;
  readonly validation: Dataset;
}
