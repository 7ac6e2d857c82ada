// The tuning job as a user runs it: `rxnn tune` on a search file, the whole command, without pruning and with it.
import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startChild } from '../child.js';
import { jobGflop, middleProducts } from '../job-work.js';
import { digits, median } from '../numbers.js';
import { CORES, usualDevices } from '../open-device.js';

export const name = 'tuning';
export const title = 'Tuning';
export const about =
  'Digits: 1 to 3 layers of 16 to 256 units, three activations, Adam from 1e-4 to 1e-1, batches of 16 to 128, random search, 100 trials of 30 epochs (`test/bench/tuning/`), the whole command from the shell, its study stored; medians of rounds with `--seed` 0, 1 and 2, as what a hundred draws cost differs (the products of seed 0 are the dearest in a hundred, all rounds are in the `--json`); deterministic: with 4 trials open and heard in turns, the same study however many at a time; the last columns are controls: the processor time of all threads, what the matrix products of the trials are, and how long one core needs for these alone at the speed that the products of a network in the middle of the space have in this run; Optuna 5 with PyTorch takes 45 s without pruning and 7 to 13 s with it on a machine of 2 cores.';

const JOBS = [
  { job: 'no pruning', file: 'digits.json', seconds: 6 },
  { job: 'successive halving', file: 'digits-halving.json', seconds: 1.5 },
  // What it costs that decisions do not depend on timing.
  { job: 'successive halving, deterministic', file: 'digits-halving.json', changes: { deterministic: true } },
];
const LEAST_ACCURACY = 0.975;

const path = file => fileURLToPath(new URL(file, import.meta.url));

export async function measure(options, emit, progress) {
  const device = options.devices?.[0];
  const rounds = options.quick ? 1 : 3;
  const limit = options.quick ? 20 : 90;
  const speed = await productSpeed(device ?? usualDevices()[0], options.quick ? 3 : 9);
  const variants = JOBS.flatMap(job => [undefined, 1].map(parallel => ({ ...job, parallel, runs: [] })));
  for (let round = 0; round < rounds; round++) {
    for (const variant of variants) {
      // A slow device is not waited for three times.
      if (variant.runs.length > 0 && variant.runs[0].seconds > limit / 3) continue;
      progress(`${variant.job}, ${variant.parallel ?? 'default'} at a time`);
      variant.runs.push(await tune(variant, device, limit, round));
    }
  }
  return variants.map(({ job, parallel, runs }) => {
    const [{ workers, trials }] = runs;
    const gflop = median(runs.map(run => run.gflop));
    const result = {
      part: name,
      job,
      device: device ?? usualDevices()[0],
      parallel: workers,
      asked: parallel ?? 'default',
      seconds: median(runs.map(run => run.seconds)),
      studySeconds: median(runs.map(run => run.studySeconds)),
      rounds: runs.map(run => run.seconds),
      gflopOfRounds: runs.map(run => run.gflop),
      cpuSeconds: median(runs.map(run => run.cpu)),
      gflop,
      productGflops: speed,
      productSeconds: gflop / speed,
      trials,
      complete: runs.every(({ reason }) => reason === 'trials'),
      bestAccuracy: Math.min(...runs.map(run => run.accuracy)),
      failed: Math.max(...runs.map(run => run.failed)),
    };
    emit(result);
    return result;
  });
}

/** GFLOP/s of one thread at the products of a network in the middle of the job's space, all of a step together. */
async function productSpeed(device, rounds) {
  const child = startChild('measure-matmul.js', { device, rounds });
  try {
    let flops = 0;
    let nanoseconds = 0;
    for (const shape of middleProducts()) {
      const { speeds } = await child.ask('product', shape);
      const work = 2 * shape.m * shape.k * shape.n;
      flops += work;
      nanoseconds += work / median(speeds.rxnn);
    }
    return flops / nanoseconds;
  } finally {
    child.end();
  }
}

/** A job's search file, as it is or changed, in a folder of its own. */
function searchFile({ file, changes }, folder) {
  if (changes === undefined) return path(`../tuning/${file}`);
  const search = JSON.parse(readFileSync(path(`../tuning/${file}`), 'utf8'));
  const data = { ...search.data, source: path(`../tuning/${search.data.source}`) };
  const changed = join(folder, file);
  writeFileSync(changed, JSON.stringify({ ...search, ...changes, data }));
  return changed;
}

