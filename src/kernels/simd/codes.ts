import type { Attributes } from '../graph.js';
import { Code } from './opcodes.js';

/** The code of every element-wise op that takes its operands as they are. */
export const CODES: Readonly<Record<string, Code>> = {
  neg: Code.NEG,
  abs: Code.ABS,
  sign: Code.SIGN,
  square: Code.SQUARE,
  sqrt: Code.SQRT,
  exp: Code.EXP,
  log: Code.LOG,
  log1p: Code.LOG1P,
  tanh: Code.TANH,
  sigmoid: Code.SIGMOID,
  relu: Code.RELU,
  leakyRelu: Code.LEAKY_RELU,
  elu: Code.ELU,
  softplus: Code.SOFTPLUS,
  normalTwoTails: Code.NORMAL_TWO_TAILS,
  normalCdf: Code.NORMAL_CDF,
  add: Code.ADD,
  sub: Code.SUB,
  mul: Code.MUL,
  div: Code.DIV,
  maximum: Code.MAXIMUM,
  minimum: Code.MINIMUM,
  greater: Code.GREATER,
  greaterEqual: Code.GREATER_EQUAL,
  less: Code.LESS,
  lessEqual: Code.LESS_EQUAL,
  equal: Code.EQUAL,
  pow: Code.POW,
  select: Code.SELECT,
};

/** The number that a code takes besides an op's operands. */
export function parameterOf(op: string, attributes: Attributes): number | undefined {
  if (op === 'leakyRelu') return Number(attributes.slope);
  return op === 'elu' ? Number(attributes.alpha) : undefined;
}
