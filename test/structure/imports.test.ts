import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const src = fileURLToPath(new URL('../../src', import.meta.url));

/** From the lowest to the highest; files directly in src/ other than index.ts form the ground. */
const FLOORS = ['.', 'kernels', 'data', 'nn', 'train', 'early-stopping', 'tune', 'journal', 'config', 'live', 'cli'];

/** What users import: everything that runs in browsers too, and all of it. */
const BARRELS = ['browser.ts', 'index.ts'];

/** Packages that belong to certain floors only. */
const HOMES: Readonly<Record<string, (file: string) => boolean>> = {
  'gpu.js': file => file.startsWith('kernels/gpu/'),
  webgpu: file => file.startsWith('kernels/gpu/'),
  ws: file => file.startsWith('live/'),
  commander: file => file.startsWith('cli/'),
  zod: file => file.startsWith('config/'),
  'csv-parse': file => file.startsWith('data/'),
  rxjs: file => FLOORS.indexOf(floorOf(file)) >= FLOORS.indexOf('train') || file === 'index.ts',
};

const files = readdirSync(src, { recursive: true, withFileTypes: true })
  .filter(entry => entry.isFile() && entry.name.endsWith('.ts'))
  .map(entry => relative(src, join(entry.parentPath, entry.name)))
  .sort();

function importsOf(file: string): string[] {
  const text = readFileSync(join(src, file), 'utf8');
  const found = text.matchAll(
    /(?:^|\n)\s*(?:import|export)\b[^'"`;]*?from\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)import\s+['"]([^'"]+)['"]/g,
  );
  return [...found].map(match => (match[1] ?? match[2] ?? match[3]) as string);
}

function floorOf(file: string): string {
  return file.includes('/') ? (file.split('/')[0] as string) : '.';
}

/** The file of a relative import; AssemblyScript leaves the ending out. */
const fileOf = (from: string, name: string) =>
  `${relative(src, join(src, dirname(from), name)).replace(/\.js$/, '')}.ts`;

const local = (file: string) =>
  importsOf(file)
    .filter(name => name.startsWith('.'))
    .map(name => fileOf(file, name));

describe('the floors of src/', () => {
  test('every folder is a known floor', () => {
    expect([...new Set(files.map(floorOf))].filter(floor => !FLOORS.includes(floor))).toEqual([]);
  });

  test('every relative import names a file that exists', () => {
    expect(
      files.flatMap(file =>
        local(file)
          .filter(to => !files.includes(to))
          .map(to => `${file} → ${to}`),
      ),
    ).toEqual([]);
  });

  test('imports point down only', () => {
    const upward = files
      .filter(file => !BARRELS.includes(file))
      .flatMap(file =>
        local(file)
          .filter(to => FLOORS.indexOf(floorOf(to)) > FLOORS.indexOf(floorOf(file)))
          .map(to => `${file} → ${to}`),
      );
    expect(upward).toEqual([]);
  });

  test('nothing in src imports a barrel, but index.ts the one for browsers', () => {
    expect(files.filter(file => local(file).some(to => BARRELS.includes(to)))).toEqual(['index.ts']);
  });

  test('packages stay on their floors', () => {
    const strays = files.flatMap(file =>
      importsOf(file)
        .map(name => Object.keys(HOMES).find(home => name === home || name.startsWith(`${home}/`)))
        .filter((home): home is string => home !== undefined && !HOMES[home]!(file))
        .map(home => `${file} imports ${home}`),
    );
    expect(strays).toEqual([]);
  });

  test('what browsers import needs nothing of Node at its top level', () => {
    const reached = new Set<string>();
    const visit = (file: string) => {
      if (reached.has(file)) return;
      reached.add(file);
      for (const to of runtimeImports(file)) visit(to);
    };
    visit('browser.ts');
    expect(
      [...reached].filter(file =>
        /(?:^|\n)import\s(?!type)[^;]*?['"](?:node:|ws['"])/.test(readFileSync(join(src, file), 'utf8')),
      ),
    ).toEqual([]);
  });

  test('gpu.js comes with the first device that needs it, not before', () => {
    const reached = new Set<string>();
    const visit = (file: string) => {
      if (reached.has(file)) return;
      reached.add(file);
      const text = readFileSync(join(src, file), 'utf8');
      const later = new Set(
        [...text.matchAll(/\bimport\(\s*['"](\.[^'"]+)['"]/g)].map(match => fileOf(file, match[1]!)),
      );
      for (const to of runtimeImports(file)) if (!later.has(to)) visit(to);
    };
    visit('index.ts');
    expect(reached).toContain('kernels/simd/simd-device.ts');
    expect([...reached].filter(file => importsOf(file).some(name => name === 'gpu.js' || name === 'webgpu'))).toEqual(
      [],
    );
  });

  test('there are no import cycles', () => {
    const state = new Map<string, 'open' | 'done'>();
    const cycles: string[] = [];
    const visit = (file: string, path: string[]) => {
      if (state.get(file) === 'done') return;
      if (state.get(file) === 'open') {
        cycles.push([...path.slice(path.indexOf(file)), file].join(' → '));
        return;
      }
      state.set(file, 'open');
      for (const to of runtimeImports(file)) visit(to, [...path, file]);
      state.set(file, 'done');
    };
    for (const file of files) visit(file, []);
    expect(cycles).toEqual([]);
  });
});

/** Imports that survive compilation: `import type` is erased and cannot make a cycle at run time. */
function runtimeImports(file: string): string[] {
  const text = readFileSync(join(src, file), 'utf8');
  const erased = new Set(
    [...text.matchAll(/(?:^|\n)\s*(?:import|export)\s+type\b[^'"`;]*?from\s*['"]([^'"]+)['"]/g)].map(match =>
      fileOf(file, match[1] as string),
    ),
  );
  const kept = new Set(
    [...text.matchAll(/(?:^|\n)\s*(?:import|export)\s+(?!type\b)[^'"`;]*?from\s*['"]([^'"]+)['"]/g)].map(match =>
      fileOf(file, match[1] as string),
    ),
  );
  return local(file).filter(to => kept.has(to) || !erased.has(to));
}