/**
 * Runs the command, then reads its events; its study is stored where nothing is yet. It writes to files, as somebody who reads from
 * it while it runs would take the cores from it.
 */
function tune({ parallel, ...job }, device, limit, seed) {
  const folder = mkdtempSync(join(tmpdir(), 'rxnn-bench-'));
  return new Promise((resolve, reject) => {
    const args = ['tune', searchFile(job, folder), '--json', '--time', `${limit}`, '--seed', `${seed}`];
    if (parallel !== undefined) args.push('--parallel', `${parallel}`);
    if (device !== undefined) args.push('--device', device);
    const start = performance.now();
    const file = name => join(folder, name);
    const [stdout, stderr] = [openSync(file('stdout'), 'w'), openSync(file('stderr'), 'w')];
    const child = spawn(
      process.execPath,
      ['--require', path('../count-cpu.cjs'), path('../../../bin/rxnn.js'), ...args],
      {
        stdio: ['ignore', stdout, stderr],
        env: { ...process.env, RXNN_STUDIES: file('studies'), RXNN_BENCH_CPU: file('cpu') },
      },
    );
    const text = name => readFileSync(file(name), 'utf8').trim();
    for (const opened of [stdout, stderr]) closeSync(opened);
    child.on('error', reject);
    child.on('close', code => {
      const seconds = (performance.now() - start) / 1000;
      if (code !== 0) return reject(new Error(`rxnn tune ended with ${code}: ${text('stderr').split('\n').at(-1)}`));
      const events = text('stdout')
        .split('\n')
        .map(line => JSON.parse(line));
      const [first, last] = [events[0], events[events.length - 1]];
      resolve({
        seconds,
        cpu: Number(text('cpu').split('\n').at(-1)),
        gflop: jobGflop(events),
        studySeconds: last.seconds,
        workers: first.study.parallel,
        reason: last.reason,
        trials: last.counts.complete + last.counts.pruned + last.counts.failed,
        failed: last.counts.failed,
        accuracy: last.best?.value ?? 0,
      });
    });
  }).finally(() => rmSync(folder, { recursive: true, force: true }));
}

const label = ({ job, parallel }) => `${job}, ${parallel} at a time`;

export const tables = results => [
  {
    columns: ['', 'seconds', 'of the study', 'lowest', 'highest', 'best accuracy', ''],
    rows: results.map(result => [
      label(result),
      digits(result.seconds),
      digits(result.studySeconds),
      digits(Math.min(...result.rounds)),
      digits(Math.max(...result.rounds)),
      result.bestAccuracy.toFixed(4),
      result.complete ? '' : `stopped after ${result.trials} trials`,
    ]),
  },
];

export const ratios = results => [
  {
    columns: [
      '',
      'seconds',
      'least best validation accuracy',
      'times as long as one at a time',
      'processor seconds',
      'GFLOP of products',
      'core seconds at the measured speed',
    ],
    rows: results.map(result => [
      label(result),
      result.complete ? digits(result.seconds) : `stopped after ${result.trials} trials`,
      result.bestAccuracy.toFixed(4),
      result.complete && single(results, result)?.complete
        ? digits(result.seconds / single(results, result).seconds)
        : '–',
      digits(result.cpuSeconds),
      digits(result.gflop),
      digits(result.productSeconds),
    ]),
  },
];

const single = (results, { job }) => results.find(each => each.job === job && each.asked === 1);

export const goals = results =>
  JOBS.flatMap(({ job, seconds }) => {
    const result = results.find(each => each.job === job && each.asked === 'default');
    if (result === undefined || seconds === undefined) return [];
    const got = result.complete
      ? `${digits(result.seconds)} s`
      : `${result.trials} trials in ${digits(result.seconds)} s`;
    return [
      {
        goal: `${job}: under ${seconds} s on 2 cores (here ${CORES})`,
        got,
        reached: result.complete && result.seconds < seconds,
      },
      {
        goal: `${job}: best accuracy at least ${LEAST_ACCURACY}`,
        got: result.bestAccuracy.toFixed(4),
        reached: result.bestAccuracy >= LEAST_ACCURACY,
      },
    ];
  });

export const failures = results =>
  results.filter(({ failed }) => failed > 0).map(result => `${label(result)}: ${result.failed} trials failed`);
