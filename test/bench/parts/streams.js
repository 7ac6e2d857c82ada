// What the streams themselves cost: the same steps with and without the operators.
import { startChild } from '../child.js';
import { digits } from '../numbers.js';

export const name = 'streams';
export const title = 'Cost of the operators';
export const about =
  'Microseconds a step that the operators take over a bare loop with the same calls of the device, which take turns: on a device that computes nothing, and on the default one (there the differences of larger numbers).';

/** The most that `batches … update` may cost, in microseconds a step. */
const MOST = 3;

export async function measure(options, emit, progress) {
  progress('operators and bare loops');
  const child = startChild('measure-streams.js', options.quick ? { steps: 10_000, repeats: 3 } : {});
  try {
    const { onDevice, ...onNull } = await child.ask('cost');
    const results = [onNull, onDevice].map(({ device, ...costs }) => ({ part: name, device, ...costs }));
    for (const result of results) emit(result);
    return results;
  } finally {
    child.end();
  }
}

const KEYS = {
  operatorsMicroseconds: 'batches, forward, loss, gradients, update',
  trainMicroseconds: 'train, without health',
  trainWithHealthMicroseconds: 'train',
};

export const tables = results => [
  {
    title: 'µs a step',
    columns: ['', ...results.map(({ device }) => `${device} device`)],
    rows: [
      ...['bare', 'pipeline', 'train'].map(key => [`${key}, all`, ...results.map(result => digits(result[key]))]),
      ...Object.entries(KEYS).map(([key, text]) => [`cost of ${text}`, ...results.map(result => digits(result[key]))]),
    ],
  },
];

export const ratios = results => [
  {
    columns: ['µs a step', ...results.map(({ device }) => `${device} device`)],
    rows: Object.entries(KEYS).map(([key, text]) => [text, ...results.map(result => digits(result[key]))]),
  },
];

export const goals = ([onNull]) => [
  {
    goal: `the operators cost at most ${MOST} µs a step`,
    got: `${digits(onNull.operatorsMicroseconds)} µs`,
    reached: onNull.operatorsMicroseconds <= MOST,
  },
];

export const failures = () => [];
