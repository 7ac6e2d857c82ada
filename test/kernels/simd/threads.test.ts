import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { DeviceError, InputError } from '../../../src/errors.js';
import { differentiate } from '../../../src/kernels/autodiff.js';
import type { Device, Tensor } from '../../../src/kernels/device.js';
import { type Graph, type Node, type Shape, sizeOf } from '../../../src/kernels/graph.js';
import { openDevice } from '../../../src/kernels/open-device.js';
import { relu, tanh } from '../../../src/kernels/ops/activations.js';
import { add, mul, neg } from '../../../src/kernels/ops/arithmetic.js';
import { gather } from '../../../src/kernels/ops/gather.js';
import { input } from '../../../src/kernels/ops/leaves.js';
import { matmul } from '../../../src/kernels/ops/matmul.js';
import { mean } from '../../../src/kernels/ops/reduce.js';
import { logSoftmax } from '../../../src/kernels/ops/softmax.js';
import { type SimdDevice, simdDevice } from '../../../src/kernels/simd/simd-device.js';
import { adam } from '../../../src/nn/optimizers/adam.js';
import { random } from '../../../src/random.js';
import { execute, root } from '../../cli/rxnn.js';
import { differences, errorOf, runProgram } from './run-program.js';

/** As long as threads may take to start on a busy machine. */
const LONG = 60_000;

const open: Device[] = [];
afterEach(() => {
  for (const device of open.splice(0)) device.close();
});

function openSimd(threads: number): SimdDevice {
  const device = simdDevice({ threads });
  open.push(device);
  return device;
}

const numbers = (n: number, from: number, scale = 1) =>
  Float32Array.from({ length: n }, (_, i) => scale * Math.sin(7 * (i + from) + 0.3));

const BATCH = 64;
const LAYERS = [784, 256, 10] as const;

/** A network of one hidden layer under Adam, on a device: products and updates large enough to be divided. */
function training(device: Device) {
  const [width, hidden, classes] = LAYERS;
  const shapes: Shape[] = [
    [width, hidden],
    [1, hidden],
    [hidden, classes],
    [1, classes],
  ];
  const optimizer = adam();
  const parameters = shapes.map(shape => input(shape));
  const state = optimizer.init(shapes).map(({ shape }) => input(shape));
  const scalars = optimizer.scalars(0).map(() => input([1, 1]));
  const [x, y] = [input([BATCH, width]), input([BATCH, 1])];
  const [w1, b1, w2, b2] = parameters as [Node, Node, Node, Node];
  const logits = add(matmul(relu(add(matmul(x, w1), b1)), w2), b2);
  const loss = neg(mean(gather(logSoftmax(logits), y)));
  const gradients = differentiate(loss, parameters);
  const step = optimizer.update({ gradients, parameters, state, scalars });
  const outputs = [loss, ...parameters.map((parameter, i) => add(parameter, step.updates[i]!)), ...step.state];
  const program = device.compile({ inputs: [x, y, ...parameters, ...state, ...scalars], outputs });
  const kept = [...parameters, ...state].map(({ shape }, i) =>
    device.tensor(shape, i < parameters.length ? numbers(sizeOf(shape), i, 0.05) : new Float32Array(sizeOf(shape))),
  );
  let steps = 0;
  return {
    step() {
      const batch = [
        device.tensor(x.shape, random(1, 'threads').fill(new Float32Array(sizeOf(x.shape)))),
        device.tensor(
          y.shape,
          Float32Array.from({ length: BATCH }, (_, i) => (i * 7) % 10),
        ),
      ];
      const given = optimizer.scalars(steps++).map(scalar => device.tensor([1, 1], [scalar]));
      const [value] = program.run([...batch, ...kept, ...given], [undefined, ...kept]) as [Tensor];
      const read = value.readSync();
      for (const tensor of [...batch, ...given, value]) tensor.dispose();
      return read[0] as number;
    },
    weights: () => kept.map(tensor => tensor.readSync()),
  };
}

/** Trains until other threads have taken parts, and for `steps` steps at least; returns the losses. */
async function trainTogether(device: SimdDevice, { step }: { step(): number }, steps: number): Promise<number[]> {
  const losses: number[] = [];
  const end = Date.now() + LONG;
  while (losses.length < steps || (device.helped() === 0 && Date.now() < end)) {
    losses.push(step());
    await wait(1);
  }
  return losses;
}

