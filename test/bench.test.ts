import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { jobGflop, middleProducts } from './bench/job-work.js';
import { checkLosses, lossSummary } from './bench/loss-check.js';
import { report } from './bench/markdown.js';
import { digits, median, rate } from './bench/numbers.js';
import { PARTS, parseOptions } from './bench/options.js';
import { markdownTable, textTable } from './bench/table.js';
import { oneHot, startingWeights, WORKLOADS, workloadData } from './bench/workloads.js';

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const bytes = (values: Float32Array) => Buffer.from(values.buffer);

/** Runs a script with arguments; never rejects. */
function node(script: string, ...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise(resolve => {
    execFile(process.execPath, [file(script), ...args], (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

describe('npm run bench: arguments', () => {
  test('without arguments everything is measured', () => {
    const { parts, workloads, systems, quick, json, write } = parseOptions([]);
    expect(parts).toEqual(PARTS);
    expect(workloads).toEqual(['W1', 'W2', 'W3', 'W4', 'W5']);
    expect(systems).toEqual(['rxnn', 'tfjs', 'jax', 'brain', 'brain-adam']);
    expect([quick, json, write]).toEqual([false, false, false]);
  });

  test('parts run in their own order; lists are written with commas, after a space or =', () => {
    const { parts, workloads, systems } = parseOptions([
      'memory',
      'training',
      '--workloads',
      'W4,W1',
      '--systems=rxnn',
    ]);
    expect(parts).toEqual(['training', 'memory']);
    expect(workloads).toEqual(['W4', 'W1']);
    expect(systems).toEqual(['rxnn']);
  });

  test.each([
    [
      ['speed'],
      'there is no part "speed"; parts are training, matmul, streams, startup, tuning, tuner, workers, live, memory, dashboard',
    ],
    [
      ['--fast'],
      'there is no option "--fast"; options are --quick, --json, --write, --help, --workloads, --systems, --devices',
    ],
    [['--workloads', 'W9'], '--workloads: there is no "W9"; there are W1, W2, W3, W4, W5'],
    [['--systems'], '--systems needs names with commas between them: rxnn, tfjs, jax, brain, brain-adam'],
    [['--systems', '--json'], '--systems needs names with commas between them: rxnn, tfjs, jax, brain, brain-adam'],
  ])('%j is refused in one sentence', (args, message) => {
    expect(() => parseOptions(args)).toThrow(message);
  });

  test('a wrong argument ends the command with 2 before anything is built', async () => {
    const { code, stdout, stderr } = await node('../scripts/bench.js', 'speed');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe(`bench: there is no part "speed"; parts are ${PARTS.join(', ')}\n`);
  });

  test('a device that there is not ends it with 2 too', async () => {
    const { code, stderr } = await node('bench/main.js', 'training', '--devices', 'abacus');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^bench: --devices: there is no "abacus"; there are .*webasm.*\n$/);
  });
});

describe('npm run bench: workloads', () => {
  test.each(WORKLOADS)('$name has whole batches and equal numbers every time', workload => {
    const { rows, features, x, y } = workloadData(workload);
    expect(rows % workload.batch).toBe(0);
    expect([x.length, y.length]).toEqual([rows * features, rows]);
    const again = workloadData(workload);
    expect(bytes(again.x).equals(bytes(x)) && bytes(again.y).equals(bytes(y))).toBe(true);
  });

  // W1 to W3 have the same data.
  test.each(WORKLOADS.slice(2))(
    'the classes of $name can be learned: most rows are nearest to the mean of their own',
    workload => {
      const { rows, features, classes, x, y } = workloadData(workload);
      const learned = rows / 2;
      const row = (i: number) => x.subarray(i * features, (i + 1) * features);
      const means = Array.from({ length: classes }, () => new Float64Array(features));
      const counts = new Float64Array(classes);
      for (let i = 0; i < learned; i++) {
        counts[y[i]!]!++;
        row(i).forEach((value, column) => {
          means[y[i]!]![column]! += value;
        });
      }
      const distance = (i: number, label: number) =>
        row(i).reduce((sum, value, column) => sum + (value - means[label]![column]! / counts[label]!) ** 2, 0);
      let right = 0;
      let asked = 0;
      for (let i = learned; i < rows; i += 4, asked++) {
        const distances = means.map((_, label) => distance(i, label));
        if (distances.indexOf(Math.min(...distances)) === y[i]) right++;
      }
      expect(right / asked).toBeGreaterThan(0.7);
    },
  );

  test('starting weights have the sizes of the network and are the same every time', () => {
    const [first] = WORKLOADS;
    const layers = startingWeights(first!);
    expect(layers.map(({ inputs, outputs, weights, bias }) => [inputs, outputs, weights.length, bias.length])).toEqual([
      [784, 128, 784 * 128, 128],
      [128, 10, 1280, 10],
    ]);
    const again = startingWeights(first!);
    expect(layers.every(({ weights }, i) => bytes(weights).equals(bytes(again[i]!.weights)))).toBe(true);
  });

  test('one-hot rows have their 1 at the class', () => {
    expect([...oneHot(Float32Array.of(2, 0), 3)]).toEqual([0, 0, 1, 1, 0, 0]);
  });
});

describe('npm run bench: losses are checked', () => {
  const falling = Array.from({ length: 20 }, (_, i) => 2 - i * 0.05);
  const times = (factor: number) => falling.map(value => value * factor);

  test('the summary is the mean of the first and of the last tenth', () => {
    expect(lossSummary(falling)).toEqual({ firstLoss: (2 + 1.95) / 2, lastLoss: expect.closeTo(1.075, 9) });
  });

  test('equal losses that fall are right; those of a system that trains otherwise need only fall', () => {
    const entries = [
      { losses: falling, alike: true },
      { losses: times(1.0005), alike: true },
      { losses: times(0.1), alike: false },
    ];
    expect(checkLosses(entries)).toEqual([undefined, undefined, undefined]);
  });

  test('a loss that stays, is not a number, or is not that of the others is told', () => {
    const problems = checkLosses([
      { losses: falling, alike: true },
      { losses: falling, alike: true },
      { losses: times(1.01), alike: true },
      { losses: falling.map(() => 1), alike: false },
      { losses: [1, Number.NaN], alike: false },
    ]);
    expect(problems.slice(0, 2)).toEqual([undefined, undefined]);
    expect(problems[2]).toMatch(/^its firstLoss .* is not the others' 1\.975$/);
    expect(problems[3]).toBe('its loss does not fall: from 1 to 1');
    expect(problems[4]).toBe('its loss is not a number');
  });

  test('losses that must be equal to the bit are told from the first step that differs', () => {
    const [a, b] = checkLosses([
      { losses: falling, alike: true, exactly: 'simd' },
      { losses: falling.map((value, i) => (i === 3 ? value + 1e-7 : value)), alike: true, exactly: 'simd' },
    ]);
    expect([a, b]).toEqual([undefined, 'its losses differ with the number of threads, from step 4 on']);
  });
});

describe('npm run bench: output', () => {
  test('numbers have three digits', () => {
    expect([0.1234, 1.234, 12.34, 123.4].map(digits)).toEqual(['0.123', '1.23', '12.3', '123']);
    expect([999, 1234, 1.5e6, Number.NaN].map(rate)).toEqual(['999', '1.23 k', '1.50 M', '–']);
    expect([median([3, 1, 2]), median([4, 1, 2, 3])]).toEqual([2, 2.5]);
  });

  test('a table is columns for a terminal, and Markdown for a file', () => {
    const table = {
      title: 'Speed',
      columns: ['', 'ratio'],
      rows: [
        ['W1', '12.3×'],
        ['W10', '4×'],
      ],
    };
    expect(textTable(table)).toEqual(['Speed', '     ratio', 'W1   12.3×', 'W10     4×']);
    expect(markdownTable(table)).toEqual([
      'Speed',
      '',
      '|  | ratio |',
      '| --- | ---: |',
      '| W1 | 12.3× |',
      '| W10 | 4× |',
    ]);
  });

  test('BENCHMARKS.md has the command, the machine, the ratios, the targets and what failed', () => {
    const part = {
      name: 'training',
      title: 'Training steps',
      ratios: () => [{ columns: ['', 'jax (wasm)'], rows: [['W1', '4.20×']] }],
    };
    const machine = { cpu: 'A processor', cores: 2, memory: 8, system: 'linux', node: 'v20.19.0' };
    const measured = {
      part,
      results: [{ system: 'rxnn', version: '1.0.0' }],
      goals: [
        { goal: 'W1: 4× jax', got: '4.20×', reached: true },
        { goal: 'W1: 10× tfjs', got: '9.00×', reached: false },
      ],
      problems: ['W1, brain: its loss does not fall'],
    };
    const text = report([measured], { args: ['training', '--write'], machine, date: new Date('2030-01-02T03:04:05Z') });
    expect(text).toContain('npm run bench -- training --write\n');
    expect(text).toContain('2030-01-02; A processor, 2 cores, 8 GiB; linux; Node v20.19.0.\nrxnn 1.0.0.\n');
    expect(text).toContain('agree between the systems within 0.1 %');
    expect(text).toContain('| W1 | 4.20× |\n');
    expect(text).toContain('| W1: 4× jax | 4.20× | reached |\n| W1: 10× tfjs | 9.00× | **missed** |\n');
    expect(text).toContain('- FAILED W1, brain: its loss does not fall\n');
  });

  test('--json has one object a line with workload, system, device, threads and samples a second', async () => {
    const { code, stdout } = await node(
      'bench/main.js',
      ...['training', '--quick', '--json', '--systems', 'rxnn', '--workloads', 'W4', '--devices', 'webasm'],
    );
    expect(code).toBe(0);
    const lines = stdout.trim().split('\n');
    expect(lines.map(line => JSON.parse(line))).toEqual([
      {
        part: 'training',
        workload: 'W4',
        system: 'rxnn',
        device: 'webasm',
        threads: 1,
        samplesPerSecond: expect.any(Number),
        rounds: [expect.any(Number), expect.any(Number), expect.any(Number)],
        steps: 100,
        firstLoss: expect.closeTo(1.5097, 3),
        lastLoss: expect.closeTo(0.9625, 3),
        version: expect.any(String),
        ok: true,
      },
    ]);
  });
});

describe('the work of a tuning job', () => {
  test('is the products of its trials: forward, and both gradients but that of the first inputs; forward on a quarter of the rows', () => {
    const trial = (number: number, units: readonly number[]) => ({
      type: 'trial-started',
      trial: number,
      hparams: Object.fromEntries(units.map((count, i) => [`layers[0][${i}].dense.units`, count])),
    });
    const events = [
      trial(0, [2]),
      trial(1, [3, 5]),
      { type: 'trial-finished', trial: 1, epochs: 1 },
      { type: 'trial-finished', trial: 0, epochs: 3 },
      { type: 'study-finished', samples: 40 },
    ];
    const first = 30 * (2 * (3 * (64 * 2 + 2 * 10) - 64 * 2) + 0.25 * 2 * (64 * 2 + 2 * 10));
    const weights = 64 * 3 + 3 * 5 + 5 * 10;
    const second = 10 * (2 * (3 * weights - 64 * 3) + 0.25 * 2 * weights);
    expect(jobGflop(events)).toBeCloseTo((first + second) / 1e9, 12);
  });

  test('has eight kinds of products in the middle of its space', () => {
    const work = middleProducts().reduce((sum, { m, k, n }) => sum + m * k * n, 0);
    expect(middleProducts()).toHaveLength(8);
    expect(work).toBe(45 * (3 * (64 * 64 + 64 * 64 + 64 * 10) - 64 * 64));
  });
});
