// The machine that measured, in words.
import { arch, availableParallelism, cpus, platform, release, totalmem } from 'node:os';

/** Where it ran: processor, cores, memory, system, Node and its flags for WebAssembly. */
export const machine = () => ({
  cpu: cpus()[0]?.model.trim() ?? 'an unknown processor',
  cores: availableParallelism(),
  memory: Math.round(totalmem() / 2 ** 30),
  system: `${platform()} ${release()} ${arch()}`,
  node: [process.version, ...process.execArgv.filter(flag => flag.includes('wasm'))].join(' '),
});
