/** What is known of one column of a data file, for people and pages; numbers are over the rows that have one. */
export type ColumnInfo =
  | {
      readonly name: string;
      readonly kind: 'number';
      readonly missing: number;
      readonly min: number;
      readonly max: number;
      readonly mean: number;
      /** The standard deviation of the rows, √(Σ(v − mean)² / n). */
      readonly deviation: number;
      /** How many rows lie in each of 20 equally wide bins from `min` to `max`; one bin if these are equal. */
      readonly histogram: readonly number[];
    }
  | {
      readonly name: string;
      readonly kind: 'category';
      readonly missing: number;
      /** How many different ones there are. */
      readonly categories: number;
      /** The 20 most frequent ones, the most frequent first, of equal ones the first to appear; names of more than 60 characters are cut. */
      readonly top: readonly { readonly name: string; readonly rows: number }[];
    };

/** What is known of the data of a study, for people and pages. */
export interface DatasetInfo {
  /** As the search file names it. Of what a search chooses between, such as scalings, here and below the first option. */
  readonly source: string;
  readonly rows: number;
  /** Inputs of the network, after encoding; of the first fold's. */
  readonly features: number;
  /** Several with commas between them. */
  readonly target: string;
  readonly task: 'classification' | 'regression';
  /** The classes and their rows, in the order of the network's outputs. */
  readonly classes?: readonly { readonly name: string; readonly rows: number }[] | undefined;
  /** The first 200 columns of the file, the target among them, as one of categories if it has classes; those that are ignored too. */
  readonly columns: readonly ColumnInfo[];
  /** How many columns there are in all, if some are left out. */
  readonly allColumns: number;
  /** Rows by what they are for; with folds one entry a fold, its validation rows. */
  readonly splits: readonly { readonly name: string; readonly rows: number }[];
}
