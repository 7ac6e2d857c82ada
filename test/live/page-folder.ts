import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A small folder to serve, so that the server's tests need no built page; with a file beside it that must stay unseen. */
export async function pageFolder(): Promise<{ readonly folder: string; remove(): void }> {
  const outside = mkdtempSync(join(tmpdir(), 'rxnn-live-'));
  const folder = join(outside, 'page');
  await mkdir(join(folder, 'assets'), { recursive: true });
  writeFileSync(join(outside, 'secret.json'), '"secret"');
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>page</title>');
  writeFileSync(join(folder, 'assets', 'index.js'), 'void 0;');
  return { folder, remove: () => rmSync(outside, { recursive: true, force: true }) };
}
