import type { Device, Program, Tensor } from '../../src/kernels/device.js';
import { type Graph, type Shape, sizeOf } from '../../src/kernels/graph.js';
import { evaluate } from '../kernels/reference.js';

/** What a reference device was asked to do: the place where a test lets it fail. */
export type Call = 'tensor' | 'compile' | 'run' | 'read';

export interface ReferenceDeviceOptions {
  /** False: results are there some macrotasks later, as on a GPU; true unless stated. */
  readonly synchronous?: boolean;
  /** Called before every call; what it throws, the call throws. */
  readonly before?: (call: Call) => void;
  /** Called when queued work is done (asynchronous only); what it throws, `settled` and later reads reject with. */
  readonly work?: () => void;
}

/** A device that interprets graphs in float64 and stores float32: compiles at once, and fails where it is told to. */
export function referenceDevice(options: ReferenceDeviceOptions = {}): Device & { queued(): number } {
  const { synchronous = true, before = () => {}, work = () => {} } = options;
  const values = new Map<Tensor, Float32Array>();
  const programs = new Set<Program>();
  let queued = 0;
  let failure: { readonly error: unknown } | undefined;
  let queue: Promise<void> = Promise.resolve();

  const enqueue = () => {
    if (synchronous) return;
    queued++;
    queue = queue
      .then(() => new Promise<void>(resolve => setImmediate(resolve)))
      .then(() => {
        queued--;
        try {
          work();
        } catch (error) {
          failure ??= { error };
        }
      });
  };
  const done = () => queue.then(() => (failure === undefined ? undefined : Promise.reject(failure.error)));
  const held = (tensor: Tensor): Float32Array => {
    const value = values.get(tensor);
    if (value === undefined) throw new Error('a disposed tensor was used');
    return value;
  };
  const hold = (shape: Shape, value: Float32Array): Tensor => {
    const tensor: Tensor = {
      shape,
      device,
      async read() {
        before('read');
        const now = held(tensor).slice();
        if (!synchronous) await done();
        return now;
      },
      readSync: () => held(tensor),
      dispose: () => values.delete(tensor),
    };
    values.set(tensor, value);
    return tensor;
  };
  const device: Device & { queued(): number } = {
    name: 'cpu',
    adapter: 'float64 interpreter',
    hardware: false,
    synchronous,
    tensor(shape, given) {
      before('tensor');
      if (given.length !== sizeOf(shape)) throw new Error(`${given.length} values for [${shape[0]}, ${shape[1]}]`);
      return hold(shape, Float32Array.from(given));
    },
    compile(graph: Graph) {
      before('compile');
      const program = {
        run(inputs: readonly Tensor[], into: readonly (Tensor | undefined)[] = []) {
          before('run');
          if (!programs.has(program as Program)) throw new Error('a disposed program was run');
          enqueue();
          const results = evaluate(
            graph,
            inputs.map(tensor => Float64Array.from(held(tensor))),
          );
          return graph.outputs.map((node, i) => {
            const result = Float32Array.from(results[i]!);
            const target = into[i];
            if (target === undefined) return hold(node.shape, result);
            held(target);
            values.set(target, result);
            return target;
          });
        },
        dispose: () => programs.delete(program as Program),
      } as unknown as Program;
      programs.add(program);
      return program;
    },
    settled: () => (queued === 0 && failure === undefined ? undefined : done()),
    usage: () => ({
      tensors: values.size,
      bytes: [...values.values()].reduce((bytes, value) => bytes + 4 * value.length, 0),
      programs: programs.size,
      kernels: programs.size,
    }),
    close() {
      values.clear();
      programs.clear();
    },
    queued: () => queued,
  };
  return device;
}
