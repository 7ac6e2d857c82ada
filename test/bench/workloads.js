// What is trained in the benchmark: five networks, each with its data and its starting weights, the same for every system.

/**
 * @typedef {object} Workload
 * @property {string} name
 * @property {readonly number[]} sizes inputs, hidden layers, classes
 * @property {number} batch rows of a batch
 * @property {'relu' | 'tanh'} activation of the hidden layers
 * @property {number} rows of the data, a whole number of batches
 */

/** @type {readonly Workload[]} */
export const WORKLOADS = [
  { name: 'W1', sizes: [784, 128, 10], batch: 32, activation: 'relu', rows: 2048 },
  { name: 'W2', sizes: [784, 128, 10], batch: 128, activation: 'relu', rows: 2048 },
  { name: 'W3', sizes: [784, 512, 10], batch: 128, activation: 'relu', rows: 2048 },
  { name: 'W4', sizes: [4, 16, 3], batch: 16, activation: 'tanh', rows: 320 },
  { name: 'W5', sizes: [64, 128, 64, 10], batch: 32, activation: 'relu', rows: 1792 },
];

/** Adam's settings in every system that has it. */
export const ADAM = { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

/** `784-128-10, batch 32`. */
export const describeWorkload = ({ sizes, batch, activation }) =>
  `${sizes.join('-')}, batch ${batch}${activation === 'tanh' ? ', tanh' : ''}`;

/** Uniform numbers in [0, 1) from a seed (mulberry32). */
function uniform(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Standard normal numbers from a seed (Box and Muller). */
function normal(seed) {
  const draw = uniform(seed);
  return () => Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());
}

/**
 * Rows around one centre a class, in turn: learnable, with classes that overlap.
 *
 * @param {Workload} workload
 * @returns {{ rows: number, features: number, classes: number, x: Float32Array, y: Float32Array }} x row by row; y the class of each row
 */
export function workloadData({ sizes, rows }) {
  const features = sizes[0];
  const classes = sizes[sizes.length - 1];
  const draw = normal(1);
  // The same distance between the centres whatever the number of features, so that no workload is trivial.
  const spread = 2 / Math.sqrt(features);
  const centres = Float32Array.from({ length: classes * features }, () => spread * draw());
  const order = uniform(2);
  const y = Float32Array.from({ length: rows }, () => Math.floor(order() * classes));
  const x = new Float32Array(rows * features);
  for (let row = 0, i = 0; row < rows; row++) {
    for (let column = 0; column < features; column++) {
      x[i++] = centres[y[row] * features + column] + 0.7 * draw();
    }
  }
  return { rows, features, classes, x, y };
}

/**
 * The starting weights of each layer: He's for relu, Glorot's for tanh and the last one, biases 0.
 *
 * @param {Workload} workload
 * @returns {{ inputs: number, outputs: number, weights: Float32Array, bias: Float32Array }[]} weights [inputs, outputs], row by row
 */
export function startingWeights({ sizes, activation }) {
  const draw = normal(3);
  return sizes.slice(1).map((outputs, layer) => {
    const inputs = sizes[layer];
    const hidden = layer < sizes.length - 2;
    const deviation = Math.sqrt(hidden && activation === 'relu' ? 2 / inputs : 2 / (inputs + outputs));
    const weights = Float32Array.from({ length: inputs * outputs }, () => deviation * draw());
    return { inputs, outputs, weights, bias: new Float32Array(outputs) };
  });
}

/** Classes as rows with a single 1: [rows, classes]. */
export function oneHot(y, classes) {
  const out = new Float32Array(y.length * classes);
  y.forEach((label, row) => {
    out[row * classes + label] = 1;
  });
  return out;
}
