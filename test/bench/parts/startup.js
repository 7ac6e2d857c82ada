// From the shell: how long the command line takes to its first words, and to the first step of a small network.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { digits, median } from '../numbers.js';
import { usualDevices } from '../open-device.js';

export const name = 'startup';
export const title = 'Start';
export const about =
  'Milliseconds from the start of the process: to the end of `rxnn --help`, and to the report of the first step of `rxnn train` on a small file. The step is seen from outside: the data is one batch, so that the first epoch is one step, and its report is the first line of `--json`. `node -e 0` is what Node itself takes.';

const HELP_MS = 150;
const STEP_MS = 400;
const bin = fileURLToPath(new URL('../../../bin/rxnn.js', import.meta.url));

export async function measure(options, emit, progress) {
  const runs = options.quick ? 5 : 15;
  const folder = mkdtempSync(join(tmpdir(), 'rxnn-bench-'));
  try {
    const file = trainingFile(folder);
    const device = options.devices?.[0] ?? usualDevices()[0];
    const asked = options.devices === undefined ? [] : ['--device', device];
    const sides = [
      { what: 'node -e 0', args: ['-e', '0'], until: 'exit' },
      { what: 'rxnn --help', args: [bin, '--help'], until: 'exit' },
      { what: 'first step', args: [bin, 'train', file, '--epochs', '1', '--json', ...asked], until: 'line' },
    ];
    progress(sides.map(({ what }) => what).join(', '));
    const times = sides.map(() => /** @type {number[]} */ ([]));
    for (let run = -1; run < runs; run++) {
      for (const [i, side] of sides.entries()) {
        const time = await timed(side);
        if (run >= 0) times[i].push(time);
      }
    }
    return sides.map(({ what, until }, i) => {
      const result = {
        part: name,
        what,
        device: until === 'line' ? device : undefined,
        milliseconds: median(times[i]),
        rounds: times[i],
      };
      emit(result);
      return result;
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A small network for 32 rows, which are one batch. */
function trainingFile(folder) {
  const rows = Array.from({ length: 32 }, (_, i) =>
    [Math.sin(i), Math.cos(3 * i), Math.sin(5 * i), i % 5, 'abc'[i % 3]].join(),
  );
  writeFileSync(join(folder, 'small.csv'), `a,b,c,d,kind\n${rows.join('\n')}\n`);
  const file = join(folder, 'train.json');
  const training = {
    data: { source: 'small.csv', target: 'kind' },
    model: { layers: [{ dense: { units: 16, activation: 'tanh' } }] },
    loss: 'crossEntropy',
    optimizer: { adam: { learningRate: 0.001 } },
    batchSize: 'full',
    epochs: 1,
  };
  writeFileSync(file, JSON.stringify(training));
  return file;
}

/** Milliseconds from the start of a process to its end, or to its first line, which must be a report. */
function timed({ what, args, until }) {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let time;
    let output = '';
    let errors = '';
    child.stdout.on('data', chunk => {
      output += chunk;
      if (until === 'line' && output.includes('\n')) time ??= performance.now() - start;
    });
    child.stderr.on('data', chunk => {
      errors += chunk;
    });
    child.on('error', reject);
    child.on('close', code => {
      if (until === 'exit') time = performance.now() - start;
      const reported = until === 'exit' || output.startsWith('{"type":"training-reported"');
      if (code === 0 && time !== undefined && reported) resolve(time);
      else reject(new Error(`${what} ended with ${code}: ${errors.trim() || output.slice(0, 200)}`));
    });
  });
}

export const tables = results => [
  {
    columns: ['', 'ms', 'lowest', 'highest'],
    rows: results.map(({ what, milliseconds, rounds }) => [
      what,
      digits(milliseconds),
      digits(Math.min(...rounds)),
      digits(Math.max(...rounds)),
    ]),
  },
];

export const ratios = results => [
  {
    columns: ['', 'ms', "times Node's own", "ms beyond Node's own"],
    rows: results.map(({ what, milliseconds }) => [
      what,
      digits(milliseconds),
      digits(milliseconds / results[0].milliseconds),
      digits(milliseconds - results[0].milliseconds),
    ]),
  },
];

export const goals = ([node, help, step]) => [
  {
    goal: `rxnn --help under ${HELP_MS} ms`,
    got: shown(help, node),
    reached: help.milliseconds < HELP_MS,
  },
  {
    goal: `first step under ${STEP_MS} ms`,
    got: shown(step, node),
    reached: step.milliseconds < STEP_MS,
  },
];

const shown = (own, node) =>
  `${digits(own.milliseconds)} ms, ${digits(own.milliseconds - node.milliseconds)} ms beyond Node's own ${digits(node.milliseconds)}`;

export const failures = () => [];
