import { float } from '../../src/tune/distributions.js';
import type { HParams } from '../../src/tune/events.js';
import { searchSpace } from '../../src/tune/space.js';
import { type Problem, problems } from './problems.js';

const named = (name: string): Problem => {
  const problem = problems.find(each => each.name === name);
  if (problem === undefined) throw new Error(`there is no problem ${name}`);
  return problem;
};

export const sphere5 = named('sphere5');
export const branin = named('branin');
export const hartmann6 = named('hartmann6');
export const rosenbrock5 = named('rosenbrock5');
export const mixed = named('mixed_conditional');

/** Zitzler, Deb, Thiele, 2000: two objectives whose front is y = 1 − √x. */
export const zdt1 = {
  space: searchSpace(Object.fromEntries(Array.from({ length: 6 }, (_, i) => [`x${i}`, float(0, 1)]))),
  values(point: HParams): readonly [number, number] {
    const [first = 0, ...rest] = Object.values(point) as number[];
    const g = 1 + (9 * rest.reduce((a, b) => a + b, 0)) / rest.length;
    return [first, g * (1 - Math.sqrt(first / g))];
  },
};
