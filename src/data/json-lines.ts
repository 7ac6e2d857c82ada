import { InputError } from '../errors.js';
import { rawFromRows } from './raw-from-rows.js';
import type { RawTable } from './raw-table.js';

/**
 * Columns from JSON lines: one object a line. Its keys are the columns, in the order in which they first appear; a key
 * that a line lacks, or null, is a missing value. Empty lines do not count.
 *
 * @throws InputError with the line that is not JSON, not an object, or has a value that is neither text, number nor boolean.
 */
export function parseJsonLines(text: string, file?: string): RawTable {
  const rows: Record<string, unknown>[] = [];
  const lines: number[] = [];
  text.split('\n').forEach((line, index) => {
    if (line.trim() === '') return;
    rows.push(parseLine(line, index + 1, file));
    lines.push(index + 1);
  });
  if (rows.length === 0) throw new InputError('the file is empty, expected one JSON object a line', { file });
  return rawFromRows(rows, { file, lines });
}

function parseLine(line: string, number: number, file: string | undefined): Record<string, unknown> {
  const place = { file, path: `line ${number}` };
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw new InputError(`invalid JSON (${(error as Error).message.replace(/\s+/g, ' ')})`, place);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new InputError(
    `expected a JSON object, got ${Array.isArray(value) ? 'an array' : JSON.stringify(value)}`,
    place,
  );
}
