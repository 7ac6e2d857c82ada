import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { pathFrom } from './file-kind.js';
import { localImports } from './local-imports.js';
import type { JsonObject } from './read-json.js';

/** What may change without making another study of it: how much of it is run, where, and what editors are told. */
const OF_THE_RUN = ['$schema', 'trials', 'parallel', 'workerTimeout', 'checkpoint', 'device'];

/** The keys whose values are modules that the study imports. */
const MODULES = ['use', 'module'];
/** The keys whose values are files that the study reads. */
const FILES = ['source', ...MODULES];

/**
 * A digest of everything that decides what the study of a search file does: what the file says, the data and the modules that it
 * names, with the files that those import by relative paths, and the device. The same study has the same one, wherever it stands.
 */
export function searchIdentity(file: string, json: JsonObject, device: string | undefined): string {
  const hash = createHash('sha256');
  const said = Object.entries(json).filter(([key]) => !OF_THE_RUN.includes(key));
  hash.update(canonical(Object.fromEntries(said)));
  hash.update(`\n${device ?? ''}\n`);
  for (const path of [...new Set(filesOf(json, FILES))].sort()) {
    hash.update(`${path}\n`);
    hash.update(contentOf(pathFrom(file, path)));
  }
  // A study without such imports has the identity that it had before they counted.
  for (const path of [...new Set(filesOf(json, MODULES))].sort()) {
    for (const { name, content } of localImports(pathFrom(file, path))) {
      hash.update(`\n${path} imports ${name}\n`);
      hash.update(content);
    }
  }
  return hash.digest('hex');
}

/** JSON with its keys in order. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(',')}}`;
}

function filesOf(value: unknown, keys: readonly string[]): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    keys.includes(key) && typeof item === 'string' ? [item] : filesOf(item, keys),
  );
}

function contentOf(path: string): Buffer | string {
  try {
    return readFileSync(path);
  } catch {
    // It may be the name of a column, or of a hyperparameter.
    return '';
  }
}
