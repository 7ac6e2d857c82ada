import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

  test('by rxnn train: a few chunks, with what they use of rxjs', () => {
    const { rxnn, ...others } = byPackage(loaded([bin, 'train', 'train.json']));
    expect(others).toEqual({});
    expect(rxnn).toBeLessThanOrEqual(15);
  });

  test('by rxnn tune, before its study runs, without what serves pages and takes commands', () => {
    folder.write('search.json', {
      ...training,
      batchSize: { int: [1, 4] },
      objective: { minimize: 'loss' },
      trials: 1,
    });
    const { rxnn, ...others } = byPackage(loaded([bin, 'tune', 'search.json', '--dry-run']));
    expect(others).toEqual({});
    expect(rxnn).toBeLessThanOrEqual(25);
  });

  test('by a program that imports rxnn, without what reads files, serves pages and drives GPUs', () => {
    const files = loaded(['--input-type=module', '-e', "await import('rxnn')"]);
    const { rxnn, ...others } = byPackage(files);
    expect(others).toEqual({});
    expect(rxnn).toBeLessThanOrEqual(8);
    expect(files.filter(file => /\/(files|csv|server|steps|open-)[^/]*$/.test(file))).toEqual([]);
  });
});

describe('the rxjs that rxnn reads at once', () => {
  /** The last line that a program prints that is beside rxnn and rxjs. */
  const printed = (program: string, ...flags: readonly string[]) => {
    const args = [...flags, '--input-type=module', '-e', program];
    return execFileSync(process.execPath, args, {
      cwd: folder.path,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
      .trim()
      .split('\n')
      .at(-1);
  };
  const same = `console.log([
    of(1) instanceof Observable, range(0, 1) instanceof Observable, train$ instanceof Observable,
    map(x => x)(train$) instanceof Observable, deep.Observable === Observable, required.Observable === Observable,
    new UnsubscriptionError([]) instanceof required.UnsubscriptionError,
  ].join())`;
  const rxnn = `const { epochs, train, network, dense, sgd, fromArrays, meanSquaredError } = await import('rxnn');
    const net = network([dense(1)], { inputs: 1 });
    const data = fromArrays({ x: [[1], [2]], y: [1, 2], task: 'regression' });
    const train$ = train({ net, data, loss: meanSquaredError(), optimizer: sgd(), batchSize: 1, epochs: 1 });`;
  const rxjs = `const { Observable, of, range, map, UnsubscriptionError } = await import('rxjs');
    const { createRequire } = await import('node:module');
    const required = createRequire(process.cwd() + '/x.js')('rxjs');
    const deep = await import('rxjs/internal/Observable');`;
  const all = Array(7).fill('true').join();

  test('is that of users, whoever imports it first', () => {
    expect(printed(rxnn + rxjs + same)).toBe(all);
    expect(printed(rxjs + rxnn + same)).toBe(all);
  });

  test('is that of users whose modules go through hooks', () => {
    const hooks = `data:text/javascript,${encodeURIComponent('export const load = (url, context, next) => next(url, context);')}`;
    const register = `import { register } from 'node:module'; register('${hooks}');`;
    expect(printed(register + rxnn + rxjs + same)).toBe(all);
    expect(printed(register + rxjs + rxnn + same)).toBe(all);
  });

  test('is read file by file where hooks give modules another `require`', () => {
    const load = `import { readFile } from 'node:fs/promises';
      export async function load(url, context, next) {
        const found = await next(url, context);
        if (found.format !== 'commonjs' || !url.startsWith('file:')) return found;
        return { format: 'commonjs', shortCircuit: true, source: found.source ?? (await readFile(new URL(url))) };
      }`;
    const register = `import { register } from 'node:module';
      register('data:text/javascript,${encodeURIComponent(load).replaceAll("'", '%27')}');`;
    expect(printed(register + rxnn + rxjs + same)).toBe(all);
  });

  test('leaves no half of itself behind when reading it fails', () => {
    folder.write(
      'fails.cjs',
      `const { defineProperty } = Object;
let calls = 0;
Object.defineProperty = (...given) => {
  if (++calls === 60) throw new Error('fails');
  return defineProperty(...given);
};
const file = require.resolve('rxnn').replace('index.js', 'rxjs.cjs');
try {
  require(file);
} catch (error) {
  console.log(error.message);
}
Object.defineProperty = defineProperty;
const rxjs = require('rxjs');
console.log(Object.keys(rxjs).filter(key => rxjs[key] === undefined), require(file).combineLatest === rxjs.combineLatest);`,
    );
    const args = [join(folder.path, 'fails.cjs')];
    expect(execFileSync(process.execPath, args, { cwd: folder.path, encoding: 'utf8' })).toBe('fails\n[] true\n');
  });

  test('is read file by file where it is of another version', () => {
    const other = mkdtempSync(join(tmpdir(), 'rxnn-rxjs-'));
    const modules = join(other, 'node_modules');
    cpSync(join(root, 'node_modules/rxjs'), join(modules, 'rxjs'), { recursive: true });
    cpSync(join(root, 'dist/rxjs.cjs'), join(modules, 'rxnn/dist/rxjs.cjs'));
    const manifest = join(modules, 'rxjs/package.json');
    writeFileSync(manifest, readFileSync(manifest, 'utf8').replace(/"version": "[^"]+"/, '"version": "7.99.0"'));
    writeFileSync(
      join(other, 'program.cjs'),
      `const { Observable, map } = require('./node_modules/rxnn/dist/rxjs.cjs');
console.log(Observable === require('rxjs').Observable, map === require('rxjs').map, map.toString().length > 0);`,
    );
    const files = loaded([join(other, 'program.cjs')]);
    expect(byPackage(files).rxjs).toBeGreaterThan(60);
    expect(execFileSync(process.execPath, ['program.cjs'], { cwd: other, encoding: 'utf8' })).toBe('true true true\n');
    rmSync(other, { recursive: true });
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
