import type { Column } from './column.js';
import type { Dimension } from './dimension.js';
import type { Kernels } from './kernels.js';

/** Probabilities of options: `priorWeight` / kernels for every one and 1 more for the observed one, normalised; the prior's are equal. */
export function optionKernels({ count }: Dimension, column: Column, priorWeight: number): Kernels {
  let size = 0;
  let observed = new Uint32Array(0);
  let hit = 0;
  let miss = 0;
  return {
    place(selection) {
      size = selection.size;
      if (observed.length < size) observed = new Uint32Array(2 * size);
      for (let k = 0; k < size; k++) observed[k] = column.places[selection.rows[k] as number] as number;
      const share = priorWeight / (size + 1);
      miss = share / (count * share + 1);
      hit = (share + 1) / (count * share + 1);
    },
    addBase(sums) {
      sums[size] = (sums[size] as number) - Math.log(count);
    },
    add(point, sums) {
      const [same, other] = [Math.log(hit), Math.log(miss)];
      for (let k = 0; k < size; k++) sums[k] = (sums[k] as number) + (observed[k] === point ? same : other);
    },
    draw(kernel, u) {
      if (kernel === size) return Math.min(count - 1, Math.floor(u * count));
      const at = observed[kernel] as number;
      // The options in order, the observed one taking more room.
      if (u < at * miss) return Math.floor(u / miss);
      if (u < at * miss + hit) return at;
      return Math.min(count - 1, at + 1 + Math.floor((u - at * miss - hit) / miss));
    },
    describe: () => ({
      weights: Array.from({ length: size + 1 }, (_, k) =>
        Array.from({ length: count }, (_, option) => (k === size ? 1 / count : observed[k] === option ? hit : miss)),
      ),
    }),
  };
}
