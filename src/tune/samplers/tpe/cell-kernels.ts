import { logMass } from '../normal-distribution.js';
import type { Column } from './column.js';
import type { Dimension } from './dimension.js';
import type { Kernels } from './kernels.js';
import { withRoom } from './room.js';
import { type Shapes, shapesOf } from './shapes.js';
import { truncatedNormalQuantile } from './truncated-normal.js';
import { touched, widthOf } from './widths.js';

/**
 * Normal distributions, cut off at the ends of a line that is divided into cells, each with the mass of its part. Kernels that are
 * equal, as most are whose observations are in one cell, share a shape, whose masses are computed once.
 */
export function cellKernels(dimension: Dimension, column: Column): Kernels {
  const { low, high } = dimension;
  const [middle, range] = [low + 0.5 * (high - low), high - low];
  const whole = (mu: number, sigma: number) => logMass((low - mu) / sigma, (high - mu) / sigma);
  const priorWhole = whole(middle, range);
  let shapes: Shapes = shapesOf(dimension);
  let size = 0;
  let widths = new Float64Array(0);
  let wholes = new Float64Array(0);
  let shape = new Uint32Array(0);
  let arranged = shape;
  return {
    update(members, least) {
      widths = withRoom(widths, column.size);
      wholes = withRoom(wholes, column.size);
      if (shape.length < widths.length) {
        const more = new Uint32Array(widths.length);
        more.set(shape);
        shape = more;
      }
      const rows = touched(column, members, size);
      size = members.size;
      for (const row of rows) {
        const [mu, width] = [column.places[row] as number, widthOf(dimension, column, members, row, least)];
        if (width === widths[row]) continue;
        widths[row] = width;
        wholes[row] = whole(mu, width);
        shape[row] = shapes.of(mu, width);
      }
      if (shapes.full(size)) {
        // Most of them nobody has any more.
        shapes = shapesOf(dimension);
        for (let row = 0; row < column.size; row++) {
          if (members.has[row] === 1) shape[row] = shapes.of(column.places[row] as number, widths[row] as number);
          else widths[row] = 0;
        }
      }
      return rows;
    },
    forget() {
      size = 0;
      widths.fill(0);
    },
    arrange(arrangement) {
      arranged =
        arrangement === undefined
          ? shape
          : arrangement.order.subarray(0, arrangement.begins.at(-1)).map(row => shape[row] as number);
    },
    most: () => 0,
    base: row => -(wholes[row] as number),
    add: (point, sums, into, begin, end) => shapes.add(point, arranged, sums, into, begin, end),
    prior(point) {
      const [from, to] = [dimension.edge(point), dimension.edge(point + 1)];
      return logMass((from - middle) / range, (to - middle) / range) - priorWhole;
    },
    draw(row, u) {
      const [mu, sigma] = row < 0 ? [middle, range] : [column.places[row] as number, widths[row] as number];
      return dimension.point(truncatedNormalQuantile(mu, sigma, low, high, u));
    },
    describe: row =>
      row < 0 ? { mu: middle, sigma: range } : { mu: column.places[row] as number, sigma: widths[row] as number },
  };
}
