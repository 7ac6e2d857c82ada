import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { fingerprint } from '../../../scripts/assembly.js';

const text = (file: string): string => readFileSync(file, 'utf8');

it('the kernels are assembled again when a source of theirs or the compiler has changed, and only then', () => {
  // The build looks for this.
  for (const kind of ['local', 'shared']) {
    expect(text(`src/kernels/simd/wasm-${kind}.generated.ts`)).toContain(fingerprint());
  }
  for (const changed of ['src/kernels/simd/assembly/matmul-tile.ts', 'src/kernels/simd/opcodes.ts', 'package.json']) {
    const other = fingerprint((file: string) => Buffer.from(file.endsWith(changed) ? `${text(file)} ` : text(file)));
    expect(other).not.toBe(fingerprint());
  }
});
