// The part of WebAssembly's JavaScript interface that is used here: TypeScript declares it for browsers only.

/** Compiled code, which threads may hand to each other. */
export type WasmModule = object & { readonly brand?: 'WebAssembly.Module' };

/** A memory; `shared` ones are seen by several threads. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  /** Throws a RangeError when there is not so much. */
  grow(pages: number): number;
}

interface Api {
  validate(bytes: Uint8Array): boolean;
  readonly Module: new (bytes: Uint8Array) => WasmModule;
  readonly Instance: new (module: WasmModule, imports: object) => { readonly exports: object };
  readonly Memory: new (limits: { initial: number; maximum: number; shared?: boolean }) => WasmMemory;
}

/** Undefined where there is no WebAssembly. */
export const webAssembly = (globalThis as { readonly WebAssembly?: Api }).WebAssembly;
