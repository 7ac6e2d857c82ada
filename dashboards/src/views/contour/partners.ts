import type { HyperparameterInfo } from '../../../../src/tune/events.js';

/** The two hyperparameters of a plane: those asked for, else the first ones that are numbers with a range, else the first ones; never one twice. */
export function partners(
  space: readonly HyperparameterInfo[],
  x: string | undefined,
  y: string | undefined,
): readonly [string | undefined, string | undefined] {
  const names = space.map(({ name }) => name);
  // Conditional ones are not there in all trials, those of few values make no plane, and a constant says nothing.
  const rank = (one: HyperparameterInfo) => {
    if (!('low' in one)) return one.options.length > 1 ? 4 : 6;
    const few = one.kind === 'int' && one.high - one.low < 12;
    return one.high > one.low ? 2 * Number(few) + Number(one.condition !== undefined) : 6;
  };
  const byUse = [...space].sort((a, b) => rank(a) - rank(b)).map(({ name }) => name);
  const [ownX, ownY] = [x, y].map(name => (name !== undefined && names.includes(name) ? name : undefined));
  const first = ownX ?? byUse.find(name => name !== ownY);
  const second = ownY !== undefined && ownY !== first ? ownY : byUse.find(name => name !== first);
  return [first, second];
}
