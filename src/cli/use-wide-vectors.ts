import { allowWideVectors } from '../kernels/simd/wide-vectors.js';

/** Has products made in wide vectors where the engine can, as this process is rxnn's own; `RXNN_WIDE=off` in the environment leaves the engine as it is. */
export function useWideVectors(env: Readonly<Record<string, string | undefined>>): void {
  if (env.RXNN_WIDE !== 'off') allowWideVectors();
}
