/** The versions of V8 in Node.js 24 to 26. */
export const V8_OF_24_TO_26 = /^(13\.6|14\.[16])\./;

/** Sets a flag of V8 for this process; the module is read when it is needed, as most commands do without. */
export const setFlagOfV8 = (flag: string): void => process.getBuiltinModule('node:v8').setFlagsFromString(flag);
