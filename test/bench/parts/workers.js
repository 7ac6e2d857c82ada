// The tuner's workers: how many more trials two make than one, and how long the main thread's events wait meanwhile.
import { existsSync } from 'node:fs';
import { startChild } from '../child.js';
import { digits } from '../numbers.js';

export const name = 'workers';
export const title = 'Workers';
export const about =
  'Trials of the tuner in worker threads, set as `rxnn tune` sets them, and the delay of a timer on the main thread while they run. One network is of the middle of the digits job, whose trials tell the main thread of an epoch every millisecond, the other is W1. The ceiling is what the machine gives at the same time: how many more products of 64² matrices, in the first cache, two threads make than one. `processorTimeOfTwo` is the processor time of a trial while two run, in that of one alone: where it is near 1 and the ratio is below the ceiling, threads waited for a core.';

const LEAST_RATIO = 1.8;
const MOST_DELAY_MS = 20;

/** Modules of this folder, each with a function of that name: `{ quick }` → figures, `ratio` and `p99Milliseconds` among them. */
const MEASUREMENTS = [
  { what: 'workerScaling', file: 'worker-scaling.js' },
  { what: 'eventLoopDelay', file: 'event-loop.js' },
];

export async function measure(options, emit, progress) {
  const results = [];
  for (const { what, file } of MEASUREMENTS) {
    if (!existsSync(new URL(`../${file}`, import.meta.url))) {
      progress(`${file} is not there`);
      continue;
    }
    progress(what);
    const child = startChild('measure-workers.js', { what, file });
    try {
      for (const figures of [await child.ask('measure', { quick: options.quick })].flat()) {
        results.push({ part: name, what, ...figures });
        emit(results[results.length - 1]);
      }
    } finally {
      child.end();
    }
  }
  return results;
}

const shown = value =>
  typeof value === 'number' ? digits(value) : typeof value === 'string' ? value : JSON.stringify(value);

export const tables = results =>
  results.map(({ part: _, what, ...figures }) => ({
    title: what,
    columns: ['', 'value'],
    rows: Object.entries(figures).map(([key, value]) => [key, shown(value)]),
  }));

export const ratios = tables;

export const goals = results =>
  results.flatMap(({ what, network, ratio, ceiling, ofCeiling, p99Milliseconds: p99 }) =>
    what === 'workerScaling'
      ? [
          {
            goal: `two workers, ${network}: ${LEAST_RATIO} times the trials of one`,
            got: `${digits(ratio)}×; ${digits(ofCeiling)} of the machine's ${digits(ceiling)}×`,
            reached: ratio >= LEAST_RATIO,
          },
        ]
      : [
          {
            goal: `p99 of the event loop's delay under ${MOST_DELAY_MS} ms`,
            got: `${digits(p99)} ms`,
            reached: p99 < MOST_DELAY_MS,
          },
        ],
  );

export const failures = () => [];
