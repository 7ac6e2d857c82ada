/** The fitted steps from raw columns to numbers; plain JSON, so that a model file can carry it. */
export interface Preprocessing {
  readonly columns: readonly FittedColumn[];
  readonly target?: { readonly names: readonly string[]; readonly classes: readonly string[] } | undefined;
}

/** One raw column's steps, fitted on the training rows. */
export interface FittedColumn {
  readonly name: string;
  readonly type: 'number' | 'category';
  /** Categories in the order of their one-hot columns. */
  readonly categories?: readonly string[] | undefined;
  /** What replaces a missing value; undefined: a missing value is an error. */
  readonly impute?: number | string | undefined;
  /** x ↦ (x − offset) / scale */
  readonly offset: number;
  readonly scale: number;
}
