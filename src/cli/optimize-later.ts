/** The V8 of Node.js 20, in which this was measured; another may not know the flag, and would say so. */
const MEASURED_IN = /^11\.3\./;

/** Of the bytes of code that a function runs before it is optimized, four times as many as V8 has it. */
const BUDGET = 540_000;

/**
 * Has V8 optimize functions of this process later, in all its threads. In a study the numbers are computed in WebAssembly, and what
 * JavaScript there is plans a hundred networks once each: optimizing that in every thread takes longer than it gains, and the cores from
 * the trials. The digits study with successive halving takes a fifth less processor time so, one without rules as much as before.
 */
export function optimizeLater(v8: string = process.versions.v8, setFlag = setFlagOfV8): void {
  if (MEASURED_IN.test(v8)) setFlag(`--interrupt-budget=${BUDGET}`);
}

/** The module is read when it is needed, as most commands do without. */
const setFlagOfV8 = (flag: string): void => process.getBuiltinModule('node:v8').setFlagsFromString(flag);
