import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openFolder, table } from '../config/folder.js';

// Reading files is most of what a start costs, and they can be counted where time cannot. `npm run build` first.

const root = fileURLToPath(new URL('../..', import.meta.url));
const bin = join(root, 'bin/rxnn.js');

const training = {
  data: { source: 'table.csv', target: 'class' },
  model: { layers: [{ dense: { units: 4, activation: 'tanh' } }] },
  epochs: 2,
};

const folder = openFolder();
beforeAll(() => {
  folder.write('table.csv', table);
  folder.write('train.json', training);
});
afterAll(() => folder.remove());

/** The files of JavaScript that Node.js loads for these arguments, as V8 counts them. */
function loaded(args: readonly string[]): string[] {
  const counts = mkdtempSync(join(tmpdir(), 'rxnn-loaded-'));
  try {
    execFileSync(process.execPath, args, {
      cwd: folder.path,
      env: { ...process.env, NODE_V8_COVERAGE: counts },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const urls = readdirSync(counts).flatMap(file => {
      const { result }: { result: { url: string }[] } = JSON.parse(readFileSync(join(counts, file), 'utf8'));
      return result.map(({ url }) => url);
    });
    return [...new Set(urls)].filter(url => url.startsWith('file:'));
  } finally {
    rmSync(counts, { recursive: true, force: true });
  }
}

/** How many files belong to each package, and to rxnn itself. */
function byPackage(files: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const file of files) {
    const owner = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? 'rxnn';
    counts[owner] = (counts[owner] ?? 0) + 1;
  }
  return counts;
}

describe('few files are loaded', () => {
  test('by rxnn --help: one with its grammar and commander', () => {
    const { rxnn, ...others } = byPackage(loaded([bin, '--help']));
    expect(others).toEqual({});
    expect(rxnn).toBeLessThanOrEqual(2);
  });

  test('by rxnn train: a few chunks, and what it uses of rxjs', () => {
    const { rxnn, rxjs, ...others } = byPackage(loaded([bin, 'train', 'train.json']));
    expect(others).toEqual({});
    expect(rxnn).toBeLessThanOrEqual(15);
    expect(rxjs).toBeLessThanOrEqual(110);
  });

  test('by rxnn tune, before its study runs, without what serves pages and takes commands', () => {
    folder.write('search.json', {
      ...training,
      batchSize: { int: [1, 4] },
      objective: { minimize: 'loss' },
      trials: 1,
    });
    const { rxnn, rxjs, ...others } = byPackage(loaded([bin, 'tune', 'search.json', '--dry-run']));
    expect(others).toEqual({});
    expect(rxnn).toBeLessThanOrEqual(25);
    expect(rxjs).toBeLessThanOrEqual(130);
  });

  test('by a program that imports rxnn, without what reads files, serves pages and drives GPUs', () => {
    const files = loaded(['--input-type=module', '-e', "await import('rxnn')"]);
    const { rxnn, rxjs, ...others } = byPackage(files);
    expect(others).toEqual({});
    expect(rxnn).toBeLessThanOrEqual(8);
    expect(rxjs).toBeLessThanOrEqual(110);
    expect(files.filter(file => /\/(files|csv|server|steps|open-)[^/]*$/.test(file))).toEqual([]);
  });
});

describe('users’ modules', () => {
  test('share one rxnn and one rxjs with the command line that runs them', () => {
    folder.write(
      'same.mjs',
      `import { ops } from 'rxnn';
export default (options, context) => {
  if (context.ops !== ops) throw new Error('there are two rxnn');
  return x => ops.tanh(x);
};`,
    );
    folder.write(
      'rule.mjs',
      `import { Observable } from 'rxjs';
import { patience } from 'rxnn';
export default () => source => {
  if (!(source instanceof Observable)) throw new Error('there are two rxjs');
  return source.pipe(patience({ metric: 'loss', epochs: 1000 }));
};`,
    );
    folder.write('custom.json', {
      ...training,
      model: { layers: [{ dense: { units: 4, activation: { use: './same.mjs' } } }] },
      earlyStopping: [{ use: './rule.mjs' }],
    });
    const printed = execFileSync(process.execPath, [bin, 'train', 'custom.json', '--json'], {
      cwd: folder.path,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    expect(JSON.parse(printed.trim().split('\n').at(-1) as string)).toMatchObject({
      type: 'training-finished',
      epochs: training.epochs,
    });
  });
});
