import { expect, it } from 'vitest';
import type { Device, Tensor } from '../../../src/kernels/device.js';
import type { Node } from '../../../src/kernels/graph.js';
import { tanh } from '../../../src/kernels/ops/activations.js';
import { add, mul, sub } from '../../../src/kernels/ops/arithmetic.js';
import { input } from '../../../src/kernels/ops/leaves.js';
import { matmul } from '../../../src/kernels/ops/matmul.js';
import { sum } from '../../../src/kernels/ops/reduce.js';
import { transpose } from '../../../src/kernels/ops/transpose.js';
import { random } from '../../../src/random.js';

const NOTHING = { tensors: 0, bytes: 0, programs: 0, kernels: 0 };

/** What every device keeps; `open` gives the device, or undefined when the tests are to be skipped. */
export function deviceContract(open: () => Promise<Device | undefined>): void {
  const on = (title: string, test: (device: Device) => Promise<void>) =>
    it(title, async context => {
      const device = await open();
      if (device === undefined) return context.skip('no adapter');
      try {
        await test(device);
      } finally {
        device.close();
      }
    });

  on('a tensor reads back the values that it was given, whatever becomes of their array', async device => {
    const values = Float32Array.from([1.5, -2, 3.25, 0, 5, -6.125]);
    const tensor = device.tensor([2, 3], values);
    values.fill(9);
    expect([...(await tensor.read())]).toEqual([1.5, -2, 3.25, 0, 5, -6.125]);
    if (device.synchronous) expect([...tensor.readSync()]).toEqual([1.5, -2, 3.25, 0, 5, -6.125]);
    else expect(() => tensor.readSync()).toThrow(/read\(\)/);
  });

  on('a tensor takes as many values as its shape has elements', async device => {
    expect(() => device.tensor([2, 3], [1, 2, 3])).toThrow('a [2, 3] tensor takes 6 values, got 3');
  });

  on('with `into` an input becomes its own output, and every output is computed from the old values', async device => {
    const [a, b] = [input([1, 2]), input([1, 2])];
    const program = device.compile({ inputs: [a, b], outputs: [b, a, add(a, b)] });
    const [x, y] = [device.tensor([1, 2], [1, 2]), device.tensor([1, 2], [10, 20])];
    const [first, second, total] = program.run([x, y], [x, y]);
    expect([first, second]).toEqual([x, y]);
    expect([...(await x.read())]).toEqual([10, 20]);
    expect([...(await y.read())]).toEqual([1, 2]);
    expect([...(await total!.read())]).toEqual([11, 22]);
    expect(device.usage()).toMatchObject({ tensors: 3, bytes: 24 });
  });

  on('one tensor may stand for several inputs, and outputs that are equal have a tensor each', async device => {
    const [a, b] = [input([2, 1]), input([2, 1])];
    const total = add(a, b);
    const program = device.compile({ inputs: [a, b], outputs: [total, total] });
    const x = device.tensor([2, 1], [3, 4]);
    const [first, second] = program.run([x, x]) as [Tensor, Tensor];
    first.dispose();
    expect([...(await second.read())]).toEqual([6, 8]);
  });

  on(
    'a value that was asked for before it is overwritten or disposed is the value at the time of asking',
    async device => {
      const a = input([1, 3]);
      const program = device.compile({ inputs: [a], outputs: [mul(a, 2)] });
      const x = device.tensor([1, 3], [1, 2, 3]);
      const before = x.read();
      program.run([x], [x]);
      const after = x.read();
      program.run([x], [x]);
      const last = x.read();
      x.dispose();
      expect([...(await before)]).toEqual([1, 2, 3]);
      expect([...(await after)]).toEqual([2, 4, 6]);
      expect([...(await last)]).toEqual([4, 8, 12]);
    },
  );

  on('the same commands give the same values to the bit', async device => {
    const results = [];
    for (let run = 0; run < 3; run++) {
      const { step, dispose, weights } = training(device);
      for (let i = 0; i < 5; i++) step();
      results.push([...(await weights.read())]);
      dispose();
    }
    expect(results[1]).toEqual(results[0]);
    expect(results[2]).toEqual(results[0]);
  });

  on('2,000 training steps leave no more open than the first', async device => {
    const { step, dispose } = training(device);
    step();
    const after1 = device.usage();
    for (let i = 1; i < 2000; i++) {
      step();
      if (i % 50 === 0) {
        expect(device.usage()).toEqual(after1);
        await device.settled();
      }
    }
    await device.settled();
    expect(device.usage()).toEqual(after1);
    dispose();
    expect(device.usage()).toEqual(NOTHING);
  });

  on('programs share equal kernels, and the last one to go takes them along', async device => {
    // Those of simd are built in.
    const kernels = device.name === 'simd' ? 0 : 2;
    const compile = () => {
      const a = input([3, 5]);
      return device.compile({ inputs: [a], outputs: [transpose(a), sum(a, 0)] });
    };
    const [one, two] = [compile(), compile()];
    expect(device.usage()).toMatchObject({ programs: 2, kernels });
    one.dispose();
    one.dispose();
    expect(device.usage()).toMatchObject({ programs: 1, kernels });
    const x = device.tensor([3, 5], new Float32Array(15).fill(1));
    const [, sums] = two.run([x]);
    expect([...(await sums!.read())]).toEqual([3, 3, 3, 3, 3]);
    two.dispose();
    expect(device.usage()).toMatchObject({ programs: 0, kernels: 0 });
  });

  on('kernels of one program work on after those of another are gone', async device => {
    const a = input([2, 2]);
    const kept = device.compile({ inputs: [a], outputs: [add(a, 1)] });
    const x = device.tensor([2, 2], [1, 2, 3, 4]);
    kept.run([x], [x]);
    const gone = device.compile({ inputs: [a], outputs: [tanh(a)] });
    for (const tensor of gone.run([x])) tensor.dispose();
    gone.dispose();
    await device.settled();
    const y = device.tensor([2, 2], [5, 6, 7, 8]);
    kept.run([x], [x]);
    kept.run([y], [y]);
    expect([...(await x.read())]).toEqual([3, 4, 5, 6]);
    expect([...(await y.read())]).toEqual([6, 7, 8, 9]);
  });

  on('what is disposed or closed cannot be used, and disposing of it again does nothing', async device => {
    const a = input([1, 1]);
    const program = device.compile({ inputs: [a], outputs: [mul(a, a)] });
    const [x, y] = [device.tensor([1, 1], [3]), device.tensor([1, 1], [4])];
    x.dispose();
    x.dispose();
    expect(() => program.run([x])).toThrow(/\[1, 1\] tensor on \w+ was used after it was disposed/);
    expect(() => program.run([y], [x])).toThrow(/disposed/);
    await expect(x.read()).rejects.toThrow(/disposed/);
    program.dispose();
    expect(() => program.run([y])).toThrow(/closed/);
    device.close();
    device.close();
    await expect(y.read()).rejects.toThrow(/closed/);
    expect(() => device.tensor([1, 1], [1])).toThrow(/closed/);
    expect(() => device.compile({ inputs: [a], outputs: [a] })).toThrow(/closed/);
    expect(device.usage()).toEqual(NOTHING);
  });

  on('a program names the input or output whose shape does not fit', async device => {
    const a = input([2, 3]);
    const program = device.compile({ inputs: [a], outputs: [sum(a, 1)] });
    const x = device.tensor([2, 3], new Float32Array(6));
    expect(() => program.run([])).toThrow(/takes 1 inputs, got 0/);
    expect(() => program.run([x], [x])).toThrow(/output 0 of the program on \w+ is \[2, 1\], got \[2, 3\]/);
    const y = device.tensor([3, 2], new Float32Array(6));
    expect(() => program.run([y])).toThrow(/input 0 of the program on \w+ is \[2, 3\], got \[3, 2\]/);
  });
}

/** A small training step by hand: w ← w − 0.1 · Xᵀ · tanh(X · w − y). */
function training(device: Device) {
  const [x, y, w] = [input([9, 5]), input([9, 3]), input([5, 3])] as [Node, Node, Node];
  const error = tanh(sub(matmul(x, w), y));
  const next = sub(w, mul(matmul(x, error, { transposeA: true }), 0.1));
  const program = device.compile({ inputs: [x, y, w], outputs: [sum(mul(error, error)), next] });
  const numbers = random(1, 'device contract');
  const [xs, ys, weights] = [x, y, w].map(({ shape }) =>
    device.tensor(shape, numbers.fill(new Float32Array(shape[0] * shape[1]))),
  ) as [Tensor, Tensor, Tensor];
  return {
    weights,
    step: () => program.run([xs, ys, weights], [undefined, weights])[0]!.dispose(),
    dispose: () => {
      program.dispose();
      for (const tensor of [xs, ys, weights]) tensor.dispose();
    },
  };
}
