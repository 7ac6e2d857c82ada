import type { Dataset } from '../../src/data/dataset.js';
import { random } from '../../src/random.js';

/** A dataset of plain numbers: x [rows][features] and one target, or row of targets, for each. */
export function dataset(
  x: readonly (readonly number[])[],
  y: readonly (number | readonly number[])[],
  more: Partial<Dataset> = {},
): Dataset {
  const features = x[0]?.length ?? 0;
  const targets = y.length === 0 ? 0 : [y[0]!].flat().length;
  return {
    rows: x.length,
    features,
    featureNames: Array.from({ length: features }, (_, i) => `x${i}`),
    x: Float32Array.from(x.flat()),
    targets,
    targetNames: Array.from({ length: targets }, (_, i) => `y${i}`),
    y: Float32Array.from(y.flat()),
    task: 'regression',
    classes: [],
    ...more,
  };
}

/** Rows 0 … n − 1 with the row's number as x and twice that as y. */
export const counted = (n: number): Dataset =>
  dataset(
    Array.from({ length: n }, (_, i) => [i]),
    Array.from({ length: n }, (_, i) => 2 * i),
  );

export const xor = (): Dataset =>
  dataset(
    [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ],
    [0, 1, 1, 0],
    { task: 'classification', classes: ['no', 'yes'] },
  );

/** Three round clouds in the plane, one a class. */
export function clouds(n: number, seed: number): Dataset {
  const draw = random(seed, 'clouds');
  const centres = [
    [0, 1.5],
    [-1.5, -1],
    [1.5, -1],
  ] as const;
  const y = Array.from({ length: n }, (_, i) => i % 3);
  const x = y.map(c => centres[c]!.map(centre => centre + 0.5 * draw.normal()));
  return dataset(x, y, { task: 'classification', classes: ['a', 'b', 'c'] });
}
