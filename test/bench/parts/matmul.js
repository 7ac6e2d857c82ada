// Matrix products by shape and orientation on one thread, beside a plain tile in the same process.
import { startChild } from '../child.js';
import { digits, median } from '../numbers.js';
import { usualDevices } from '../open-device.js';

export const name = 'matmul';
export const title = 'Matrix products, one thread';
export const about =
  'Ratios of the speed of `device.compile` of a graph with one product, by the public interface, to that of a plain 4 × 8 tile in WebAssembly SIMD (`test/bench/matmul-prototype.js`) at 256², with which each product takes turns in one process.';

const ORIENTATIONS = ['A·B', 'Aᵀ·B', 'A·Bᵀ'];

/** Products as m, k, n: squares, the narrow ones of small networks, odd ones, and those of the workloads. */
const SHAPES = [
  [128, 128, 128],
  [256, 256, 256],
  [512, 512, 512],
  [1024, 1024, 1024],
  [128, 128, 10],
  [128, 512, 10],
  [128, 16, 128],
  [256, 16, 256],
  [16, 128, 128],
  [16, 784, 128],
  [127, 65, 33],
  [61, 7, 13],
  [32, 784, 128],
  [784, 32, 128],
  [128, 784, 512],
];

/** 50 GFLOP/s where the plain tile reaches 56. */
const FULL = 50 / 56;

export async function measure(options, emit, progress) {
  const [device] = options.devices ?? usualDevices();
  const child = startChild('measure-matmul.js', { device, rounds: options.quick ? 3 : 15 });
  const results = [];
  try {
    for (const [m, k, n] of SHAPES) {
      progress(`${m} × ${k} × ${n}`);
      for (const orientation of ORIENTATIONS) {
        const { speeds, problem } = await child.ask('product', { m, k, n, orientation });
        const [gflops, prototypeGflops, tileGflops] = [speeds.rxnn, speeds.reference, speeds.tile].map(medianOf);
        const measured = { part: name, m, k, n, orientation, device, threads: 1, gflops, prototypeGflops, tileGflops };
        const result = {
          ...measured,
          ratio: ratioOf(speeds),
          ok: problem === undefined,
          ...(problem && { problem }),
        };
        results.push(result);
        emit(result);
      }
    }
  } finally {
    child.end();
  }
  return results;
}

/** The median of the rounds' ratios: what slows the machine slows both sides of a round. */
const ratioOf = ({ rxnn, reference }) => median(rxnn.map((speed, round) => speed / reference[round]));

const medianOf = values => (values === undefined ? null : median(values));

const cell = value => (value === null || value === undefined ? '–' : digits(value));

function rowsOf(results, write) {
  const shapes = [...new Set(results.map(({ m, k, n }) => `${m} × ${k} × ${n}`))];
  return shapes.map(shape => [
    shape,
    ...ORIENTATIONS.map(orientation => {
      const result = results.find(
        each => `${each.m} × ${each.k} × ${each.n}` === shape && each.orientation === orientation,
      );
      return result === undefined ? '–' : write(result);
    }),
  ]);
}

export const tables = results => [
  {
    title: `GFLOP/s of ${results[0]?.device} (ratio to the plain tile at 256²: ${cell(medianOf(results.map(each => each.prototypeGflops)))})`,
    columns: ['m × k × n', ...ORIENTATIONS],
    rows: rowsOf(results, ({ gflops, ratio, ok }) => `${cell(gflops)} (${cell(ratio)})${ok ? '' : ' FAILED'}`),
  },
];

export const ratios = results => [
  { columns: ['m × k × n', ...ORIENTATIONS], rows: rowsOf(results, ({ ratio, ok }) => (ok ? cell(ratio) : 'failed')) },
];

/** The least ratio among some products, and where it is. */
function least(goal, results, ratio) {
  const [worst] = [...results].sort((a, b) => a.ratio - b.ratio);
  if (worst === undefined) return [];
  const got = `${digits(worst.ratio)} at ${worst.m} × ${worst.k} × ${worst.n} ${worst.orientation}`;
  return [{ goal, got, reached: results.every(({ ok }) => ok) && worst.ratio >= ratio }];
}

export const goals = results => [
  ...least(
    `squares: ${digits(FULL)} of the plain tile (50 of 56 GFLOP/s)`,
    results.filter(({ m, k, n }) => m === k && k === n),
    FULL,
  ),
  ...least(
    `n = 10, k = 16, m = 16: ${digits(FULL / 2)} of it`,
    results.filter(({ m, k, n }) => n === 10 || k === 16 || m === 16),
    FULL / 2,
  ),
];

export const failures = results =>
  results
    .filter(({ ok }) => !ok)
    .map(({ m, k, n, orientation, problem }) => `${m} × ${k} × ${n} ${orientation}: ${problem}`);
