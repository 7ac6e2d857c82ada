import { readFileSync } from 'node:fs';
import { InputError } from '../errors.js';

/** What the first line of a journal says: which study it is of, and what is needed to run it again. */
export interface JournalHeader extends JournalInit {
  readonly format: typeof FORMAT;
  readonly version: typeof VERSION;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** The version of rxnn that created it. */
  readonly rxnn: string;
}

/** What a journal is created with. */
export interface JournalInit {
  readonly study: {
    readonly name: string;
    /** A digest of everything that decides what the study does: the same for the same study, another for another. */
    readonly identity: string;
  };
  /** The search file as it was read, and where it was, if the study is one of a file. */
  readonly search?:
    | { readonly json: Readonly<Record<string, unknown>>; readonly path?: string | undefined }
    | undefined;
  /** By what they are for: `study`, `sampler`. */
  readonly seeds: Readonly<Record<string, number>>;
}

const FORMAT = 'rxnn-journal';
const VERSION = 1;

/** The header of a journal that is created now. */
export function makeHeader({ study, search, seeds }: JournalInit, createdAt: number): JournalHeader {
  return {
    format: FORMAT,
    version: VERSION,
    study: { name: study.name, identity: study.identity },
    createdAt,
    rxnn: rxnnVersion(),
    ...(search && { search: { json: search.json, ...(search.path !== undefined && { path: search.path }) } }),
    seeds,
  };
}

/** The version of this rxnn. */
export function rxnnVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/** Whether the beginning of a file is that of a journal, of any version. */
export function startsAJournal(start: string): boolean {
  const wanted = `{"format":"${FORMAT}"`;
  return start.startsWith(wanted) || wanted.startsWith(start);
}

/**
 * The header that a journal's first line carries.
 *
 * @throws InputError when it is of another format, or of a version that this one does not know.
 */
export function checkHeader(value: unknown, file: string): JournalHeader {
  const { format, version, rxnn } = (value ?? {}) as Partial<Record<keyof JournalHeader, unknown>>;
  if (format !== FORMAT)
    throw new InputError(`is no journal of a study: its format is ${JSON.stringify(format)}`, { file });
  if (version !== VERSION) {
    const by = typeof rxnn === 'string' ? `, by rxnn ${rxnn}` : '';
    throw new InputError(
      `was written in version ${JSON.stringify(version)} of the journal's format${by}, and this rxnn reads version ${VERSION}; use that rxnn or a later one`,
      { file },
    );
  }
  return value as JournalHeader;
}
