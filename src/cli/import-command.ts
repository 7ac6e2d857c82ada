import { importSearch } from '../config/import-search.js';
import { parseYaml } from '../config/parse-yaml.js';
import { schemaAddress } from '../config/schema-address.js';
import { readText } from '../data/read-text.js';
import { InputError } from '../errors.js';
import { type ExitCode, exitCode } from './exit-code.js';
import type { Io } from './io.js';
import { writeNew } from './new-file.js';
import { clean } from './text.js';

/** What `rxnn import` was asked. */
export interface ImportCommandOptions {
  readonly out?: string;
  readonly force?: true;
}

/** `rxnn import`: writes a search file for another program's sweep or search space, and says on stdout what could not be translated. */
export async function importCommand(
  file: string,
  options: ImportCommandOptions,
  { stdout, stderr }: Io,
): Promise<ExitCode> {
  const { out = 'search.json', force = false } = options;
  try {
    const { kind, search, notes } = importSearch(await parseYaml(await readText(file)), schemaAddress(out));
    await writeNew(out, search, file, force);
    stdout.write(`${[`${file}: ${kind}`, ...notes].map(clean).join('\n')}\n`);
    stderr.write(`${out} is written; its objective is ./objective.mjs, a module that is yours to write\n`);
    return exitCode.done;
  } catch (error) {
    throw error instanceof InputError && error.place.path !== '--out' ? error.at({ file }) : error;
  }
}
