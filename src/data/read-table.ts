import { InputError } from '../errors.js';
import { checkOptions, type OptionNames } from '../option-names.js';
import type { CsvOptions } from './csv.js';
import { parseJsonLines } from './json-lines.js';
import type { RawTable } from './raw-table.js';
import { readText } from './read-text.js';
import { type Table, tableFrom } from './table.js';
import { type TableOptions, tableOptionNames } from './table-options.js';

/**
 * Reads a CSV file with a header, or a packed one (`.csv.gz`), into a table.
 *
 * @throws InputError with the file, and row and column where they matter.
 * @example const { train, validation } = (await readCsv('iris.csv', { target: 'species' })).split({ validation: 0.2 })
 */
export async function readCsv(path: string, options: TableOptions & CsvOptions): Promise<Table> {
  checkOptions('readCsv', options, { ...tableOptionNames, ...csvOptionNames });
  const [text, parseCsv] = await Promise.all([readText(path), loadCsv()]);
  return inFile(path, tableFrom, parseCsv(text, path, options), options);
}

/** Reads a file with one JSON object a line, or a packed one, into a table; errors as in `readCsv`. */
export async function readJsonLines(path: string, options: TableOptions): Promise<Table> {
  checkOptions('readJsonLines', options, tableOptionNames);
  return inFile(path, tableFrom, parseJsonLines(await readText(path), path), options);
}

/** Reads columns without a meaning yet: JSON lines by the names `.jsonl`, `.ndjson` and `.json`, else CSV; each also `.gz`. */
export async function readRaw(path: string, options: CsvOptions = {}): Promise<RawTable> {
  checkOptions('readRaw', options, csvOptionNames);
  if (/\.(jsonl|ndjson|json)(\.gz)?$/i.test(path)) return parseJsonLines(await readText(path), path);
  const [text, parseCsv] = await Promise.all([readText(path), loadCsv()]);
  return parseCsv(text, path, options);
}

const csvOptionNames: OptionNames<CsvOptions> = { delimiter: true };

// The parser is loaded while the first file is read.
const loadCsv = async () => (await import('./csv.js')).parseCsv;

function inFile<A extends unknown[], R>(file: string, run: (...args: A) => R, ...args: A): R {
  try {
    return run(...args);
  } catch (error) {
    throw error instanceof InputError ? error.at({ file }) : error;
  }
}
