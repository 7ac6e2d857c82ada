// Every op by name, for those who compose their own layers, losses and activations.
export { elu, gelu, leakyRelu, relu, selu, sigmoid, silu, softplus, tanh } from './activations.js';
export { abs, add, div, maximum, minimum, mul, neg, sign, square, sub } from './arithmetic.js';
export { equal, greater, greaterEqual, less, lessEqual, select } from './comparison.js';
export { dropout } from './dropout.js';
export { gather, oneHot } from './gather.js';
export { constant, input } from './leaves.js';
export { matmul } from './matmul.js';
export { pick } from './pick.js';
export { pow } from './power.js';
export { max, mean, sum } from './reduce.js';
export { logSoftmax, softmax } from './softmax.js';
export { exp, log, log1p, sqrt } from './transcendental.js';
export { transpose } from './transpose.js';
