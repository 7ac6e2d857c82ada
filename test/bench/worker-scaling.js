// How many more trials two workers run than one in the same time: equal trials, no rules, the two sides in turns; a study of about a
// hundred trials, with V8 and the workers set as `rxnn tune` sets them.
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { isMainThread } from 'node:worker_threads';
import { finalize, lastValueFrom } from 'rxjs';
import { adam, crossEntropy, dense, fromArrays, network, openWorkers, random, train, tune } from '../../dist/index.js';
import { openCeiling } from './core-ceiling.js';

const ROWS = 1500;
const FEATURES = 64;
const EPOCHS = 30;

/** How long the control multiplies. */
const CEILING_MS = 500;

function madeUpData() {
  const draw = random(0, 'rows');
  const x = Float32Array.from({ length: ROWS * FEATURES }, () => draw.normal());
  const y = Array.from({ length: ROWS }, (_, row) => row % 10);
  return fromArrays({ x, features: FEATURES, y });
}

/** What runs in the workers: always the same training. */
export default function objective(_, { shared: { data } }) {
  const net = network([dense(64, { activation: 'relu' }), dense(10)], { inputs: FEATURES, seed: 1 });
  return train({
    net,
    data,
    validation: data,
    loss: crossEntropy(),
    optimizer: adam(),
    batchSize: 32,
    epochs: EPOCHS,
  }).pipe(finalize(() => net.dispose()));
}

/** Trials a second of a study in as many workers, whose threads have loaded and run one trial each before, and processor seconds a trial. */
async function trialsPerSecond(size, trials, data) {
  const workers = openWorkers({ module: new URL(import.meta.url), workers: size, ahead: true, shared: { data } });
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
 * Medians of trials a second in one worker and in two, and of the ratios of neighbouring runs. The control beside it: how many more
 * products two threads make than one, and how much more processor time a trial takes when two run at a time, without waiting for a core.
 */
export async function workerScaling({ quick = false, rounds = quick ? 2 : 5, trials = quick ? 24 : 96 } = {}) {
  // src/cli/optimize-later.ts
  if (process.versions.v8.startsWith('11.3.')) setFlagsFromString('--interrupt-budget=540000');
  const data = madeUpData();
  const runs = [];
  const ceiling = await openCeiling();
  for (let round = 0; round < rounds; round++) {
    const one = await trialsPerSecond(1, trials, data);
    const two = await trialsPerSecond(2, trials, data);
    const products = [await ceiling.speed(1, CEILING_MS), await ceiling.speed(2, CEILING_MS)];
    runs.push({ one, two, ratio: two.rate / one.rate, ceiling: products[1] / products[0], cpu: two.cpu / one.cpu });
  }
  await ceiling.close();
  return {
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

if (isMainThread && process.argv[1] === fileURLToPath(import.meta.url)) console.log(await workerScaling());
