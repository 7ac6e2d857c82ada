// Compiles the SIMD kernels (AssemblyScript) and writes them as a module of TypeScript, so that no one has to fetch a file.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { root, runTool } from './ready.js';

const folder = 'src/kernels/simd/assembly';
const file = kind => `src/kernels/simd/wasm-${kind}.generated.ts`;

/** For a memory of one thread, and for one that threads share. */
const KINDS = { local: [], shared: ['--sharedMemory', '--enable', 'threads'] };
/** With the instructions that every engine has, and with one for a product and a sum. */
const VARIANTS = { plain: [], fused: ['--enable', 'relaxed-simd'] };

/** Tells what the kernels are made from: their sources, the compiler, and how this file calls it. */
export function fingerprint(read = file => readFileSync(root + file)) {
  const sources = readdirSync(root + folder).map(file => `${folder}/${file}`);
  const others = ['src/kernels/simd/opcodes.ts', 'scripts/assembly.js', 'node_modules/assemblyscript/package.json'];
  const hash = createHash('sha256').update(process.env.RXNN_DEBUG ?? '');
  for (const name of [...sources.sort(), ...others]) hash.update(name).update(read(name));
  return hash.digest('hex');
}

export function assemble() {
  const made = fingerprint();
  for (const [kind, flags] of Object.entries(KINDS)) {
    const output = root + file(kind);
    if (existsSync(output) && readFileSync(output, 'utf8').includes(made)) continue;
    const binaries = Object.entries(VARIANTS).map(([name, more]) => `  ${name}: '${compile([...flags, ...more])}',`);
    const about = `/** The compiled kernels in base64, ${kind === 'local' ? 'for one thread' : 'for threads that share a memory'}. */`;
    writeFileSync(output, `${about}\nexport const ${kind} = {\n${binaries.join('\n')}\n};\n// ${made}\n`);
  }
}

function compile(flags) {
  const binaryFile = `${tmpdir()}/rxnn-kernels-${process.pid}.wasm`;
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
  runTool('assemblyscript/bin/asc.js', [`${folder}/index.ts`, ...options, ...memory, ...flags, '-o', binaryFile]);
  const binary = readFileSync(binaryFile);
  rmSync(binaryFile);
  return binary.toString('base64');
}
