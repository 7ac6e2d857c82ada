import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

// The textbook neuron against plain float64 JavaScript (examples/logistic/reference.mjs), through the command line.
const root = fileURLToPath(new URL('../..', import.meta.url));
const reference = JSON.parse(readFileSync(join(root, 'examples/logistic/reference.json'), 'utf8')) as Record<
  string,
  { losses: number[]; prediction: number; weights: number[]; bias: number }
>;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rxnn-logistic-'));
  cpSync(join(root, 'examples/logistic'), folder, { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const rxnn = (...args: string[]) =>
  execFileSync(process.execPath, [join(root, 'bin/rxnn.js'), ...args], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });

const relative = (value: number, expected: number) => Math.abs(value - expected) / Math.abs(expected);

test('reference.mjs still makes the points and the values that are kept', () => {
  const kept = () => [
    JSON.parse(readFileSync(join(folder, 'reference.json'), 'utf8')),
    readFileSync(join(folder, 'points.csv'), 'utf8'),
  ];
  const before = kept();
  execFileSync(process.execPath, [join(folder, 'reference.mjs')]);
  expect(isDeepStrictEqual(kept(), before)).toBe(true);
});

describe.each([
  ['binaryCrossEntropy', 'train.json'],
  ['meanSquaredError', 'train-squared-error.json'],
])('%s', (loss, file) => {
  const expected = reference[loss]!;

  test('every one of 1000 losses and the prediction at (0.5, 0.5) equal float64 to 1e-5', () => {
    const events = rxnn('train', file, '--json', '--out', `${loss}.rxnn`)
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as { type: string; report?: { metrics: { loss: number } } });
    const losses = events.filter(event => event.type === 'training-reported').map(event => event.report!.metrics.loss);
    expect(losses).toHaveLength(1000);
    for (const [i, value] of losses.entries()) expect(relative(value, expected.losses[i]!)).toBeLessThan(1e-5);

    const [header, row] = rxnn('predict', `${loss}.rxnn`, 'point.csv').trim().split('\n');
    const probability = Number(row!.split(',')[header!.split(',').indexOf('p(1)')]);
    expect(relative(probability, expected.prediction)).toBeLessThan(1e-5);
  });
});
