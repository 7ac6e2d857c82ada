// The elementary functions of four float32 at once. They use multiplication and addition, each rounded, and no table.
// An ulp is the distance to the next float32; the stated bounds are maxima over all float32, NaN stays NaN.

export { exp4, expm14 } from './exp';
export { log1p4, log4 } from './log';
export { normalTwoTails4 } from './normal-two-tails';
export { pow4 } from './pow';
export { sigmoid4 } from './sigmoid';
export { tanh4 } from './tanh';