describe('several threads of simd', () => {
  it('give the weights, moments and losses of one thread to the bit, and others than the first take part', {
    timeout: 4 * LONG,
  }, async () => {
    const alone = openSimd(1);
    const reference = training(alone);
    const expected: { loss: number; weights: readonly Float32Array[] }[] = [];
    const aloneAfter = (step: number) => {
      while (expected.length < step) expected.push({ loss: reference.step(), weights: reference.weights() });
      return expected[step - 1]!;
    };
    for (const threads of [2, 3, 4]) {
      const device = openSimd(threads);
      expect(device).toMatchObject({ threads, adapter: `WebAssembly SIMD, ${threads} threads` });
      const together = training(device);
      const losses = await trainTogether(device, together, 8);
      expect(device.helped(), `${threads} threads`).toBeGreaterThan(0);
      expect(losses).toEqual(losses.map((_, i) => aloneAfter(i + 1).loss));
      expect(differences(together.weights(), aloneAfter(losses.length).weights)).toEqual([]);
    }
    expect(alone.helped()).toBe(0);
    expect(aloneAfter(8).loss).toBeLessThan(aloneAfter(1).loss);
  });

  it('give products and maps of all sizes to the bit, before they have started and after', {
    timeout: LONG,
  }, async () => {
    const shapes = [
      [128, 128, 129],
      [1, 2048, 1025],
      [1500, 37, 41],
      [37, 1500, 41],
      [333, 80, 81],
      [3, 1024, 1001],
    ] as const;
    const graphs = shapes.map(([m, k, n]): Graph => {
      const [a, b, c, d] = [input([m, k]), input([k, n]), input([k, m]), input([n, k])];
      return {
        inputs: [a, b, c, d],
        outputs: [
          matmul(a, b),
          matmul(c, b, { transposeA: true }),
          matmul(a, d, { transposeB: true }),
          mul(tanh(a), tanh(neg(a))),
        ],
      };
    });
    const values = graphs.map(({ inputs }) => inputs.map(({ shape }, i) => numbers(sizeOf(shape), 100 * i)));
    const results = (device: Device) =>
      graphs.map((graph, g) => {
        const program = device.compile(graph);
        const inputs = graph.inputs.map((node, i) => device.tensor(node.shape, values[g]![i]!));
        const outputs = program.run(inputs);
        const read = outputs.map(output => output.readSync());
        for (const tensor of [...inputs, ...outputs]) tensor.dispose();
        program.dispose();
        return read;
      });
    const expected = results(openSimd(1));
    expect(errorOf(graphs[0]!, values[0]!, expected[0]!)).toBeLessThan(1e-5);
    const device = openSimd(3);
    for (let round = 0; round < 6; round++) {
      for (const [g, read] of results(device).entries()) expect(differences(read, expected[g]!)).toEqual([]);
      await wait(5);
    }
  });

  it('are started by the first program that is large enough, and end when the device is closed', {
    timeout: 2 * LONG,
  }, async () => {
    const { made, restore } = watchWorkers();
    try {
      const device = openSimd(3);
      const [a, b] = [input([8, 8]), input([8, 8])];
      device.compile({ inputs: [a, b], outputs: [matmul(a, b)] });
      expect(made).toEqual([]);
      const together = training(device);
      expect(made).toHaveLength(2);
      training(device);
      expect(made).toHaveLength(2);
      await trainTogether(device, together, 1);
      const ended = made.map(worker => once(worker, 'exit'));
      device.close();
      expect(await Promise.all(ended)).toEqual([[0], [0]]);
    } finally {
      restore();
    }
  });

  it('end too when the device is closed before they have started', { timeout: LONG }, async () => {
    const { made, restore } = watchWorkers();
    try {
      const device = openSimd(4);
      training(device).step();
      const ended = made.map(worker => once(worker, 'exit'));
      device.close();
      expect(await Promise.all(ended)).toEqual([[0], [0], [0]]);
    } finally {
      restore();
    }
  });

  it('see memory that has grown since they started', { timeout: 2 * LONG }, async () => {
    const device = openSimd(3);
    await trainTogether(device, training(device), 1);
    const filling = Array.from({ length: 32 }, () => device.tensor([1024, 1024], new Float32Array(1024 * 1024)));
    const helped = device.helped();
    const [a, b] = [input([512, 512]), input([512, 512])];
    const graph = { inputs: [a, b], outputs: [matmul(a, b)] };
    const values = [numbers(512 * 512, 0), numbers(512 * 512, 700)];
    const expected = runProgram(openSimd(1), graph, values);
    const end = Date.now() + LONG;
    for (let run = 0; run < 4 || (device.helped() === helped && Date.now() < end); run++) {
      expect(differences(runProgram(device, graph, values), expected)).toEqual([]);
      await wait(1);
    }
    expect(device.helped()).toBeGreaterThan(helped);
    for (const tensor of filling) tensor.dispose();
  });

  it('work in a process whatever its options, and do not keep it alive, whether they work or sleep', {
    timeout: 3 * LONG,
  }, async () => {
    const script = `
      import { openDevice, ops } from ${JSON.stringify(`file://${root}dist/index.js`)};
      const device = await openDevice('simd', { threads: 3 });
      const [a, b] = [ops.input([256, 256]), ops.input([256, 256])];
      const program = device.compile({ inputs: [a, b], outputs: [ops.matmul(a, b)] });
      const x = device.tensor([256, 256], new Float32Array(256 * 256).fill(1));
      const end = Date.now() + ${LONG};
      while (device.helped() === 0 && Date.now() < end) {
        program.run([x, x])[0].dispose();
        await new Promise(resolve => setTimeout(resolve, 1));
      }
      await new Promise(resolve => setTimeout(resolve, 200));
      for (let i = 0; i < 10; i++) program.run([x, x])[0].dispose();
      console.log(program.run([x, x])[0].readSync()[0], device.helped() > 0);
    `;
    const preloaded = `data:text/javascript,${encodeURIComponent("import { isMainThread } from 'node:worker_threads'; if (!isMainThread) console.log('preloaded in a thread');")}`;
    for (const options of [[], ['--import', preloaded]]) {
      const args = [...options, '--input-type=module', '-e', script];
      expect(await execute(process.execPath, args)).toEqual({ code: 0, stdout: '256 true\n', stderr: '' });
    }
  });

  it.runIf(canPin())(
    'take few parts where all of them have one core between them, as that gives nothing',
    {
      timeout: LONG,
    },
    async () => {
      const script = `
      import { openDevice, ops } from ${JSON.stringify(`file://${root}dist/index.js`)};
      const device = await openDevice('simd', { threads: 2 });
      const [a, b] = [ops.input([128, 128]), ops.input([128, 256])];
      const program = device.compile({ inputs: [a, b], outputs: [ops.matmul(a, b)] });
      const inputs = [a, b].map(({ shape }) => device.tensor(shape, new Float32Array(shape[0] * shape[1])));
      await new Promise(resolve => setTimeout(resolve, 500));
      for (let i = 0; i < 10000; i++) program.run(inputs)[0].dispose();
      console.log(device.helped());
    `;
      const pinned = ['-c', '0', process.execPath, '--input-type=module', '-e', script];
      const { stdout } = await execute('taskset', pinned);
      // There are 80,000 parts in all.
      expect(Number(stdout)).toBeLessThan(1600);
    },
  );

  it('are done without where none may be started', () => {
    const threads = process.getBuiltinModule('node:worker_threads') as { Worker: unknown };
    const { Worker: original } = threads;
    threads.Worker = class {
      constructor() {
        throw new Error('Access to this API has been restricted');
      }
    };
    try {
      const device = openSimd(3);
      expect(training(device).step()).toBe(training(openSimd(1)).step());
      expect(device.helped()).toBe(0);
    } finally {
      threads.Worker = original;
    }
  });
});

it('a device for which there is no memory says so', () => {
  const { Memory } = WebAssembly;
  try {
    WebAssembly.Memory = class {
      constructor() {
        throw new RangeError('WebAssembly.Memory(): could not allocate memory');
      }
    } as never;
    const message = 'simd cannot run here: WebAssembly.Memory(): could not allocate memory';
    for (const threads of [1, 2]) expect(() => simdDevice({ threads })).toThrow(new DeviceError(message));
  } finally {
    WebAssembly.Memory = Memory;
  }
});

it('a number of threads is a whole number from 1 to 256', async () => {
  for (const threads of [0, -1, 1.5, Number.NaN, 257, 1000]) {
    const message = `simd: threads must be a whole number from 1 to 256, got ${threads}`;
    expect(() => simdDevice({ threads })).toThrow(new InputError(message));
    await expect(openDevice('simd', { threads })).rejects.toThrow(message);
  }
});

it('a thread of a program has one to itself unless it asks for more', async () => {
  const script = `
    const { parentPort } = require('node:worker_threads');
    import(${JSON.stringify(`file://${root}dist/index.js`)})
      .then(({ openDevice }) => openDevice('simd'))
      .then(device => parentPort.postMessage(device.threads));
  `;
  const worker = new Worker(script, { eval: true });
  expect(await once(worker, 'message')).toEqual([1]);
  await worker.terminate();
  const device = simdDevice();
  open.push(device);
  expect(device.threads).toBe(availableParallelism());
});

it('where no threads can be started, one is all there is', () => {
  const { getBuiltinModule } = process;
  try {
    process.getBuiltinModule = undefined as never;
    const device = openSimd(1);
    expect(device.threads).toBe(1);
    open.push(simdDevice());
    expect(open.at(-1)?.threads).toBe(1);
    expect(() => simdDevice({ threads: 2 })).toThrow(new DeviceError('simd: threads need Node.js; take 1'));
  } finally {
    process.getBuiltinModule = getBuiltinModule;
  }
});

/** Whether processes can be held on the first core here. */
function canPin(): boolean {
  return spawnSync('taskset', ['-c', '0', process.execPath, '--version']).status === 0;
}

/** Collects the workers that are started. */
function watchWorkers() {
  const threads = process.getBuiltinModule('node:worker_threads') as { Worker: typeof Worker };
  const { Worker: Original } = threads;
  const made: Worker[] = [];
  threads.Worker = class extends Original {
    constructor(...parameters: ConstructorParameters<typeof Worker>) {
      super(...parameters);
      made.push(this);
    }
  };
  const restore = () => {
    threads.Worker = Original;
  };
  return { made, restore };
}
