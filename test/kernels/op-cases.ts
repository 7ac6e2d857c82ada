import { differentiate } from '../../src/kernels/autodiff.js';
import { type Graph, type Node, type Shape, sizeOf } from '../../src/kernels/graph.js';
import { elu, gelu, leakyRelu, relu, selu, sigmoid, silu, softplus, tanh } from '../../src/kernels/ops/activations.js';
import { abs, add, div, maximum, minimum, mul, neg, sign, square, sub } from '../../src/kernels/ops/arithmetic.js';
import { equal, greater, greaterEqual, less, lessEqual, select } from '../../src/kernels/ops/comparison.js';
import { dropout } from '../../src/kernels/ops/dropout.js';
import { expand } from '../../src/kernels/ops/expand.js';
import { gather, oneHot } from '../../src/kernels/ops/gather.js';
import { constant, input } from '../../src/kernels/ops/leaves.js';
import { matmul } from '../../src/kernels/ops/matmul.js';
import { normalCdf } from '../../src/kernels/ops/normal-cdf.js';
import { pick } from '../../src/kernels/ops/pick.js';
import { pow } from '../../src/kernels/ops/power.js';
import { max, mean, sum } from '../../src/kernels/ops/reduce.js';
import { logSoftmax, softmax } from '../../src/kernels/ops/softmax.js';
import { exp, log, log1p, sqrt } from '../../src/kernels/ops/transcendental.js';
import { transpose } from '../../src/kernels/ops/transpose.js';
import { random } from '../../src/random.js';

/** How the values of a leaf are drawn. */
export type Draw =
  /** Uniform in [low, high], at least `gap` away from 0. */
  | { readonly from: number; readonly to: number; readonly gap?: number }
  /** Whole numbers in [0, classes). */
  | { readonly classes: number }
  | { readonly values: readonly number[] };

export interface LeafSpec {
  readonly shape: Shape;
  readonly draw: Draw;
  /** False for a leaf without a gradient: class indices, conditions. */
  readonly differentiable?: boolean;
}

/** One op on leaves of stated shapes: what every device and the gradients are tested with. */
export interface OpCase {
  readonly name: string;
  readonly leaves: readonly LeafSpec[];
  build(leaves: readonly Node[]): Node;
  /** Largest |device − reference| / max(1, |reference|). */
  readonly tolerance: number;
  /** False where a step or corner lies within reach of a finite difference, or the gradient is 0 by definition. */
  readonly smooth: boolean;
}

/** The float32 values of a case's leaves; the same at every call. */
export const valuesOf = ({ name, leaves }: OpCase): Float32Array[] =>
  leaves.map((leaf, i) => drawn(leaf, `${name} ${i}`));

/** The graph of the op alone. */
export function forwardGraph({ leaves, build }: OpCase): Graph {
  const inputs = leaves.map(({ shape }) => input(shape));
  return { inputs, outputs: [build(inputs)] };
}

/** The graph of the gradients of sum(op · cotangent) for the differentiable leaves; its last input is the cotangent. */
export function gradientGraph({ leaves, build }: OpCase): Graph {
  const inputs = leaves.map(({ shape }) => input(shape));
  const output = build(inputs);
  const cotangent = input(output.shape);
  const wrt = inputs.filter((_, i) => leaves[i]?.differentiable !== false);
  return { inputs: [...inputs, cotangent], outputs: differentiate(sum(mul(output, cotangent)), wrt) };
}

/** The cotangent's values for a graph that `gradientGraph` made. */
export const cotangentOf = ({ name }: OpCase, { inputs }: Graph): Float32Array =>
  drawn({ shape: inputs.at(-1)!.shape, draw: { from: -1, to: 1 } }, `${name} cotangent`);

