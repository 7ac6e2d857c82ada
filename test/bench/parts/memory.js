// Whether memory stays level: W3 for 10,000 steps in a process of its own.
import { startChild } from '../child.js';
import { digits, mean } from '../numbers.js';
import { threadCounts, usualDevices } from '../open-device.js';

export const name = 'memory';
export const title = 'Memory';
export const about =
  'Resident memory of a process that trains W3 (784-512-10, batch 128) for 10,000 steps, looked at 100 times; level: the mean of the last quarter is at most 5 % above that of the second.';

const MOST_MB = 250;
const MOST_GROWTH = 1.05;

export async function measure(options, emit, progress) {
  const device = options.devices?.[0] ?? usualDevices()[0];
  const steps = options.quick ? 500 : 10_000;
  const results = [];
  progress(`${steps} steps of W3`);
  const child = startChild('measure-memory.js', { device, threads: (await threadCounts(device))[0], workload: 'W3' });
  try {
    const { samples, peak, seconds, taken } = await child.ask('train', steps, options.quick ? 15 : 120);
    const quarter = Math.max(1, Math.floor(samples.length / 4));
    const after = mean(samples.slice(quarter, 2 * quarter));
    const end = mean(samples.slice(-quarter));
    results.push({
      part: name,
      workload: 'W3',
      device,
      steps: taken,
      wanted: steps,
      peakMB: peak,
      afterWarmUpMB: after,
      endMB: end,
      seconds,
    });
    emit(results[0]);
  } finally {
    child.end();
  }
  return results;
}

const growth = ({ endMB, afterWarmUpMB }) => endMB / afterWarmUpMB;

export const tables = results => [
  {
    columns: ['MB', 'peak', 'second quarter', 'last quarter', 'steps', 'seconds'],
    rows: results.map(({ device, peakMB, afterWarmUpMB, endMB, steps, seconds }) => [
      device,
      digits(peakMB),
      digits(afterWarmUpMB),
      digits(endMB),
      `${steps}`,
      digits(seconds),
    ]),
  },
];

export const ratios = results => [
  {
    columns: ['', 'steps', 'peak, MB', 'last quarter to second quarter'],
    rows: results.map(result => [result.device, `${result.steps}`, digits(result.peakMB), digits(growth(result))]),
  },
];

export const goals = results =>
  results.flatMap(result => [
    {
      goal: `${result.wanted} steps of W3: peak under ${MOST_MB} MB`,
      got: `${digits(result.peakMB)} MB${result.steps < result.wanted ? ` in ${result.steps} steps` : ''}`,
      reached: result.steps >= result.wanted && result.peakMB < MOST_MB,
    },
    { goal: 'level after warm-up', got: `${digits(growth(result))}×`, reached: growth(result) <= MOST_GROWTH },
  ]);

export const failures = () => [];
