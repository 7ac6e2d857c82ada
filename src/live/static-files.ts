import { readdir, readFile, realpath } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { InputError } from '../errors.js';

/** A file of the page. */
export interface StaticFile {
  readonly body: Buffer;
  /** The same, compressed; not of a file that does not become smaller. */
  readonly gzipped?: Buffer | undefined;
  readonly type: string;
  /** Its name changes with its content, so it may be kept for ever. */
  readonly immutable: boolean;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.json': 'application/json; charset=utf-8',
};

const compress = promisify(gzip);

/**
 * Reads the page's files, by the path of their URL (`/assets/index.js`; `/` is `index.html`). They are read once: no
 * path that a client sends ever reaches the file system, and a rebuild does not pull the page from under a running study.
 * They are compressed once, too.
 * Only plain files that lie within the folder count, and only of the kinds a page is made of.
 */
export async function staticFiles(folder: string): Promise<ReadonlyMap<string, StaticFile>> {
  const root = await realpath(folder).catch(() => undefined);
  const entries = root === undefined ? [] : await readdir(root, { recursive: true, withFileTypes: true });
  const files = new Map<string, StaticFile>();
  for (const entry of entries) {
    const type = types[extname(entry.name)];
    const path = join(entry.parentPath, entry.name);
    // A symbolic link is no plain file; a folder behind one resolves to elsewhere.
    if (root === undefined || type === undefined || !entry.isFile() || (await realpath(path)) !== path) continue;
    const url = `/${relative(root, path).split(sep).join('/')}`;
    const body = await readFile(path);
    const gzipped = await compress(body, { level: 9 });
    const smaller = gzipped.length < 0.9 * body.length;
    files.set(url, { body, type, immutable: url.startsWith('/assets/'), ...(smaller && { gzipped }) });
  }
  const index = files.get('/index.html');
  if (index === undefined) {
    throw new InputError('the live page is not built (no index.html): run "npm run build"', { path: folder });
  }
  return files.set('/', index);
}