function drawn({ shape, draw }: LeafSpec, purpose: string): Float32Array {
  const numbers = random(1, purpose);
  if ('values' in draw)
    return Float32Array.from({ length: sizeOf(shape) }, (_, i) => draw.values[i % draw.values.length]!);
  if ('classes' in draw) return Float32Array.from({ length: sizeOf(shape) }, () => numbers.int(0, draw.classes - 1));
  const { from, to, gap = 0 } = draw;
  return Float32Array.from({ length: sizeOf(shape) }, () => {
    for (;;) {
      const value = from + (to - from) * numbers.uniform();
      if (Math.abs(value) >= gap) return value;
    }
  });
}

const EXACT = 1e-5;
const TRANSCENDENTAL = 1e-4;
const near: Draw = { from: -3, to: 3 };
const awayFrom0: Draw = { from: -3, to: 3, gap: 0.05 };
const positive: Draw = { from: 0.2, to: 4 };
const logits: Draw = { from: -8, to: 8, gap: 0.05 };
const EXTREMES: Draw = { values: [-1000, -89, -20, -1, -0.01, 0, 0.01, 1, 20, 89, 1000] };

const leaf = (shape: Shape, draw: Draw = near): LeafSpec => ({ shape, draw });
const fixed = (shape: Shape, draw: Draw): LeafSpec => ({ shape, draw, differentiable: false });

const ROW: Shape = [1, 7];
const COLUMN: Shape = [9, 1];
const MATRIX: Shape = [9, 7];
const SCALAR: Shape = [1, 1];
const ODD: Shape = [257, 3];
const WIDE: Shape = [3, 257];

interface Options {
  readonly tolerance?: number;
  readonly smooth?: boolean;
}

function opCase(
  name: string,
  leaves: readonly LeafSpec[],
  build: (...leaves: Node[]) => Node,
  { tolerance = EXACT, smooth = true }: Options = {},
): OpCase {
  const shapes = leaves.map(({ shape }) => shape.join('×')).join(', ');
  return { name: `${name} of ${shapes}`, leaves, build: nodes => build(...nodes), tolerance, smooth };
}

/** An element-wise op at odd shapes. */
const unary = (name: string, op: (x: Node) => Node, draw: Draw, options: Options = {}): OpCase[] =>
  [MATRIX, [1, 257] as const, [257, 1] as const, SCALAR].map(shape => opCase(name, [leaf(shape, draw)], op, options));

const PAIRS: readonly (readonly [Shape, Shape])[] = [
  [MATRIX, MATRIX],
  [MATRIX, ROW],
  [COLUMN, MATRIX],
  [COLUMN, ROW],
  [SCALAR, MATRIX],
  [WIDE, WIDE],
];

/** An op of two operands at every way of broadcasting. */
const binary = (name: string, op: (a: Node, b: Node) => Node, a: Draw, b: Draw, options: Options = {}): OpCase[] =>
  PAIRS.map(([left, right]) => opCase(name, [leaf(left, a), leaf(right, b)], op, options));

const activation = (name: string, op: (x: Node) => Node, tolerance = TRANSCENDENTAL, draw = logits): OpCase[] => [
  ...unary(name, op, draw, { tolerance }),
  opCase(`${name} far out`, [leaf([1, 11], EXTREMES)], op, { tolerance, smooth: false }),
];

const reductions = (name: string, op: (x: Node, axis?: 0 | 1) => Node, draw: Draw): OpCase[] =>
  [MATRIX, ODD, WIDE, [1, 1025] as const, [1025, 1] as const, [33, 40] as const].flatMap(shape => [
    opCase(`${name} over rows`, [leaf(shape, draw)], x => op(x, 0)),
    opCase(`${name} over columns`, [leaf(shape, draw)], x => op(x, 1)),
    opCase(`${name} of everything`, [leaf(shape, draw)], x => op(x)),
  ]);

const PRODUCTS = [
  [9, 7, 5],
  [1, 1025, 3],
  [257, 3, 1],
  [1, 1, 257],
  [3, 257, 2],
  [5, 1500, 4],
] as const;

const products = (name: string, transposeA: boolean, transposeB: boolean): OpCase[] =>
  PRODUCTS.map(([rows, inner, columns]) =>
    opCase(
      name,
      [
        leaf(transposeA ? [inner, rows] : [rows, inner], { from: -1, to: 1 }),
        leaf(transposeB ? [columns, inner] : [inner, columns], { from: -1, to: 1 }),
      ],
      (a, b) => matmul(a, b, { transposeA, transposeB }),
    ),
  );

