/**
 * What a stage sees of a batch while it adds its fields. They are assigned one by one: `Object.assign` takes ten times as
 * long, which in a small network is felt.
 */
export type Writable<T> = { -readonly [K in keyof T]: T[K] };
