import { builtin } from './builtin.js';
import { webAssembly } from './web-assembly.js';

/** The V8 of Node.js 20: it has relaxed SIMD as it was shipped one version later, behind a flag. */
const HAS_IT_BEHIND_A_FLAG = /^11\.3\./;
const FLAG = 'experimental-wasm-relaxed-simd';

/** A module that fuses a product and a sum, (func (drop (f32x4.relaxed_madd zeros zeros zeros))), to ask engines with. */
const ZEROS = [0xfd, 12, ...new Array<number>(16).fill(0)];
const BODY = [0, ...ZEROS, ...ZEROS, ...ZEROS, 0xfd, 0x85, 2, 0x1a, 0x0b];
const HEAD = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0];
const PROBE = Uint8Array.from([...HEAD, 10, BODY.length + 2, 1, BODY.length, ...BODY]);

/** What `compile` makes where the engine has relaxed SIMD; undefined where it has not, or `compile` throws. */
export function withRelaxedSimd<T>(compile: () => T): T | undefined {
  if (has()) return attempt(compile);
  if (!HAS_IT_BEHIND_A_FLAG.test(version())) return undefined;
  const v8 = builtin<typeof import('node:v8')>('node:v8');
  if (v8 === undefined) return undefined;
  // For this module only: compiled code keeps what was allowed when it was compiled.
  v8.setFlagsFromString(`--${FLAG}`);
  try {
    return has() ? attempt(compile) : undefined;
  } finally {
    v8.setFlagsFromString(`--no-${FLAG}`);
  }
}

const has = (): boolean => webAssembly?.validate(PROBE) === true;

function version(): string {
  const { process } = globalThis as { process?: Partial<NodeJS.Process> };
  return process?.versions?.v8 ?? '';
}

function attempt<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}
