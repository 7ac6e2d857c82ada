// rxnn's devices as the benchmark names them: with a number of threads where a device takes one.
import { availableParallelism } from 'node:os';
import { DEVICE_NAMES, openDevice as open } from '../../dist/index.js';

/** Devices that are measured unless others are asked for: the fast ones of a CPU, the default first. */
const USUAL = ['simd', 'webasm'];

/** The devices that split work over threads. */
const THREADED = ['simd'];

/** How many threads there are to use. */
export const CORES = availableParallelism();

/** The devices that this build of rxnn has. */
export const devices = DEVICE_NAMES;

/** The first device is the one that the targets are for. */
export const usualDevices = () => USUAL.filter(name => devices.includes(name));

/** The numbers of threads to measure on a device, the default one first. */
export const threadCounts = name => (THREADED.includes(name) && CORES > 1 ? [CORES, 1] : [1]);

/** Opens a device of rxnn with a number of threads. */
export const openDevice = (name, threads = 1) => open(name, { threads });
