import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, expect, test } from 'vitest';

// The package as a stranger gets it: packed from what is built, installed from its tarball in an empty directory.
const root = fileURLToPath(new URL('../..', import.meta.url));
const npm = (args: string[], cwd: string) =>
  execFileSync('npm', args, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  });

let folder = '';
let packed: { filename: string; files: { path: string }[] };

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rxnn-pack-'));
  const [entry] = JSON.parse(
    npm(['pack', '--json', '--ignore-scripts', '--pack-destination', folder], root),
  ) as (typeof packed)[];
  packed = entry!;
  writeFileSync(join(folder, 'package.json'), '{ "name": "stranger", "private": true, "type": "module" }\n');
  npm(
    [
      'install',
      '--prefer-offline',
      '--omit=optional',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      `./${packed.filename}`,
    ],
    folder,
  );
}, 240_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('carries what runs and nothing else', () => {
  const paths = packed.files.map(file => file.path);
  for (const needed of [
    'bin/rxnn.js',
    'dist/index.js',
    'dist/index.d.ts',
    'dist/dashboards/index.html',
    'dist/THIRD-PARTY.txt',
    'schema/search.schema.json',
    'LICENSE',
    'README.md',
  ])
    expect(paths).toContain(needed);
  expect(paths.filter(path => !/^(bin|dist|schema)\/|^(package\.json|LICENSE|[A-Z]+\.md)$/.test(path))).toEqual([]);
});

test('runs the command line', () => {
  const rxnn = join(folder, 'node_modules', '.bin', 'rxnn');
  expect(execFileSync(rxnn, ['--version'], { cwd: folder, encoding: 'utf8' })).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect(execFileSync(rxnn, ['--help'], { cwd: folder, encoding: 'utf8' })).toContain('tune');
});

test('type-checks and runs a ten-line program', () => {
  writeFileSync(
    join(folder, 'program.ts'),
    `import { adam, crossEntropy, dense, fromArrays, network, patience, train } from 'rxnn';

const data = fromArrays({ x: [[0, 0], [0, 1], [1, 0], [1, 1]], y: [0, 1, 1, 0], task: 'classification' });
const net = network([dense(8, { activation: 'tanh' }), dense(2)], { inputs: 2, seed: 1 });
let last = Number.NaN;
train({ net, data, loss: crossEntropy(), optimizer: adam({ learningRate: 0.05 }), batchSize: 4, epochs: 200 })
  .pipe(patience({ metric: 'loss', epochs: 20 }))
  .subscribe({ next: report => { last = report.metrics.loss ?? Number.NaN; }, complete: () => console.log(last < 0.05) });
`,
  );
  const options = { target: 'es2023', module: 'nodenext', strict: true, types: [] as string[], lib: ['es2023', 'dom'] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files: ['program.ts'] }));
  execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder], { encoding: 'utf8' });
  expect(execFileSync(process.execPath, [join(folder, 'program.js')], { cwd: folder, encoding: 'utf8' })).toBe(
    'true\n',
  );
});

test.each([
  ['es', 'mjs'],
  ['cjs', 'cjs'],
] as const)('runs in a bundle for Node.js (%s), with the rxjs of the program in it', async (format, extension) => {
  writeFileSync(
    join(folder, 'bundled.js'),
    `import { lastValueFrom, Observable } from 'rxjs';
import { dense, fromArrays, meanSquaredError, network, sgd, train } from 'rxnn';
const data = fromArrays({ x: [[1], [2]], y: [1, 2], task: 'regression' });
const net = network([dense(1)], { inputs: 1 });
const report$ = train({ net, data, loss: meanSquaredError(), optimizer: sgd(), batchSize: 1, epochs: 2 });
lastValueFrom(report$).then(({ epoch }) => console.log(epoch, report$ instanceof Observable));
`,
  );
  const build = await rolldown({
    input: join(folder, 'bundled.js'),
    platform: 'node',
    cwd: folder,
    external: ['gpu.js', 'webgpu', /^node:/],
    onwarn() {},
  });
  const to = join(folder, `bundle-${format}`);
  const names = { entryFileNames: `program.${extension}`, chunkFileNames: `[name].${extension}` };
  await build.write({ dir: to, format, ...names });
  await build.close();
  const ran = execFileSync(process.execPath, [join(to, `program.${extension}`)], { cwd: folder, encoding: 'utf8' });
  expect(ran).toBe('2 true\n');
});

test('is bundled for browsers without anything of Node.js', async () => {
  writeFileSync(
    join(folder, 'page.js'),
    "import { dense, network } from 'rxnn';\nglobalThis.made = network([dense(1)], { inputs: 1 });\n",
  );
  const build = await rolldown({
    input: join(folder, 'page.js'),
    platform: 'browser',
    cwd: folder,
    external: ['gpu.js'],
  });
  const { output } = await build.generate({ format: 'es' });
  await build.close();
  const [page] = output;
  expect(page.imports.filter(name => !output.some(({ fileName }) => fileName === name))).toEqual([]);
  expect(page.code).toContain('WebAssembly');
  // The kernels for one thread, with relaxed SIMD and without: those for several threads would be no use.
  expect(page.code.match(/AGFzbQ/g)).toHaveLength(2);
  expect(page.code).not.toMatch(/\b(?:successiveHalving|foldEvent|createRequire)\b/);
});
