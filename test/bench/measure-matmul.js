// The process that multiplies matrices on one thread: rxnn's device by its public interface, and a plain tile beside it.
import { ops } from '../../dist/index.js';
import { serve } from './child.js';
import { openProduct } from './matmul-prototype.js';
import { openDevice } from './open-device.js';

/** Milliseconds of a round, about. */
const ROUND_MS = 15;

/** Entries of each product that are computed again in float64. */
const CHECKED = 64;

/** What every product takes turns with: the plain tile at 256², where it is at its best. */
const REFERENCE = { m: 256, k: 256, n: 256, orientation: 'A·B' };

serve(async ({ device: name, rounds }) => {
  const device = await openDevice(name, 1);
  const reference = await openProduct(REFERENCE, ...operandsOf(REFERENCE));

  /** rxnn: a graph of one product, its result written into the same tensor again and again. */
  function ours(shape, a, b) {
    const nodes = operandShapes(shape).map(side => ops.input(side));
    const orientation = { transposeA: shape.orientation === 'Aᵀ·B', transposeB: shape.orientation === 'A·Bᵀ' };
    const program = device.compile({ inputs: nodes, outputs: [ops.matmul(...nodes, orientation)] });
    const tensors = [a, b].map((values, i) => device.tensor(nodes[i].shape, values));
    const into = [device.tensor([shape.m, shape.n], new Float32Array(shape.m * shape.n))];
    return {
      multiply: () => void program.run(tensors, into),
      result: () => into[0].read(),
      settle: () => device.settled(),
      close() {
        program.dispose();
        for (const tensor of [...tensors, ...into]) tensor.dispose();
      },
    };
  }

  return {
    /** GFLOP/s of each round of each side, the sides taking turns. */
    async product(shape) {
      const [a, b] = operandsOf(shape);
      // The tile knows neither every shape nor every orientation.
      const tile = await openProduct(shape, a, b);
      const sides = { rxnn: ours(shape, a, b), reference, ...(tile && { tile }) };
      const speeds = {};
      let problem;
      for (const [side, product] of Object.entries(sides)) {
        speeds[side] = [];
        if (product === reference) continue;
        product.multiply();
        problem ??= difference(side, shape, a, b, await product.result());
      }
      for (let round = -1; round < rounds; round++) {
        for (const [side, product] of Object.entries(sides)) {
          const speed = await timed(product === reference ? REFERENCE : shape, product);
          if (round >= 0) speeds[side].push(speed);
        }
      }
      sides.rxnn.close();
      return { speeds, problem };
    },
  };
});

/** A and B as they lie in memory: [m, k] and [k, n], or the other way round where they are read transposed. */
function operandShapes({ m, k, n, orientation }) {
  return [orientation === 'Aᵀ·B' ? [k, m] : [m, k], orientation === 'A·Bᵀ' ? [n, k] : [k, n]];
}

const operandsOf = shape => operandShapes(shape).map(([rows, columns], i) => values(rows * columns, i));

const values = (length, i) => Float32Array.from({ length }, (_, j) => Math.sin(1 + i + 0.7 * j));

/** GFLOP/s of as many products as take a round. */
async function timed({ m, k, n }, { multiply, settle }) {
  const start = performance.now();
  let done = 0;
  let elapsed = 0;
  // Doubling keeps the looks at the clock few, so that a small product is not measured by them.
  for (let times = 1; elapsed < ROUND_MS; times = Math.min(2 * times, 4096)) {
    for (let i = 0; i < times; i++) multiply();
    await settle?.();
    done += times;
    elapsed = performance.now() - start;
  }
  return (done * 2 * m * k * n) / elapsed / 1e6;
}

/** What is wrong with a product, by some of its entries; undefined if nothing is. */
function difference(side, { m, k, n, orientation }, a, b, c) {
  for (let i = 0; i < CHECKED; i++) {
    const row = (i * 7919) % m;
    const column = (i * 104_729) % n;
    let sum = 0;
    for (let j = 0; j < k; j++) {
      sum +=
        a[orientation === 'Aᵀ·B' ? j * m + row : row * k + j] *
        b[orientation === 'A·Bᵀ' ? column * k + j : j * n + column];
    }
    // Rounding errors of k float32 additions of numbers up to 1.
    if (!(Math.abs(c[row * n + column] - sum) <= 1e-6 * k + 1e-5)) {
      return `${side}: row ${row}, column ${column} is ${c[row * n + column]}, not ${sum}`;
    }
  }
  return undefined;
}
