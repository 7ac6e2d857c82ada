// What the streams cost: training steps through the public operators against a bare loop that makes the same calls of
// the device with the same programs, alternating in one process. On a device that computes nothing, and on the default one.
//
//   npm run build && node test/bench/stream-cost.js [steps] [repeats]

import {
  adam,
  batches,
  crossEntropy,
  defaultDevice,
  dense,
  forward,
  gradients,
  loss,
  network,
  random,
  train,
  update,
} from '../../dist/index.js';
import { nullDevice, recordingDevice } from './null-device.js';

// Workload W4: 4-16-3, tanh, batch 16, softmax cross-entropy, Adam.
const BATCH = 16;
const FEATURES = 4;
const CLASSES = 3;
const optimizer = adam({ learningRate: 1e-3 });
const lossFunction = crossEntropy();
const net = device =>
  network([dense(16, { activation: 'tanh' }), dense(CLASSES)], { inputs: FEATURES, seed: 1, device });

/** `rows` rows around one centre a class. */
function data(rows) {
  const draw = random(1, 'stream cost');
  const y = Float32Array.from({ length: rows }, (_, i) => i % CLASSES);
  const x = Float32Array.from({ length: rows * FEATURES }, (_, i) => {
    const label = Math.floor(i / FEATURES) % CLASSES;
    return (i % FEATURES === label ? 1 : 0) + 0.5 * draw.normal();
  });
  const featureNames = Array.from({ length: FEATURES }, (_, i) => `x${i}`);
  const names = { featureNames, targetNames: ['y'], classes: ['a', 'b', 'c'], task: 'classification' };
  return { rows, features: FEATURES, targets: 1, x, y, ...names };
}

/** Microseconds a step of a stream of steps, the first `warm` not counted. */
function stepTime(stream, steps, warm) {
  return new Promise((resolve, reject) => {
    let start = 0;
    stream.subscribe({
      next: ({ step }) => {
        if (step === warm) start = performance.now();
      },
      error: reject,
      complete: () => resolve(((performance.now() - start) * 1000) / (steps - 1 - warm)),
    });
  });
}

/** Microseconds a step of a stream of reports, the first epoch not counted. */
function reportTime(stream) {
  return new Promise((resolve, reject) => {
    let start = 0;
    let from = 0;
    let to = 0;
    let end = 0;
    stream.subscribe({
      next: ({ step }) => {
        to = step;
        end = performance.now();
        if (from === 0) [start, from] = [end, to];
      },
      error: reject,
      complete: () => resolve(((end - start) * 1000) / (to - from)),
    });
  });
}

const pipeline = (model, dataset, epochs, pace = {}) =>
  batches(dataset, { size: BATCH, epochs, seed: 1, ...pace }).pipe(
    forward(model),
    loss(lossFunction),
    gradients(),
    update(optimizer),
  );

const training = (model, dataset, epochs, more = {}) =>
  train({ net: model, data: dataset, loss: lossFunction, optimizer, batchSize: BATCH, epochs, seed: 1, ...more });

/** The calls of one step of `streamOf(net, pace)`, which is left waiting with its programs alive until `close`. */
function recorded(device, streamOf) {
  const calls = [];
  const model = net(recordingDevice(device, calls));
  return new Promise((resolve, reject) => {
    let turn = 0;
    let begun = 0;
    // Yields after each step, so what lies between the second and the third yield is the second step.
    const yieldTo = resume => {
      turn++;
      if (turn === 2) begun = calls.length;
      if (turn < 3) setImmediate(resume);
      else resolve({ calls: calls.slice(begun), close: () => subscription.unsubscribe() });
      return () => {};
    };
    const subscription = streamOf(model, { yieldTo, sliceMs: 0 }).subscribe({ error: reject });
  });
}

/** The recorded step as a plain loop makes it: inputs in arrays that are kept, tensors in numbered places. */
function replayOf(device, calls, feeds) {
  const places = new Map();
  let fed = 0;
  const ops = calls.map(({ call, shape, program, inputs, into, result }) => {
    const fills = [];
    inputs?.forEach((tensor, input) => {
      if (places.has(tensor)) fills.push({ input, place: places.get(tensor) });
    });
    const first = places.size;
    const made = (call === 'tensor' ? [result] : result).filter((_, i) => into?.[i] === undefined);
    for (const tensor of made) places.set(tensor, places.size);
    const feed = call === 'tensor' ? feeds[fed++] : undefined;
    return { shape, feed, program, inputs, fills, into, first, kept: made.length };
  });
  const held = new Array(places.size);
  return step => {
    for (const { shape, feed, program, inputs, fills, into, first, kept } of ops) {
      if (program === undefined) {
        held[first] = device.tensor(shape, feed(step));
        continue;
      }
      for (const { input, place } of fills) inputs[input] = held[place];
      const outputs = program.run(inputs, into);
      const skipped = outputs.length - kept;
      for (let i = 0; i < kept; i++) held[first + i] = outputs[skipped + i];
    }
    for (const tensor of held) tensor.dispose();
  };
}

