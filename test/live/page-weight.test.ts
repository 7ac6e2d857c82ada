import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { builtPage, noBrowser } from './in-browser.js';

test.skipIf(noBrowser("the page's weight"))('the whole page is below 150 kB compressed', () => {
  const files = readdirSync(builtPage, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile());
  const sizes = files.map(({ parentPath, name }) => gzipSync(readFileSync(join(parentPath, name))).length);
  expect(sizes.length).toBeGreaterThan(2);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(150_000);
});