/** Every op, forward and gradient; a new op adds its rows here. */
export const OP_CASES: readonly OpCase[] = [
  ...binary('add', add, near, near),
  ...binary('sub', sub, near, near),
  ...binary('mul', mul, near, near),
  ...binary('div', div, near, { from: -3, to: 3, gap: 0.5 }),
  ...binary('maximum', maximum, near, near),
  ...binary('minimum', minimum, near, near),
  ...binary('pow', pow, positive, { from: -2, to: 2.5 }, { tolerance: TRANSCENDENTAL }),
  ...unary('pow 2', x => pow(x, 2), near),
  ...unary('pow 3', x => pow(x, 3), near),
  ...unary('pow -1', x => pow(x, -1), { from: -3, to: 3, gap: 0.5 }),
  ...unary('pow 0.5', x => pow(x, 0.5), positive, { tolerance: TRANSCENDENTAL }),
  ...unary('pow 4 of any sign', x => pow(x, 4), awayFrom0, { tolerance: TRANSCENDENTAL }),
  ...unary('pow 5 of any sign', x => pow(x, 5), awayFrom0, { tolerance: TRANSCENDENTAL }),
  opCase('pow at 0', [leaf([1, 3], { values: [0, 0, 0] }), fixed([1, 3], { values: [2, 0, 3] })], pow, {
    smooth: false,
  }),
  ...unary('neg', neg, near),
  ...unary('abs', abs, awayFrom0),
  ...unary('sign', sign, awayFrom0),
  ...unary('square', square, near),
  ...unary('exp', exp, near, { tolerance: TRANSCENDENTAL }),
  ...unary('log', log, positive, { tolerance: TRANSCENDENTAL }),
  ...unary('log1p', log1p, { from: -0.5, to: 3 }, { tolerance: TRANSCENDENTAL }),
  ...unary('sqrt', sqrt, positive, { tolerance: TRANSCENDENTAL }),
  ...(
    [
      ['greater', greater],
      ['greaterEqual', greaterEqual],
      ['less', less],
      ['lessEqual', lessEqual],
      ['equal', equal],
    ] as const
  ).flatMap(([name, op]) => binary(name, op, { classes: 3 }, { classes: 3 }, { smooth: false })),
  ...PAIRS.map(([a, b]) =>
    opCase('select', [fixed(a, { classes: 2 }), leaf(a), leaf(b)], (condition, x, y) => select(condition, x, y)),
  ),
  opCase(
    'select passes over NaN',
    [fixed([1, 4], { values: [-4, -1, 1, 4] })],
    x => select(greater(x, 0), sqrt(x), x),
    {
      smooth: false,
      tolerance: TRANSCENDENTAL,
    },
  ),
  opCase('expand', [leaf(ROW)], x => expand(x, MATRIX)),
  opCase('expand', [leaf(COLUMN)], x => expand(x, MATRIX)),
  opCase('expand', [leaf(SCALAR)], x => expand(x, ODD)),
  ...activation('relu', relu, EXACT),
  ...activation('leakyRelu', x => leakyRelu(x, 0.1), EXACT),
  ...activation('elu', x => elu(x, 1.5)),
  ...activation('selu', selu),
  ...activation('sigmoid', sigmoid),
  // Farther out 1 − y² has few digits left in float32.
  ...activation('tanh', tanh, TRANSCENDENTAL, near),
  ...activation('gelu', gelu),
  ...activation('normalCdf', normalCdf),
  ...activation('silu', silu),
  ...activation('softplus', softplus),
  ...[MATRIX, [1, 257] as const, [257, 2] as const, [2, 1025] as const].flatMap(shape => [
    opCase('logSoftmax', [leaf(shape, logits)], logSoftmax, { tolerance: TRANSCENDENTAL }),
    opCase('softmax', [leaf(shape, logits)], softmax, { tolerance: TRANSCENDENTAL }),
  ]),
  opCase('logSoftmax far out', [leaf([3, 11], EXTREMES)], logSoftmax, { tolerance: TRANSCENDENTAL, smooth: false }),
  opCase('softmax far out', [leaf([3, 11], EXTREMES)], softmax, { tolerance: TRANSCENDENTAL, smooth: false }),
  ...products('A·B', false, false),
  ...products('Aᵀ·B', true, false),
  ...products('A·Bᵀ', false, true),
  ...reductions('sum', sum, { from: -1, to: 1 }),
  ...reductions('mean', mean, { from: -1, to: 1 }),
  ...reductions('max', max, { from: -100, to: 100 }),
  opCase('max of equal values', [leaf([2, 6], { values: [1, 3, 3] })], x => max(x, 1), { smooth: false }),
  // Its gradient compares values with the largest: they must be rounded alike, whichever kernel computes them.
  ...([0, 1, undefined] as const).flatMap(axis => [
    opCase(`max over axis ${axis} of a formula`, [leaf(MATRIX)], x => max(add(mul(x, 0.1), 0.3), axis)),
    opCase(`max over axis ${axis} of a repeated formula`, [leaf(ROW)], x =>
      max(expand(add(mul(x, 0.1), 0.3), MATRIX), axis),
    ),
  ]),
  ...[MATRIX, [1, 257] as const, [257, 1] as const].map(shape => opCase('transpose', [leaf(shape)], transpose)),
  ...[MATRIX, [257, 3] as const, [1, 1025] as const].map(([rows, columns]) =>
    opCase('gather', [leaf([rows, columns]), fixed([rows, 1], { classes: columns })], gather),
  ),
  ...[MATRIX, [257, 3] as const, [1, 1025] as const].map(([rows, columns]) =>
    opCase('oneHot', [fixed([rows, 1], { classes: columns })], classes => oneHot(classes, columns), { smooth: false }),
  ),
  ...[5, 257].map(columns =>
    opCase(
      'oneHot, transposed',
      [fixed([9, 1], { classes: columns }), leaf(SCALAR)],
      (classes, x) => mul(transpose(oneHot(classes, columns)), x),
      { smooth: false },
    ),
  ),
  opCase('pick', [leaf(MATRIX)], x => pick(x, 8, 6)),
  opCase('pick', [leaf([1, 257])], x => pick(x, 0, 200)),
  opCase('dropout', [leaf(MATRIX), fixed(MATRIX, { values: [0, 1.25, 1.25, 0, 1.25] })], dropout),
  opCase('constant', [leaf(MATRIX)], x => add(x, constant(2.5, [9, 1]))),
  // What a network is made of, so that fused kernels meet every kind of neighbour.
  opCase(
    'dense layer with relu',
    [leaf([33, 65], { from: -1, to: 1 }), leaf([65, 17], { from: -1, to: 1 }), leaf([1, 17])],
    (x, w, b) => relu(add(matmul(x, w), b)),
  ),
  opCase(
    'dense layer with tanh',
    [leaf([5, 1025], { from: -0.1, to: 0.1 }), leaf([1025, 3], { from: -1, to: 1 }), leaf([1, 3])],
    (x, w, b) => tanh(add(matmul(x, w), b)),
    { tolerance: TRANSCENDENTAL },
  ),
  opCase(
    'cross-entropy',
    [leaf([17, 10], logits), fixed([17, 1], { classes: 10 })],
    (x, y) => neg(mean(gather(logSoftmax(x), y))),
    { tolerance: TRANSCENDENTAL },
  ),
  opCase('mean squared error', [leaf([257, 3]), leaf([257, 3])], (a, b) => mean(square(sub(a, b)))),
  opCase(
    'global norm clipping',
    [leaf([33, 5]), leaf([1, 5])],
    (a, b) => {
      const norm = sqrt(add(sum(square(a)), sum(square(b))));
      return mul(a, minimum(1, div(2, add(norm, 1e-6))));
    },
    { tolerance: TRANSCENDENTAL },
  ),
];
