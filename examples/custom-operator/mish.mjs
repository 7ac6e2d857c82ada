// An activation of one's own, written with ops: no derivative and no kernel are needed.
// Mish, x · tanh(softplus(x)): Misra, "Mish: A Self Regularized Non-Monotonic Activation Function", BMVC 2020.
import { ops } from 'rxnn';

export default function mish() {
  return x => ops.mul(x, ops.tanh(ops.softplus(x)));
}
