// rxnn's devices as the benchmark names them: with a number of threads where a device takes one.
import { availableParallelism } from 'node:os';
import { DEVICE_NAMES, openDevice as open } from '../../dist/index.js';

/** Devices that are measured unless others are asked for: the fast ones of a CPU, the default first. */
const USUAL = ['simd', 'webasm'];

/** How many threads there are to use. */
export const CORES = availableParallelism();

/** The devices that this build of rxnn has. */
export const devices = DEVICE_NAMES;

/** The first device is the one that the targets are for. */
export const usualDevices = () => USUAL.filter(name => devices.includes(name));

/** Opens a device of rxnn with a number of threads, where it takes one; `device.threads` says how many it has. */
export const openDevice = (name, threads = 1) => open(name, { threads });

/** The numbers of threads to measure on a device: as many as there are cores first, if it uses them, and one. */
export async function threadCounts(name) {
  const device = await openDevice(name, CORES);
  const { threads = 1 } = device;
  device.close();
  return threads > 1 ? [threads, 1] : [1];
}
