import { builtin } from './builtin.js';

/**
 * The V8s of Node.js 24, 25 and 26, in which this was measured. That of Node.js 22 knows the flag too, but was built without what
 * it turns on.
 */
const MEASURED_IN = /^(13\.6|14\.[16])\./;

const FLAG = '--experimental-wasm-revectorize';

let isAllowed = false;

/**
 * Has V8 make one instruction on 8 numbers out of two on 4 where the processor can, in the WebAssembly that this process compiles
 * from now on: the CPU device then multiplies matrices up to twice as fast, to the same bits. For processes that are the program's
 * own: it is an experiment of V8, and holds for all WebAssembly, so a process of a user's is given the flag by the user.
 */
export function allowWideVectors(setFlag = setFlagOfV8): void {
  if (canBeWide()) isAllowed = setFlag(FLAG);
}

/** Whether V8 does so here. */
export function hasWideVectors(): boolean {
  return canBeWide() && (isAllowed || node()?.execArgv?.some(flag => flag.replaceAll('_', '-') === FLAG) === true);
}

/** That of Node.js for macOS is built without. */
function canBeWide(): boolean {
  const { arch, versions, config } = node() ?? {};
  const { v8_enable_wasm_simd256_revec: isBuiltIn } = (config?.variables ?? {}) as Record<string, unknown>;
  return arch === 'x64' && isBuiltIn === 1 && MEASURED_IN.test(versions?.v8 ?? '');
}

const node = () => (globalThis as { process?: Partial<NodeJS.Process> }).process;

/** Whether it is set. */
function setFlagOfV8(flag: string): boolean {
  const v8 = builtin<typeof import('node:v8')>('node:v8');
  v8?.setFlagsFromString(flag);
  return v8 !== undefined;
}
