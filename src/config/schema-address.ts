import { dirname, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The path of a file seen from the folder in which `file` stands, with `/` on every system. */
export function pathSeenFrom(file: string, path: string): string {
  const there = relative(dirname(resolve(file)), resolve(path))
    .split(sep)
    .join('/');
  return /^(\.|\/|[a-z]:)/i.test(there) ? there : `./${there}`;
}

/** The address of the JSON Schema of search files, for `$schema` in `file`. */
export function schemaAddress(file: string): string {
  return pathSeenFrom(file, fileURLToPath(new URL('../../schema/search.schema.json', import.meta.url)));
}
