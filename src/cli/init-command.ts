import { basename } from 'node:path';
import { proposeSearch } from '../config/propose-search.js';
import { pathSeenFrom, schemaAddress } from '../config/schema-address.js';
import { surveyData } from '../config/survey-data.js';
import type { RawTable } from '../data/raw-table.js';
import { readRaw } from '../data/read-table.js';
import { type ExitCode, exitCode } from './exit-code.js';
import type { Io } from './io.js';
import { writeNew } from './new-file.js';
import { clean } from './text.js';

/** What `rxnn init` was asked. */
export interface InitCommandOptions {
  readonly target: string;
  readonly out?: string;
  readonly force?: true;
}

/** `rxnn init`: looks at a data file, writes a search file for it, and says on stdout what it saw. */
export async function initCommand(
  file: string,
  options: InitCommandOptions,
  { stdout, stderr }: Io,
): Promise<ExitCode> {
  const { target, out = 'search.json', force = false } = options;
  const { raw, delimiter } = await readDelimited(file);
  const { search, lines } = proposeSearch(surveyData(raw, target), {
    name: basename(file).replace(/\.(csv|jsonl|ndjson|json)(\.gz)?$/i, ''),
    schema: schemaAddress(out),
    source: pathSeenFrom(out, file).replace(/^\.\//, ''),
    delimiter,
  });
  await writeNew(out, search, file, force);
  stdout.write(`${lines.map(clean).join('\n')}\n`);
  stderr.write(`${out} is written; see what would run: rxnn tune ${out} --dry-run\n`);
  return exitCode.done;
}

/** A table whose cells may be delimited otherwise than by commas. */
async function readDelimited(file: string): Promise<{ raw: RawTable; delimiter?: string | undefined }> {
  const raw = await readRaw(file);
  const [only = ''] = raw.columns;
  const delimiter = raw.columns.length === 1 ? ['\t', ';', '|'].find(each => only.includes(each)) : undefined;
  return delimiter === undefined ? { raw } : { raw: await readRaw(file, { delimiter }), delimiter };
}
