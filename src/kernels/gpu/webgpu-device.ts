import { DeviceError } from '../../errors.js';
import { checkShapes, closedError, flatValues, unusable } from '../checks.js';
import type { Device, Program, Tensor } from '../device.js';
import { type Graph, type Node, type Shape, sizeOf } from '../graph.js';
import { commandQueue } from './command-queue.js';
import { assertMode, compileError, gpuJs, type Handle } from './gpu-js.js';
import { type CachedKernel, kernelCache } from './kernel-cache.js';
import { prepare, type Steps } from './steps.js';
import type { WebGpu } from './webgpu-adapter.js';
import { readBuffer, uploaded } from './webgpu-buffer.js';

/** Where a tensor's values are once the commands before have run, or why there are none. */
type Cell = { handle: Handle | undefined; error?: DeviceError | undefined };

/**
 * gpu.js's `webgpu` mode. Its kernel calls return promises, so everything that touches device memory is a command in one
 * queue; the calls of this device return at once, with what counts in `usage()` already changed.
 */
export function webgpuDevice(webgpu: WebGpu, reason?: string): Device {
  const name = 'webgpu';
  const { context } = webgpu;
  const gpu = new gpuJs.GPU({ mode: name });
  const queue = commandQueue();
  const cache = kernelCache<Handle>(gpu, { pipeline: true, immutable: true }, ({ kernel }) =>
    queue.add(() => kernel.destroy()),
  );
  const cells = new Map<Tensor, Cell>();
  const programs = new Set<Program>();
  const reads = new Set<Promise<Float32Array>>();
  let bytes = 0;
  let closed = false;
  /** The first failure that nobody has been told of. */
  let failure: DeviceError | undefined;
  /** What went wrong outside of any call: nothing that is computed afterwards can be trusted. */
  let broken: DeviceError | undefined;
  /** Commands that were given to the GPU since it was last seen idle. */
  let submitted = 0;

  webgpu.onError(message => {
    broken ??= new DeviceError(`${name} failed: ${message}`);
    failure ??= broken;
  });

  const cellOf = (tensor: Tensor): Cell => {
    const cell = cells.get(tensor);
    if (cell === undefined) throw closed ? closedError(`the ${name} device`) : unusable(device, tensor);
    return cell;
  };

  const hold = (shape: Shape, cell: Cell): Tensor => {
    const tensor: Tensor = {
      shape,
      device,
      read: async () => {
        const cell = cellOf(tensor);
        return new Promise((resolve, reject) =>
          queue.add(() => {
            const error = cell.error ?? broken;
            if (error !== undefined) return reject(error);
            const values = readBuffer(context.device, (cell.handle as Handle).buffer, 4 * sizeOf(shape));
            reads.add(values);
            values.finally(() => reads.delete(values)).catch(() => {});
            values.then(
              array => (broken === undefined ? resolve(array) : reject(broken)),
              error => reject(broken ?? compileError(name, 'reading a tensor', error)),
            );
          }),
        );
      },
      readSync: () => {
        throw new DeviceError(`the values of a tensor on ${name} cannot be read at once: use read()`);
      },
      dispose: () => {
        if (!cells.delete(tensor)) return;
        bytes -= 4 * sizeOf(shape);
        queue.add(() => cell.handle?.delete());
      },
    };
    cells.set(tensor, cell);
    bytes += 4 * sizeOf(shape);
    return tensor;
  };

  const launch = async (kernel: CachedKernel<Handle>, args: readonly Handle[]): Promise<Handle> => {
    const { label, shortcut } = kernel;
    try {
      const handle = (await shortcut.kernel.run(...args)) as Handle;
      if (!kernel.checked) assertMode(name, label, shortcut);
      kernel.checked = true;
      return handle;
    } catch (error) {
      throw compileError(name, label, error);
    }
  };

  /** Runs the steps; every output has an own handle. */
  const evaluate = async ({ steps, outputs, inputs }: Steps<Handle>, fed: readonly Cell[]): Promise<Handle[]> => {
    const known: (Handle | undefined)[] = fed.map(({ handle }) => handle);
    const free = (number: number) => {
      known[number]?.delete();
      known[number] = undefined;
    };
    const failed = broken ?? fed.find(({ error }) => error !== undefined)?.error;
    if (failed !== undefined) throw failed;
    try {
      for (const { kernel, operands, release } of steps) {
        known.push(
          await launch(
            kernel,
            operands.map(number => known[number] as Handle),
          ),
        );
        for (const number of release) free(number);
      }
      return outputs.map(number => known[number] as Handle);
    } catch (error) {
      for (let number = inputs; number < known.length; number++) free(number);
      throw error;
    }
  };

  const execute = async (prepared: Steps<Handle>, fed: readonly Cell[], results: readonly Cell[]): Promise<void> => {
    let handles: readonly Handle[] = [];
    let error: DeviceError | undefined;
    submitted++;
    try {
      handles = await evaluate(prepared, fed);
    } catch (reason) {
      error = compileError(name, 'a program', reason);
      failure ??= error;
    }
    results.forEach((cell, i) => {
      cell.handle?.delete();
      cell.handle = handles[i];
      cell.error = error;
    });
  };

  const finished = async (): Promise<void> => {
    await queue.idle();
    const seen = submitted;
    await context.device.queue.onSubmittedWorkDone();
    submitted -= seen;
    if (failure === undefined) return;
    const error = failure;
    failure = undefined;
    throw error;
  };

  const device: Device = {
    name,
    adapter: webgpu.adapter,
    hardware: webgpu.hardware,
    synchronous: false,
    reason,
    tensor(shape, given) {
      if (closed) throw closedError(`the ${name} device`);
      return hold(shape, { handle: uploaded(context, flatValues(shape, given)) });
    },
    compile(graph: Graph) {
      if (closed) throw closedError(`the ${name} device`);
      const prepared = prepare(graph, { layout: 'grid', exactSums: false, unroll: 4, tiles: false }, cache);
      const { plan } = prepared;
      const program: Program = {
        plan,
        run(inputs, into = []) {
          if (!programs.has(program)) throw closedError(`a program on ${name}`);
          checkShapes(name, 'input', plan.inputs, inputs);
          checkShapes(name, 'output', plan.outputs, into);
          const fed = inputs.map(cellOf);
          const targets = plan.outputs.map((_, i) => (into[i] === undefined ? undefined : cellOf(into[i])));
          const results = targets.map(target => target ?? { handle: undefined });
          const tensors = plan.outputs.map((node: Node, i) => into[i] ?? hold(node.shape, results[i] as Cell));
          queue.add(() => execute(prepared, fed, results));
          return tensors;
        },
        dispose() {
          if (programs.delete(program)) prepared.release();
        },
      };
      programs.add(program);
      return program;
    },
    settled: () => (queue.idle() === undefined && submitted === 0 && failure === undefined ? undefined : finished()),
    usage: () => ({ tensors: cells.size, bytes, programs: programs.size, kernels: cache.size }),
    close() {
      if (closed) return;
      for (const program of [...programs]) program.dispose();
      for (const tensor of [...cells.keys()]) tensor.dispose();
      closed = true;
      queue.add(async () => {
        await Promise.allSettled(reads);
        await gpu.destroy();
        webgpu.release();
      });
    },
  };
  return device;
}
