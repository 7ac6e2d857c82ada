import { readFileSync } from 'node:fs';
import asc from 'assemblyscript/asc';

/**
 * The WebAssembly module of AssemblyScript text, compiled as the kernels are; it may import files of `folder` (a URL).
 * Throws what the compiler says.
 */
export async function compileAssembly(source, folder) {
  const entry = 'entry.ts';
  let binary;
  const flags = ['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', '--importMemory'];
  const { error, stderr } = await asc.main([entry, ...flags, '--outFile', 'out.wasm'], {
    readFile: name => (name === entry ? source : read(name, folder)),
    writeFile: (_, content) => {
      binary = content;
    },
    listFiles: () => [],
  });
  if (error) throw new Error(`the kernel does not compile: ${stderr}`, { cause: error });
  return WebAssembly.compile(binary);
}

function read(name, folder) {
  try {
    return folder ? readFileSync(new URL(name, folder), 'utf8') : null;
  } catch {
    return null;
  }
}
