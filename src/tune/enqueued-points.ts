import { didYouMean, InputError } from '../errors.js';
import { random } from '../random.js';
import type { HParams, HParamValue } from './events.js';
import { checkValue, type Hyperparameter, quantile } from './hyperparameter.js';
import type { SearchSpace } from './space.js';

/** So many completions of a partial point are drawn to see that one is allowed. */
const DRAWN = 1000;

/**
 * Points that somebody gives a study to begin with, checked: values by the hyperparameters' names, all of a point or some of it. What a
 * given hyperparameter depends on follows from it: with `momentum`, `optimizer` is the option that has a momentum.
 *
 * @throws InputError, with the path `enqueue[i].name`, for a name that no hyperparameter has, a value out of range or off the steps, a
 * hyperparameter that does not exist beside the others, and a point that the constraints do not allow.
 */
export function checkEnqueued(space: SearchSpace, points: readonly HParams[]): readonly HParams[] {
  return points.map((point, index) => {
    const path = `enqueue[${index}]`;
    const whole = withChoices(space, point, path);
    const complete = (draw: (hyperparameter: Hyperparameter) => HParamValue) => completePoint(space, whole, draw);
    for (let attempt = 0; attempt < DRAWN; attempt++) {
      let drawn = 0;
      const full = complete(h => {
        drawn++;
        return quantile(h, random(0, 'enqueued', attempt, h.name).uniform());
      });
      if (space.allows(full)) return whole;
      if (drawn === 0) break;
    }
    const constraints = space.constraints.map(text => `"${text}"`).join(', ');
    throw new InputError(`the point cannot fulfil the space's constraints: ${constraints}`, { path });
  });
}

/** How many trials a sampler of so many points makes possible: given points are among them where no point is drawn twice. */
export function mostTrials(points: number, given: number, duplicates: 'allow' | 'forbid'): number {
  return duplicates === 'forbid' ? points : points + given;
}

/** A full point from a partial one; `draw` is asked for every hyperparameter that exists and has no value yet. */
export function completePoint(
  space: Pick<SearchSpace, 'resolve'>,
  point: HParams,
  draw: (hyperparameter: Hyperparameter) => HParamValue,
): HParams {
  return space.resolve(h => (Object.hasOwn(point, h.name) ? (point[h.name] as HParamValue) : draw(h))).hparams;
}

function withChoices({ hyperparameters }: SearchSpace, point: HParams, path: string): HParams {
  const names = hyperparameters.map(({ name }) => name);
  const whole: Record<string, HParamValue> = { ...point };
  for (const [name, value] of Object.entries(point)) {
    const hyperparameter = hyperparameters.find(each => each.name === name);
    if (hyperparameter === undefined) {
      throw new InputError(`no hyperparameter "${name}"${didYouMean(name, names)}; there are ${names.join(', ')}`, {
        path,
      });
    }
    try {
      checkValue(hyperparameter, value);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      throw new InputError(error.problem.slice(name.length + 2), { path: `${path}.${name}` });
    }
    for (let parent = hyperparameter.parent; parent !== undefined; parent = parent.hyperparameter.parent) {
      const needed = parent.hyperparameter.labels[parent.option] as HParamValue;
      const outer = parent.hyperparameter.name;
      if (!Object.hasOwn(whole, outer)) whole[outer] = needed;
      if (whole[outer] === needed) continue;
      throw new InputError(`it exists only if ${outer} = ${needed}, and ${outer} is ${whole[outer]}`, {
        path: `${path}.${name}`,
      });
    }
  }
  return whole;
}
