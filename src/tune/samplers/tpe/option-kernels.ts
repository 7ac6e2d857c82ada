import type { Column } from './column.js';
import type { Dimension } from './dimension.js';
import type { Kernels } from './kernels.js';

/** Probabilities of options: `priorWeight` / kernels for every one and 1 more for the observed one, normalised; the prior's are equal. */
export function optionKernels({ count }: Dimension, column: Column, priorWeight: number): Kernels {
  let hit = 0;
  let miss = 0;
  let arranged: Float64Array | Uint32Array = column.places;
  return {
    update({ size, changed, has }) {
      const share = priorWeight / (size + 1);
      miss = share / (count * share + 1);
      hit = (share + 1) / (count * share + 1);
      return changed.filter(row => has[row] === 1);
    },
    forget: () => {},
    arrange(arrangement) {
      arranged =
        arrangement === undefined
          ? column.places
          : arrangement.order.subarray(0, arrangement.begins.at(-1)).map(row => column.places[row] as number);
    },
    most: () => 0,
    base: () => 0,
    add(point, sums, into, begin, end) {
      const [same, other, options] = [Math.log(hit), Math.log(miss), arranged];
      for (let row = begin; row < end; row++) {
        into[row] = (sums[row] as number) + (options[row] === point ? same : other);
      }
    },
    prior: () => -Math.log(count),
    draw(row, u) {
      if (row < 0) return Math.min(count - 1, Math.floor(u * count));
      const at = column.places[row] as number;
      // The options in order, the observed one taking more room.
      if (u < at * miss) return Math.floor(u / miss);
      if (u < at * miss + hit) return at;
      return Math.min(count - 1, at + 1 + Math.floor((u - at * miss - hit) / miss));
    },
    describe: row => ({
      weights: Array.from({ length: count }, (_, option) =>
        row < 0 ? 1 / count : column.places[row] === option ? hit : miss,
      ),
    }),
  };
}
