import { readText } from '../data/read-text.js';
import { InputError } from '../errors.js';
import { parseJson } from './parse-json.js';

/** A JSON object as a file holds it. */
export type JsonObject = { readonly [key: string]: unknown };

/** Whether a value is an object with keys. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Reads a file that holds one JSON object.
 *
 * @throws InputError with the file's name when it is not there, is a directory, or is not a JSON object.
 */
export async function readJsonObject(file: string): Promise<JsonObject> {
  const text = await readText(file);
  return inFile(file, () => {
    const value = parseJson(text);
    if (isJsonObject(value)) return value;
    throw new InputError(`expected a JSON object, got ${Array.isArray(value) ? 'a list' : JSON.stringify(value)}`);
  });
}

/** What `run` returns; an `InputError` that it throws is given the file's name if it has none. */
export function inFile<Result>(file: string, run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    throw error instanceof InputError ? error.at({ file }) : error;
  }
}
