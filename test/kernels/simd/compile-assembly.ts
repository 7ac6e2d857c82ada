import { readFileSync } from 'node:fs';
import asc from 'assemblyscript/asc';
import { withRelaxedSimd } from '../../../src/kernels/simd/relaxed-simd.js';

/** Compiles AssemblyScript that imports from the kernels' folder, as the build does for this engine, and gives its exports; it imports `memory`. */
export async function compileAssembly(source: string, memory: WebAssembly.Memory): Promise<WebAssembly.Exports> {
  const folder = new URL('../../../src/kernels/simd/assembly/', import.meta.url);
  let binary = new Uint8Array();
  const relaxed = withRelaxedSimd(() => true) === true ? ['--enable', 'relaxed-simd'] : [];
  const flags = ['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', ...relaxed, '--importMemory'];
  const { error, stderr } = await asc.main(['entry.ts', ...flags, '--disableWarning', '112', '--outFile', 'out.wasm'], {
    readFile: name => {
      if (name === 'entry.ts') return source;
      try {
        return readFileSync(new URL(name, folder), 'utf8');
      } catch {
        return null;
      }
    },
    writeFile: (_name: string, contents: string | Uint8Array) => {
      binary = contents as Uint8Array<ArrayBuffer>;
    },
    listFiles: () => [],
  });
  if (error) throw new Error(String(stderr));
  const compile = () => new WebAssembly.Module(binary);
  return new WebAssembly.Instance(withRelaxedSimd(compile) ?? compile(), { env: { memory } }).exports;
}
