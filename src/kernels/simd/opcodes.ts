// What a program of the `simd` device is made of; read by TypeScript and AssemblyScript alike, so plain enums only.

/** One step of a program: its words follow, as `lower.ts` writes them. */
export enum Instruction {
  END,
  /** orientation, m, n, k, a, b, bias (−1: none), out */
  MATMUL,
  /** words that follow, size, count of scalar ops, count of block ops, ops */
  MAP,
  /** words that follow, reduction, axis, rows, columns, out, source, count of scalar ops, count of block ops, ops */
  REDUCE,
  /** rows, columns, x, out */
  LOG_SOFTMAX,
  /** rows, columns, y, classes, scale, bytes from one row's scale to the next's, out */
  SOFTMAX_GRADIENT,
}

/** How a product reads its operands. */
export enum Orientation {
  AB,
  ATB,
  ABT,
}

/** What a REDUCE makes of many numbers. */
export enum Reduction {
  SUM,
  MEAN,
  MAX,
}

/**
 * An op of a MAP or REDUCE is six words: code, destination, and four operands. Up to `SELECT` they are element-wise and work on
 * a block; what follows fills a block from an operand of another shape.
 */
export enum Code {
  COPY,
  NEG,
  ABS,
  SIGN,
  SQUARE,
  SQRT,
  EXP,
  LOG,
  LOG1P,
  TANH,
  SIGMOID,
  RELU,
  /** x, slope */
  LEAKY_RELU,
  /** x, alpha */
  ELU,
  /** x, tail */
  SOFTPLUS,
  NORMAL_TWO_TAILS,
  /** x, tails */
  NORMAL_CDF,
  ADD,
  SUB,
  MUL,
  DIV,
  MAXIMUM,
  MINIMUM,
  GREATER,
  GREATER_EQUAL,
  LESS,
  LESS_EQUAL,
  EQUAL,
  POW,
  /** a · b + c */
  MUL_ADD,
  /** c − a · b */
  SUB_MUL,
  /** a · b + c · d */
  SUM_OF_PRODUCTS,
  /** a² · b + c · d */
  SUM_WITH_SQUARE,
  /** a / (√b · c + d) */
  DIV_BY_ROOT,
  /** g · (1 − y²) */
  TANH_GRADIENT,
  /** g · (y · (1 − y)) */
  SIGMOID_GRADIENT,
  /** g where y > 0, else 0 */
  RELU_GRADIENT,
  /** condition, a, b */
  SELECT,
  /**
   * A step of Adam in one pass, over three ops' words: the new m, v and parameters; m, v, gradient, parameters; β₁, 1 − β₁, 1 − β₂,
   * β₂, the correction of m, that of √v, ε, −learning rate
   */
  ADAM,
  /** 16 bytes of one number: table index, element */
  SPLAT,
  /** A row repeated: table index, columns */
  ROW,
  /** A column repeated: table index, columns */
  COLUMN,
  /** table index, columns, rows */
  TRANSPOSE,
  /** x, classes: table indices; columns of x */
  GATHER,
  /** classes: table index; columns */
  ONE_HOT,
}

/** Where an op finds an operand and leaves its result: in the two lowest bits of the word. */
export enum Place {
  /** The number of a register, a block of scratch. */
  REGISTER,
  /** The index of a matrix in the program's table, read at the block's position. */
  MATRIX,
  /** The address of 16 bytes that hold one number four times; divisible by 4. */
  SPLAT,
}

/** Numbers in a block; a register has room for them. */
export const BLOCK = 512;

/** Multiplications of a product from which dividing it among threads pays. */
export const SHARED_PRODUCT = 1 << 21;

/** Numbers times ops of a MAP from which dividing it among threads pays; a step of Adam counts as three. */
export const SHARED_MAP = 1 << 17;
