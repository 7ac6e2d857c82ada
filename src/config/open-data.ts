import { basename } from 'node:path';
import type { Dataset, Task } from '../data/dataset.js';
import type { DatasetInfo } from '../data/dataset-info.js';
import type { RawTable } from '../data/raw-table.js';
import { readRaw } from '../data/read-table.js';
import { type Table, type TableFoldsOptions, tableFrom } from '../data/table.js';
import { InputError } from '../errors.js';
import { inSharedMemory } from '../tune/workers/in-shared-memory.js';
import { pathFrom, requireFile } from './file-kind.js';
import type { DataSection } from './training-schema.js';

/** Rows to train on, and those to validate with. */
export interface Part {
  readonly train: Dataset;
  readonly validation?: Dataset | undefined;
}

/** The data of a training, divided as its file asks. */
export interface PreparedData {
  /** One, or one for every fold. */
  readonly parts: readonly Part[];
  readonly folds: boolean;
  readonly task: Task;
  readonly classes: readonly string[];
  /** All rows, fitted on all rows. */
  all(): Dataset;
  /** `digits.csv: 1797 rows, 64 columns, 10 classes; 1437 to train on, 360 to validate`. */
  readonly summary: string;
  /** The same in detail, for pages; computed when it is first asked. */
  describe(): DatasetInfo;
}

/** What a trial needs of that, as plain data. */
export type TrialData = Pick<PreparedData, 'parts' | 'folds' | 'task' | 'classes'>;

/** The data files of a training or search file, each read once. */
export interface DataFiles {
  /** Reads the source of a data section; rejects with an `InputError`. */
  read(data: DataSection): Promise<void>;
  /** Divides rows that were read; an equal section is divided once. Throws an `InputError` with the option's path. */
  prepare(data: DataSection): PreparedData;
  /** The same for trials in other threads, the numbers in shared memory: one object for equal sections. */
  forThreads(data: DataSection): TrialData;
}

/** So many differently prepared tables are kept: a search over the preparation itself may ask for any number. */
const KEPT = 8;

/** The data files that `file` names, relative to its folder. */
export function openDataFiles(file: string): DataFiles {
  const raws = new Map<string, RawTable>();
  const kept = new Map<string, { prepared: PreparedData; shared?: TrialData }>();
  const entry = (data: DataSection) => {
    const key = JSON.stringify(data);
    const known = kept.get(key);
    if (known !== undefined) return known;
    const raw = raws.get(keyOf(data.source, data.delimiter));
    if (raw === undefined) throw new Error(`${data.source} was not read`);
    const made = { prepared: divide(tableOf(raw, data), data) };
    if (kept.size >= KEPT) kept.delete(kept.keys().next().value as string);
    kept.set(key, made);
    return made;
  };
  return {
    async read({ source, delimiter }) {
      const path = pathFrom(file, source);
      requireFile(path, { file, path: 'data.source' });
      const key = keyOf(source, delimiter);
      if (!raws.has(key)) raws.set(key, await readRaw(path, { delimiter }));
    },
    prepare: data => entry(data).prepared,
    forThreads(data) {
      const found: { prepared: PreparedData; shared?: TrialData } = entry(data);
      if (found.shared === undefined) {
        const { task, classes, folds, parts } = found.prepared;
        found.shared = { task, classes, folds, parts: inSharedMemory(parts.map(bare)) };
        // The numbers are there once.
        found.prepared = { ...found.prepared, parts: found.shared.parts };
      }
      return found.shared;
    },
  };
}

/** Without what only saved models need. */
function bare({ train, validation }: Part): Part {
  const of = ({ preprocessing: _, ...dataset }: Dataset): Dataset => dataset;
  return { train: of(train), validation: validation && of(validation) };
}

const keyOf = (source: string, delimiter = ',') => JSON.stringify([source, delimiter]);

function tableOf(raw: RawTable, { source: _, split: _s, folds, delimiter: _d, ...options }: DataSection): Table {
  // Columns that say how rows are divided are no features of the network that is trained on all rows either.
  const { groups, order } = typeof folds === 'object' ? folds : {};
  const isApart = (name: unknown) => [groups, order].includes(name as never);
  const asked = [options.target, options.features ?? []].flat();
  const ignore = [...(options.ignore ?? []), ...raw.columns.filter(name => isApart(name) && !asked.includes(name))];
  return within('data', () => tableFrom(raw, { ...options, ignore }));
}

function divide(table: Table, data: DataSection): PreparedData {
  const { rows, columns, task, classes } = table;
  const { split, folds } = data;
  const about = `${basename(data.source)}: ${rows} rows, ${columns.length} columns, ${
    task === 'classification' ? `${classes.length} classes` : 'regression'
  }`;
  const prepared = (parts: readonly Part[], isFolds: boolean, summary: string): PreparedData => {
    // Not the parts themselves, whose numbers may move to shared memory.
    const ofParts = { features: parts[0]!.train.features, splits: splitsOf(parts, isFolds) };
    let info: DatasetInfo | undefined;
    const describe = () => {
      info ??= { source: data.source, rows, task, ...table.describe(), ...ofParts };
      return info;
    };
    return { task, classes, parts, folds: isFolds, summary, all: () => table.all(), describe };
  };
  if (folds !== undefined) {
    const { count, steps: _, ...options } = typeof folds === 'number' ? { count: folds } : folds;
    const parts = within(typeof folds === 'number' ? 'data.folds' : 'data.folds.', () => table.folds(count, options));
    return prepared(parts, true, `${about}; ${foldsText(count, options)}`);
  }
  if (split === undefined) return prepared([{ train: table.all() }], false, about);
  const part = within('data.split', () => table.split(split));
  const summary = `${about}; ${part.train.rows} to train on, ${part.validation.rows} to validate`;
  return prepared([part], false, summary);
}

/** Rows by what they are for: of each fold those that it validates with. */
function splitsOf(parts: readonly Part[], folds: boolean): DatasetInfo['splits'] {
  if (folds) return parts.map(({ validation }, fold) => ({ name: `fold ${fold}`, rows: validation!.rows }));
  return parts.flatMap(({ train, validation }) => [
    { name: 'training', rows: train.rows },
    ...(validation === undefined ? [] : [{ name: 'validation', rows: validation.rows }]),
  ]);
}

/** `3 × 5 folds`, `5 folds by patient`, `5 folds in the order of date`. */
function foldsText(count: number, { repeats = 1, groups, order }: TableFoldsOptions): string {
  const by = groups === undefined ? '' : ` by ${groups}`;
  const inOrder = order === undefined ? '' : ` in the order of ${order === true ? 'the rows' : order}`;
  return `${repeats > 1 ? `${repeats} × ` : ''}${count} folds${by}${inOrder}`;
}

/** Errors without a file are about what was asked for, not about the data: they get the path of the section. */
function within<Result>(section: string, run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof InputError) || error.place.file !== undefined) throw error;
    const { path = '' } = error.place;
    const inside = section.endsWith('.') ? section + path : section === 'data.folds' ? section : `${section}.${path}`;
    throw new InputError(error.problem, { path: inside.replace(/\.$/, '') });
  }
}
