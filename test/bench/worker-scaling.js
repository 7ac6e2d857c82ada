// How many more trials two workers run than one in the same time: equal trials, no rules, the two sides in turns; a study of about a
// hundred trials, with V8 and the workers set as `rxnn tune` sets them.
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { isMainThread } from 'node:worker_threads';
import { finalize, lastValueFrom } from 'rxjs';
import { adam, crossEntropy, dense, fromArrays, network, openWorkers, random, train, tune } from '../../dist/index.js';
import { openCeiling } from './core-ceiling.js';

/** Networks of one hidden layer: of the middle of the digits job, whose trials report every millisecond, and of W1. */
const SIZES = [
  { rows: 1500, features: 64, units: 64, epochs: 30, trials: 96 },
  { rows: 2048, features: 784, units: 128, epochs: 10, trials: 48 },
];

/** How long the control multiplies. */
const CEILING_MS = 500;

function madeUpData({ rows, features }) {
  const draw = random(0, 'rows');
  const x = Float32Array.from({ length: rows * features }, () => draw.normal());
  const y = Array.from({ length: rows }, (_, row) => row % 10);
  return fromArrays({ x, features, y });
}

/** What runs in the workers: always the same training. */
export default function objective(_, { shared: { data, units, epochs } }) {
  const net = network([dense(units, { activation: 'relu' }), dense(10)], { inputs: data.features, seed: 1 });
  return train({
    net,
    data,
    validation: data,
    loss: crossEntropy(),
    optimizer: adam(),
    batchSize: 32,
    epochs,
  }).pipe(finalize(() => net.dispose()));
}

/** Trials a second of a study in as many workers, whose threads have loaded and run one trial each before, and processor seconds a trial. */
async function trialsPerSecond(size, trials, shared) {
  const workers = openWorkers({ module: new URL(import.meta.url), workers: size, ahead: true, shared });
  const study = count => {
    const options = { space: {}, sampler: same, objective: workers.objective, minimize: 'loss' };
    return lastValueFrom(tune({ ...options, trials: count, parallel: size })).then(({ seconds }) => seconds);
  };
  try {
    await study(size);
    const before = process.cpuUsage();
    const rate = trials / (await study(trials));
    const { user, system } = process.cpuUsage(before);
    return { rate, cpu: (user + system) / 1e6 / trials };
  } finally {
    await workers.close();
  }
}

/** Draws nothing: every trial is the same. */
const same = { name: 'same', begin: () => ({ ask: () => ({}) }) };

const median = values => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/**
 * For each network, medians of trials a second in one worker and in two, and of the ratios of neighbouring runs. The control beside it: how
 * many more products two threads make than one, and how much more processor time a trial takes when two run at a time, without
 * waiting for a core.
 */
export async function workerScaling({ quick = false } = {}) {
  optimizeLater();
  const results = [];
  for (const size of SIZES) results.push(await scalingOf(size, quick ? 2 : 5, quick ? size.trials / 4 : size.trials));
  return results;
}

async function scalingOf(size, rounds, trials) {
  const { features, units, epochs } = size;
  const shared = { data: madeUpData(size), units, epochs };
  const runs = [];
  const ceiling = await openCeiling();
  for (let round = 0; round < rounds; round++) {
    const one = await trialsPerSecond(1, trials, shared);
    const two = await trialsPerSecond(2, trials, shared);
    const products = [await ceiling.speed(1, CEILING_MS), await ceiling.speed(2, CEILING_MS)];
    runs.push({ one, two, ratio: two.rate / one.rate, ceiling: products[1] / products[0], cpu: two.cpu / one.cpu });
  }
  await ceiling.close();
  return {
    network: `${features}-${units}-10`,
    trials,
    rounds,
    trialsPerSecondOne: median(runs.map(({ one }) => one.rate)),
    trialsPerSecondTwo: median(runs.map(({ two }) => two.rate)),
    ratio: median(runs.map(({ ratio }) => ratio)),
    bestRatio: Math.max(...runs.map(({ ratio }) => ratio)),
    ceiling: median(runs.map(({ ceiling }) => ceiling)),
    lowestCeiling: Math.min(...runs.map(({ ceiling }) => ceiling)),
    highestCeiling: Math.max(...runs.map(({ ceiling }) => ceiling)),
    ofCeiling: median(runs.map(({ ratio, ceiling }) => ratio / ceiling)),
    processorTimeOfTwo: median(runs.map(({ cpu }) => cpu)),
  };
}

/** What src/cli/optimize-later.ts does. */
function optimizeLater() {
  const counts = ['maglev=4000', 'maglev-osr=1000', 'turbofan=30000'].map(count => `--invocation-count-for-${count}`);
  if (process.versions.v8.startsWith('11.3.')) setFlagsFromString('--interrupt-budget=540000');
  else if (/^(13\.6|14\.[16])\./.test(process.versions.v8)) for (const flag of counts) setFlagsFromString(flag);
}

if (isMainThread && process.argv[1] === fileURLToPath(import.meta.url)) console.log(await workerScaling());
