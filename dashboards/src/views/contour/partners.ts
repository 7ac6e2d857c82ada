import type { HyperparameterInfo } from '../../../../src/tune/events.js';

/** The two hyperparameters of a plane: those asked for, else the first ones that are numbers with a range, else the first ones; never one twice. */
export function partners(
  space: readonly HyperparameterInfo[],
  x: string | undefined,
  y: string | undefined,
): readonly [string | undefined, string | undefined] {
  const names = space.map(({ name }) => name);
  // Conditional ones are not there in all trials, and a constant says nothing.
  const rank = (one: HyperparameterInfo) =>
    ('low' in one && one.high > one.low ? 0 : 2) + Number(one.condition !== undefined);
  const byUse = [...space].sort((a, b) => rank(a) - rank(b)).map(({ name }) => name);
  const [ownX, ownY] = [x, y].map(name => (name !== undefined && names.includes(name) ? name : undefined));
  const first = ownX ?? byUse.find(name => name !== ownY);
  const second = ownY !== undefined && ownY !== first ? ownY : byUse.find(name => name !== first);
  return [first, second];
}
