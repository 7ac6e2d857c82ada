import { setFlagOfV8, V8_OF_24_TO_26 } from './v8-flag.js';

/**
 * Threads that start from now on have a heap of 64 MB, more than a study's networks need, before V8 first looks for what of it is in use.
 * It would else begin with a few and look again and again while a heap grows, in threads of its own that take the cores from the trials:
 * a twentieth of the digits study with successive halving, where that was measured. Another version of V8 may not know the flag.
 */
export function giveThreadsRoom(v8: string = process.versions.v8, setFlag = setFlagOfV8): void {
  if (V8_OF_24_TO_26.test(v8)) setFlag('--initial-heap-size=64');
}
