import { InputError } from '../../errors.js';
import type { HParams } from '../events.js';
import { cardinality, type Hyperparameter, valueAt } from '../hyperparameter.js';
import { pathText } from '../path.js';
import type { SearchSpace } from '../space.js';
import type { Sampler } from './sampler.js';

/** More points than that are not looked through for those that constraints allow. */
const MOST = 1_000_000;

/**
 * Every point of the space once that its constraints allow, the last hyperparameter changing fastest; a branch of a choice counts only
 * its own points. Trials whose hyperparameters come from elsewhere take none of them.
 *
 * @throws InputError, when a study begins, for a range of real numbers without `step`, or for more points than can be counted.
 */
export function grid(): Sampler {
  return {
    name: 'grid',
    begin({ space }) {
      const points = allowed(space, enumerate(space));
      /** Of the trials before `before`, how many have their hyperparameters from elsewhere. */
      let before = 0;
      let elsewhere = 0;
      return {
        count: points.count,
        note: `grid of ${points.count} point${points.count === 1 ? '' : 's'}`,
        ask(trial, history) {
          if (trial < before) [before, elsewhere] = [0, 0];
          for (; before < trial; before++) if (history.get(before)?.origin !== undefined) elsewhere++;
          const index = trial - elsewhere;
          return index < points.count ? points.at(index) : undefined;
        },
      };
    },
  };
}

/** Points by index. */
interface Points {
  readonly count: number;
  at(index: number): HParams;
}

/** Those that the constraints allow. Constraints are asked of every point once. */
function allowed(space: SearchSpace, points: Points): Points {
  if (space.constraints.length === 0) return points;
  if (points.count > MOST) {
    throw new InputError(
      `grid: the space has ${points.count.toPrecision(2)} points, too many to look for those that the constraints allow; use the random sampler`,
    );
  }
  const indices: number[] = [];
  for (let index = 0; index < points.count; index++) if (space.allows(points.at(index))) indices.push(index);
  if (indices.length === 0) throw new InputError('grid: the constraints allow no point of the space');
  return { count: indices.length, at: index => points.at(indices[index] as number) };
}

function enumerate(space: SearchSpace): Points {
  const children = new Map<Hyperparameter | undefined, Map<number, Hyperparameter[]>>();
  for (const hyperparameter of space.hyperparameters) {
    refuseInfinite(hyperparameter);
    const { parent } = hyperparameter;
    const options = children.get(parent?.hyperparameter) ?? new Map<number, Hyperparameter[]>();
    const siblings = options.get(parent?.option ?? 0) ?? [];
    siblings.push(hyperparameter);
    children.set(parent?.hyperparameter, options.set(parent?.option ?? 0, siblings));
  }
  const within = (parent: Hyperparameter | undefined, option: number) => children.get(parent)?.get(option) ?? [];

  // Inside out: a hyperparameter's points are those of its options together, siblings' points multiply.
  const sizes = new Map<Hyperparameter, number>();
  const product = (some: readonly Hyperparameter[]) => some.reduce((n, h) => n * (sizes.get(h) as number), 1);
  for (const hyperparameter of space.hyperparameters.toReversed()) {
    const { labels } = hyperparameter;
    const options = labels.reduce<number>((n, _, option) => n + product(within(hyperparameter, option)), 0);
    sizes.set(hyperparameter, labels.length === 0 ? cardinality(hyperparameter) : options);
  }
  const count = product(within(undefined, 0));
  if (count > Number.MAX_SAFE_INTEGER) {
    throw new InputError(
      `grid: the space has ${count.toPrecision(2)} points, too many to enumerate; use the random sampler`,
    );
  }

  const indices = new Map<Hyperparameter, number>();
  const choose = (some: readonly Hyperparameter[], point: number): void => {
    let rest = point;
    for (const hyperparameter of some.toReversed()) {
      const size = sizes.get(hyperparameter) as number;
      let index = rest % size;
      rest = Math.floor(rest / size);
      if (hyperparameter.labels.length > 0) {
        let option = 0;
        for (let n = product(within(hyperparameter, 0)); index >= n; n = product(within(hyperparameter, option))) {
          index -= n;
          option++;
        }
        choose(within(hyperparameter, option), index);
        index = option;
      }
      indices.set(hyperparameter, index);
    }
  };
  return {
    count,
    at(point: number) {
      choose(within(undefined, 0), point);
      return space.resolve(h => valueAt(h, indices.get(h) as number)).hparams;
    },
  };
}

function refuseInfinite(hyperparameter: Hyperparameter): void {
  if (Number.isFinite(cardinality(hyperparameter))) return;
  const { name, path, distribution } = hyperparameter;
  const { low, high, log } = distribution as Extract<typeof distribution, { low: number }>;
  const cure = log
    ? 'list the values to try in a "choice"'
    : 'give it a "step" or list the values to try in a "choice"';
  throw new InputError(`grid: ${name}, every number from ${low} to ${high}, has no end of values; ${cure}`, {
    path: pathText(path),
  });
}
