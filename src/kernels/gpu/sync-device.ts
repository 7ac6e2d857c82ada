import { checkShapes, closedError, flatValues, unusable } from '../checks.js';
import type { Device, Program, Tensor } from '../device.js';
import { type Graph, type Shape, sizeOf } from '../graph.js';
import type { Backend } from './backend.js';
import { compileError, firstCall } from './gpu-js.js';
import { type CachedKernel, kernelCache } from './kernel-cache.js';
import { prepare, type Steps } from './steps.js';

/** A device whose calls have their result when they return. */
export function syncDevice<V>(backend: Backend<V>, reason?: string): Device {
  const { name } = backend;
  const cache = kernelCache<V>(backend.gpu, backend.settings, backend.destroy);
  const values = new Map<Tensor, V>();
  const programs = new Set<Program>();
  let bytes = 0;
  let closed = false;

  const held = (tensor: Tensor): V => {
    const value = values.get(tensor);
    if (value === undefined) throw closed ? closedError(`the ${name} device`) : unusable(device, tensor);
    return value;
  };

  const hold = (shape: Shape, value: V): Tensor => {
    const tensor: Tensor = {
      shape,
      device,
      read: async () => backend.read(held(tensor), sizeOf(shape)).slice(),
      readSync: () => backend.read(held(tensor), sizeOf(shape)),
      dispose: () => {
        const value = values.get(tensor);
        if (value === undefined) return;
        values.delete(tensor);
        bytes -= 4 * sizeOf(shape);
        backend.free(value);
      },
    };
    values.set(tensor, value);
    bytes += 4 * sizeOf(shape);
    return tensor;
  };

  const launch = (kernel: CachedKernel<V>, args: readonly V[]): V => {
    const { label, shortcut, tile } = kernel;
    if (kernel.launch === undefined) {
      const returned = firstCall(name, label, shortcut, () => shortcut(...args));
      kernel.launch = backend.launcher(shortcut, tile);
      kernel.checked = true;
      return backend.result(returned) ?? kernel.launch(args);
    }
    try {
      return kernel.launch(args);
    } catch (error) {
      throw compileError(name, label, error);
    }
  };

  const evaluate = ({ steps, outputs, inputs }: Steps<V>, fed: readonly V[]): V[] => {
    const known: (V | undefined)[] = [...fed];
    const free = (number: number) => {
      backend.free(known[number] as V);
      known[number] = undefined;
    };
    try {
      for (const { kernel, operands, release } of steps) {
        known.push(
          launch(
            kernel,
            operands.map(number => known[number] as V),
          ),
        );
        for (const number of release) free(number);
      }
      return outputs.map(number => known[number] as V);
    } catch (error) {
      for (let number = inputs; number < known.length; number++) if (known[number] !== undefined) free(number);
      throw error;
    }
  };

  const device: Device = {
    name,
    adapter: backend.adapter,
    hardware: backend.hardware,
    synchronous: true,
    reason,
    tensor(shape, given) {
      if (closed) throw closedError(`the ${name} device`);
      return hold(shape, backend.upload(flatValues(shape, given), shape));
    },
    compile(graph: Graph) {
      if (closed) throw closedError(`the ${name} device`);
      const prepared = prepare(graph, backend.dialect, cache);
      const { plan } = prepared;
      const program: Program = {
        plan,
        run(inputs, into = []) {
          if (!programs.has(program)) throw closedError(`a program on ${name}`);
          checkShapes(name, 'input', plan.inputs, inputs);
          checkShapes(name, 'output', plan.outputs, into);
          for (const tensor of into) if (tensor !== undefined) held(tensor);
          return evaluate(prepared, inputs.map(held)).map((value, i) => {
            const target = into[i];
            if (target === undefined) return hold((plan.outputs[i] as { readonly shape: Shape }).shape, value);
            backend.free(held(target));
            values.set(target, value);
            return target;
          });
        },
        dispose() {
          if (programs.delete(program)) prepared.release();
        },
      };
      programs.add(program);
      return program;
    },
    settled: () => undefined,
    usage: () => ({ tensors: values.size, bytes, programs: programs.size, kernels: cache.size }),
    close() {
      if (closed) return;
      for (const program of [...programs]) program.dispose();
      for (const tensor of [...values.keys()]) tensor.dispose();
      closed = true;
      backend.close();
    },
  };
  return device;
}
