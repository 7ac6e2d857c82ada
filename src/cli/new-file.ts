import { stat } from 'node:fs/promises';
import { InputError } from '../errors.js';
import { writeWhole } from '../write-whole.js';
import { requireWritable } from './outcome-file.js';
import { readableJson } from './readable-json.js';

/** Writes a file that a command makes of another, `source`; one that is there already is only replaced if `force` says so. */
export async function writeNew(path: string, value: unknown, source: string, force: boolean): Promise<void> {
  await requireWritable(path, source);
  const there = await stat(path).catch(() => undefined);
  if (there?.isFile() === true && !force) {
    throw new InputError(`${path} is there already; give another name, or --force to replace it`, { path: '--out' });
  }
  await writeWhole(path, `${readableJson(value)}\n`);
}
