/** A value at a place of the unit square. */
export interface PlacedValue {
  readonly x: number;
  readonly y: number;
  readonly value: number;
}

/** One direction of a field: so many nodes from 0 to 1, or so many bands side by side. */
export interface FieldAxis {
  readonly count: number;
  readonly banded: boolean;
}

/** What the values are over the unit square, as far as there are some nearby. */
export interface KernelField {
  /** The width of the kernel, as a share of the square's side; 0 when both directions are banded. */
  readonly bandwidth: number;
  /** The weighted mean at a place; NaN where no value is near enough to say anything. */
  at(x: number, y: number): number;
  /** How many values count at a place: one exactly there counts 1. */
  weight(x: number, y: number): number;
  /** `at` in the middle of every pixel of a picture, row by row from the top, where y is 1. */
  raster(width: number, height: number): Float32Array;
}

/** A place with less weight than one value has at 1.5 kernel widths is left empty. */
const least = Math.exp(-(1.5 ** 2) / 2);

/** Nodes that a direction of numbers needs for a smooth picture. */
export const nodes = 72;

/**
 * Kernel regression (Nadaraya 1964, Watson 1964): at each place the mean of all values, weighted by a Gaussian of their distance.
 * The values are first shared out among the nearest nodes of a grid (linear binning, Wand 1994), so that the cost hardly
 * depends on how many there are. The Gaussian is as wide as 0.7 of Scott's rule says for points spread evenly. Bands,
 * which are categories, do not look into each other.
 */
export function kernelField(points: readonly PlacedValue[], xAxis: FieldAxis, yAxis: FieldAxis): KernelField {
  const [columns, rows] = [xAxis.count, yAxis.count];
  const weights = new Float64Array(columns * rows);
  const sums = new Float64Array(columns * rows);
  const add = (i: number, share: number, value: number) => {
    if (share === 0) return;
    weights[i] = (weights[i] as number) + share;
    sums[i] = (sums[i] as number) + share * value;
  };
  for (const { x, y, value } of points) {
    const [across, up] = [placeOn(x, xAxis), placeOn(y, yAxis)];
    const [column, row] = [Math.floor(across), Math.floor(up)];
    const [right, above] = [across - column, up - row];
    const i = row * columns + column;
    add(i, (1 - right) * (1 - above), value);
    add(i + 1, right * (1 - above), value);
    add(i + columns, (1 - right) * above, value);
    add(i + columns + 1, right * above, value);
  }
  const smooth = Number(!xAxis.banded) + Number(!yAxis.banded);
  const bands = (xAxis.banded ? columns : 1) * (yAxis.banded ? rows : 1);
  const each = Math.max(1, points.length / bands);
  const bandwidth = smooth === 0 ? 0 : 0.2 * each ** (-1 / (smooth + 4));
  for (const grid of [weights, sums]) {
    if (!xAxis.banded) blur(grid, columns, 1, rows, columns, bandwidth * (columns - 1));
    if (!yAxis.banded) blur(grid, rows, columns, columns, 1, bandwidth * (rows - 1));
  }
  /** Between the nodes, of which a place has a number with a fraction in either direction. */
  const read = (grid: Float64Array, across: number, up: number) => {
    const column = Math.floor(across);
    const row = Math.floor(up);
    const right = across - column;
    const above = up - row;
    const at = row * columns + column;
    const next = right > 0 ? 1 : 0;
    const over = above > 0 ? columns : 0;
    const below = (1 - right) * (grid[at] as number) + right * (grid[at + next] as number);
    const upper = (1 - right) * (grid[at + over] as number) + right * (grid[at + over + next] as number);
    return (1 - above) * below + above * upper;
  };
  const mean = (across: number, up: number) => {
    const weight = read(weights, across, up);
    return weight < least ? Number.NaN : read(sums, across, up) / weight;
  };
  return {
    bandwidth,
    weight: (x, y) => read(weights, placeOn(x, xAxis), placeOn(y, yAxis)),
    at: (x, y) => mean(placeOn(x, xAxis), placeOn(y, yAxis)),
    raster(width, height) {
      const means = new Float32Array(width * height);
      const places = Float64Array.from({ length: width }, (_, i) => placeOn((i + 0.5) / width, xAxis));
      for (let row = 0; row < height; row++) {
        const up = placeOn(1 - (row + 0.5) / height, yAxis);
        for (let i = 0; i < width; i++) means[row * width + i] = mean(places[i] as number, up);
      }
      return means;
    },
  };
}

/** Where a place is among the nodes, with a fraction between two of them; the number of its band. */
function placeOn(at: number, { count, banded }: FieldAxis): number {
  if (banded || count === 1) return Math.min(count - 1, Math.max(0, Math.floor(at * count)));
  return Math.min(1, Math.max(0, at)) * (count - 1);
}

/** A Gaussian of so many nodes' width, over `lines` lines of `count` nodes that are `stride` apart. */
function blur(
  grid: Float64Array,
  count: number,
  stride: number,
  lines: number,
  lineStride: number,
  width: number,
): void {
  const reach = Math.min(count - 1, Math.ceil(4 * width));
  const kernel = Float64Array.from({ length: reach + 1 }, (_, i) => Math.exp(-((i / width) ** 2) / 2));
  const line = new Float64Array(count);
  for (let l = 0; l < lines; l++) {
    const start = l * lineStride;
    for (let i = 0; i < count; i++) line[i] = grid[start + i * stride] as number;
    for (let i = 0; i < count; i++) {
      let sum = 0;
      const end = Math.min(count - 1, i + reach);
      for (let j = Math.max(0, i - reach); j <= end; j++) {
        sum += (line[j] as number) * (kernel[Math.abs(i - j)] as number);
      }
      grid[start + i * stride] = sum;
    }
  }
}
