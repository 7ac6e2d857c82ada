// Devices that compute nothing, or note what they are asked: what is left is the cost of whoever drives them.

class Blank {
  constructor(shape, device) {
    this.shape = shape;
    this.device = device;
  }
  readSync() {
    return new Float32Array(this.shape[0] * this.shape[1]);
  }
  async read() {
    return this.readSync();
  }
  dispose() {}
}

/** A synchronous `Device` that computes nothing: programs return tensors made in advance, all zeros, with nothing to free. */
export function nullDevice() {
  const device = {
    name: 'cpu',
    adapter: 'nothing',
    hardware: false,
    synchronous: true,
    tensor: shape => new Blank(shape, device),
    compile: graph => {
      const outputs = graph.outputs.map(({ shape }) => new Blank(shape, device));
      let returned;
      return {
        // Whoever drives it overwrites the same tensors at every call of a program, so the same list can be returned.
        run: (_inputs, into) => {
          returned ??= into === undefined ? outputs : outputs.map((output, i) => into[i] ?? output);
          return returned;
        },
        dispose: () => {
          returned = undefined;
        },
      };
    },
    settled: () => undefined,
    usage: () => ({ tensors: 0, bytes: 0, programs: 0, kernels: 0 }),
    close: () => {},
  };
  return device;
}

/**
 * `device`, with every call noted in `calls`, in order:
 * `{ call: 'tensor', shape, result }` or `{ call: 'run', program, inputs, into, result }`.
 */
export function recordingDevice(device, calls) {
  return {
    ...device,
    tensor: (shape, values) => {
      const result = device.tensor(shape, values);
      calls.push({ call: 'tensor', shape, result });
      return result;
    },
    compile: graph => {
      const program = device.compile(graph);
      return {
        plan: program.plan,
        run: (inputs, into) => {
          const result = program.run(inputs, into);
          calls.push({ call: 'run', program, inputs: [...inputs], into: into && [...into], result: [...result] });
          return result;
        },
        dispose: () => program.dispose(),
      };
    },
  };
}
