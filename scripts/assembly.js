// Compiles the SIMD kernels (AssemblyScript) and writes them as a module of TypeScript, so that no one has to fetch a file.
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { root, runTool } from './ready.js';

const folder = 'src/kernels/simd/assembly';
const output = `${root}src/kernels/simd/wasm.generated.ts`;

const VARIANTS = { local: [], shared: ['--sharedMemory', '--enable', 'threads'] };

export function assemble() {
  const sources = [...readdirSync(root + folder).map(file => `${folder}/${file}`), 'src/kernels/simd/opcodes.ts'];
  const newest = Math.max(...[...sources, 'scripts/assembly.js'].map(file => statSync(root + file).mtimeMs));
  if (statSync(output, { throwIfNoEntry: false })?.mtimeMs > newest) return;
  const binaries = Object.entries(VARIANTS).map(([name, flags]) => `  ${name}: '${compile(flags)}',`);
  writeFileSync(
    output,
    `/** The compiled kernels in base64, for a memory of one thread and for one that threads share. */\nexport const wasm = {\n${binaries.join('\n')}\n};\n`,
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