/** The bare loop: rows gathered in the same shuffled order (that is work on the data, not the streams'), then the calls. */
function bareLoop(device, dataset, calls) {
  const x = new Float32Array(BATCH * FEATURES);
  const y = new Float32Array(BATCH);
  const perEpoch = dataset.rows / BATCH;
  const step = replayOf(device, calls, [() => x, () => y, step => optimizer.scalars(step)]);
  return steps => {
    let order;
    let start = 0;
    for (let i = 0; i < steps; i++) {
      if (i === perEpoch) start = performance.now();
      const index = i % perEpoch;
      if (index === 0) order = random(1, 'shuffle', i / perEpoch + 1).permutation(dataset.rows);
      for (let r = 0; r < BATCH; r++) {
        const row = order[index * BATCH + r];
        for (let c = 0; c < FEATURES; c++) x[r * FEATURES + c] = dataset.x[row * FEATURES + c];
        y[r] = dataset.y[row];
      }
      step(i);
    }
    return ((performance.now() - start) * 1000) / (steps - perEpoch);
  };
}

const median = values => values.toSorted((a, b) => a - b)[values.length >> 1];

/** One device: medians, in microseconds a step, of each of the sides, which take turns. */
async function measured(device, { steps, repeats, rows }) {
  const dataset = data(rows);
  const epochs = Math.max(2, Math.ceil(steps / (rows / BATCH)));
  const total = (epochs * rows) / BATCH;
  const plain = await recorded(device, (model, pace) => pipeline(model, dataset, 2, pace));
  const summed = await recorded(device, (model, pace) => training(model, dataset, 2, { ...pace, health: false }));
  const bare = bareLoop(device, dataset, plain.calls);
  const bareSummed = bareLoop(device, dataset, summed.calls);
  const model = net(device);
  const sides = {
    bare: () => bare(total),
    pipeline: () => stepTime(pipeline(model, dataset, epochs), total, rows / BATCH),
    bareWithLossSum: () => bareSummed(total),
    trainWithoutHealth: () => reportTime(training(model, dataset, epochs, { health: false })),
    train: () => reportTime(training(model, dataset, epochs)),
  };
  const times = Object.fromEntries(Object.keys(sides).map(side => [side, []]));
  for (let repeat = -2; repeat < repeats; repeat++) {
    for (const [side, run] of Object.entries(sides)) {
      const time = await run();
      // The first two rounds are for the compiler.
      if (repeat >= 0) times[side].push(time);
    }
  }
  plain.close();
  summed.close();
  model.dispose();
  const of = Object.fromEntries(Object.entries(times).map(([side, all]) => [side, median(all)]));
  return {
    device: device.adapter === 'nothing' ? 'null' : device.name,
    ...of,
    operatorsMicroseconds: of.pipeline - of.bare,
    trainMicroseconds: of.trainWithoutHealth - of.bareWithLossSum,
    trainWithHealthMicroseconds: of.train - of.bareWithLossSum,
  };
}

/**
 * What the operators cost a step over a bare loop with the same calls, in microseconds: `operatorsMicroseconds` (batches,
 * forward, loss, gradients, update), `trainMicroseconds` (the whole of `train` without health) and
 * `trainWithHealthMicroseconds` (whose looks at every tenth step are calls that the bare loop does not make); each for
 * the null device, and again for the default device, with a quarter of the steps, under `onDevice`. `rows` are those of an epoch.
 */
export async function streamCost({ steps = 40_000, repeats = 7, rows = 4096 } = {}) {
  const settings = { steps, repeats, rows: Math.max(2, Math.round(rows / BATCH)) * BATCH };
  const onNull = await measured(nullDevice(), settings);
  const onDevice = await measured(defaultDevice(), { ...settings, steps: steps / 4 });
  return { ...onNull, onDevice };
}

if (import.meta.url === `file://${process.argv[1]}`) {
  const [steps, repeats, rows] = process.argv.slice(2).map(Number);
  const { onDevice, ...onNull } = await streamCost({ steps, repeats, rows });
  const round = row =>
    Object.fromEntries(Object.entries(row).map(([k, v]) => [k, typeof v === 'number' ? Number(v.toFixed(2)) : v]));
  const table = {};
  for (const key of Object.keys(onNull)) table[key] = { null: round(onNull)[key], default: round(onDevice)[key] };
  console.log('µs a step, medians');
  console.table(table);
  defaultDevice().close();
}
