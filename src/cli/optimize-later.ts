import { setFlagOfV8, V8_OF_24_TO_26 } from './v8-flag.js';

/** The flags for the versions of V8 in which this was measured; another may not know them, and would say so. */
const MEASURED: readonly (readonly [v8: RegExp, flags: readonly string[]])[] = [
  // Node.js 20. Of the bytes of code that a function runs before it is optimized, four times as many as V8 has it.
  [/^11\.3\./, ['--interrupt-budget=540000']],
  // Node.js 24 to 26. Of the calls after which it is, and of those of its loops, ten times as many.
  [
    V8_OF_24_TO_26,
    [
      '--invocation-count-for-maglev=4000',
      '--invocation-count-for-maglev-osr=1000',
      '--invocation-count-for-turbofan=30000',
    ],
  ],
];

/**
 * Has V8 optimize functions of this process later, in all its threads. In a study the numbers are computed in WebAssembly, and what
 * JavaScript there is plans a hundred networks once each: optimizing that in every thread takes longer than it gains, and the cores from
 * the trials. The digits study with successive halving takes a fifth (Node.js 20) or a fifteenth less processor time so, one without
 * rules as much as before.
 */
export function optimizeLater(v8: string = process.versions.v8, setFlag = setFlagOfV8): void {
  for (const flag of MEASURED.find(([versions]) => versions.test(v8))?.[1] ?? []) setFlag(flag);
}
