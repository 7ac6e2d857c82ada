// Compiles the SIMD kernels (AssemblyScript) and writes them as a module of TypeScript, so that no one has to fetch a file.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { root, runTool } from './ready.js';

const folder = 'src/kernels/simd/assembly';
const output = `${root}src/kernels/simd/wasm.generated.ts`;

const VARIANTS = { local: [], shared: ['--sharedMemory', '--enable', 'threads'] };

/** Tells what the kernels are made from: their sources, the compiler, and how this file calls it. */
export function fingerprint(read = file => readFileSync(root + file)) {
  const sources = readdirSync(root + folder).map(file => `${folder}/${file}`);
  const others = ['src/kernels/simd/opcodes.ts', 'scripts/assembly.js', 'node_modules/assemblyscript/package.json'];
  const hash = createHash('sha256').update(process.env.RXNN_DEBUG ?? '');
  for (const file of [...sources.sort(), ...others]) hash.update(file).update(read(file));
  return hash.digest('hex');
}

export function assemble() {
  const made = fingerprint();
  if (existsSync(output) && readFileSync(output, 'utf8').includes(made)) return;
  const binaries = Object.entries(VARIANTS).map(([name, flags]) => `  ${name}: '${compile(flags)}',`);
  writeFileSync(
    output,
    `/** The compiled kernels in base64, for a memory of one thread and for one that threads share. */\nexport const wasm = {\n${binaries.join('\n')}\n};\n// ${made}\n`,
  );
}

function compile(flags) {
  const file = `${tmpdir()}/rxnn-kernels-${process.pid}.wasm`;
  // 0x10000 pages are 4 GiB, all that WebAssembly can address.
  const memory = ['--importMemory', '--initialMemory', '1', '--maximumMemory', '65536'];
  const options = [
    '-O3',
    '--noAssert',
    '--runtime',
    'stub',
    '--enable',
    'simd',
    '--disableWarning',
    '112',
    ...(process.env.RXNN_DEBUG ? ['--debug'] : []),
  ];
  runTool('assemblyscript/bin/asc.js', [`${folder}/index.ts`, ...options, ...memory, ...flags, '-o', file]);
  const binary = readFileSync(file);
  rmSync(file);
  return binary.toString('base64');
}
