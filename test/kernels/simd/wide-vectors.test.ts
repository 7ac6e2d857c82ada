import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { useWideVectors } from '../../../src/cli/use-wide-vectors.js';
import { allowWideVectors, hasWideVectors } from '../../../src/kernels/simd/wide-vectors.js';

const FLAG = '--experimental-wasm-revectorize';
const { v8_enable_wasm_simd256_revec: isBuiltIn } = process.config.variables as unknown as Record<string, unknown>;
const isMeasured = process.arch === 'x64' && isBuiltIn === 1 && /^v2[456]\./.test(process.version);
const without = 'this engine does not make wide vectors: Node.js 24 to 26 for Linux and Windows on x64 do';
if (!isMeasured) console.log(`skipped: products compiled to wide vectors: ${without}`);

test('an engine in which it was measured is given the flag, and no other one that it may not know', () => {
  const flags: string[] = [];
  expect(hasWideVectors()).toBe(false);
  useWideVectors({ RXNN_WIDE: 'off' });
  expect(hasWideVectors()).toBe(false);
  allowWideVectors(flag => flags.push(flag) > 0);
  expect(flags).toEqual(isMeasured ? [FLAG] : []);
  expect(hasWideVectors()).toBe(isMeasured);
});

/** Trains networks of odd sizes and multiplies matrices, and prints a digest of all numbers. */
const PROGRAM = `
import { createHash } from 'node:crypto';
import { ops, simdDevice } from ${JSON.stringify(new URL('../../../dist/index.js', import.meta.url).href)};
const hash = createHash('sha256');
const sines = (length, from) => Float32Array.from({ length }, (_, i) => Math.sin(1.7 * (i + from)));
for (const threads of [1, 2]) {
  const device = simdDevice({ threads });
  for (const m of [1, 3, 4, 5, 7, 13, 37, 64, 129]) for (const n of [3, 8, 9, 10, 12, 13, 16, 31, 200]) for (const k of [1, 16, 65, 300]) {
    for (const turned of ['none', 'A', 'B']) {
      const [a, b, bias] = [turned === 'A' ? [k, m] : [m, k], turned === 'B' ? [n, k] : [k, n], [1, n]];
      const nodes = [a, b, bias].map(shape => ops.input(shape));
      const [x, y, z] = nodes;
      const product = ops.add(ops.matmul(x, y, { transposeA: turned === 'A', transposeB: turned === 'B' }), z);
      const program = device.compile({ inputs: nodes, outputs: [ops.tanh(product), ops.sigmoid(product), ops.exp(ops.neg(ops.abs(product)))] });
      const tensors = [a, b, bias].map(([rows, columns], i) => device.tensor([rows, columns], sines(rows * columns, i)));
      for (let times = 0; times < 3; times++) {
        const outputs = program.run(tensors);
        for (const output of outputs) hash.update(new Uint8Array(output.readSync().slice().buffer));
        for (const output of outputs) output.dispose();
      }
      for (const tensor of tensors) tensor.dispose();
      program.dispose();
    }
  }
  device.close();
}
process.stdout.write(hash.digest('hex'));
`;

describe.skipIf(!isMeasured)('products compiled to wide vectors', () => {
  const digest = (...flags: string[]) => {
    const args = [...flags, '--input-type=module', '--eval', PROGRAM];
    const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
    return stdout;
  };

  test('are the same to the bit as others, compiled at once and when they are hot', { timeout: 120_000 }, () => {
    const usual = digest();
    expect(usual).toHaveLength(64);
    expect(digest(FLAG, '--wasm-tiering-budget=1')).toBe(usual);
    expect(digest(FLAG)).toBe(usual);
  });
});
