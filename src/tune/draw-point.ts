import { InputError } from '../errors.js';
import { random } from '../random.js';
import type { HParams, HParamValue } from './events.js';
import { quantile } from './hyperparameter.js';
import type { Sampling } from './samplers/sampler.js';
import type { SearchSpace } from './space.js';
import type { TrialRecord } from './study-state.js';

/** How often a sampler is asked for another point, and how many random ones are looked at when it has none. */
const ASKED = 32;
const RANDOM = 10_000;

/** What points are drawn from. */
export interface PointSource {
  readonly space: SearchSpace;
  readonly sampling: Sampling;
  readonly seed: number;
  /** Whether a point may be drawn that another trial has. */
  readonly duplicates: 'allow' | 'forbid';
}

/** Draws points that fulfil the constraints of the space and, if that is asked, no trial has had. */
export interface Points {
  /** For the trial of that number; undefined when there are no more. Throws an `InputError` when no point is found that is allowed. */
  draw(trial: number, history: ReadonlyMap<number, TrialRecord>): HParams | undefined;
  /**
   * A point with some values given and the others drawn; what is given and depends on a choice that was made otherwise is left
   * out, unless it is `meant`.
   *
   * @throws InputError for a name or a value that the space does not have, and for a point that its constraints forbid.
   */
  complete(trial: number, given: HParams, history: ReadonlyMap<number, TrialRecord>, meant?: HParams): HParams;
  /** A trial has this point. */
  note(hparams: HParams): void;
}

/** Opens the source of a study's points. */
export function openPoints({ space, sampling, seed, duplicates }: PointSource): Points {
  const taken = new Set<string>();
  const fits = (point: HParams) => space.allows(point) && !(duplicates === 'forbid' && taken.has(keyOf(point)));
  const anywhere = (trial: number, attempt: number) =>
    space.resolve(h => quantile(h, random(seed, 'any point', trial, attempt, h.name).uniform())).hparams;

  return {
    note: point => void (duplicates === 'forbid' && taken.add(keyOf(point))),
    draw(trial, history) {
      for (let attempt = 0; attempt < ASKED; attempt++) {
        const point = sampling.ask(trial, history, attempt);
        if (point === undefined || fits(point)) return point;
      }
      let allowed = false;
      for (let attempt = 0; attempt < RANDOM; attempt++) {
        const point = anywhere(trial, attempt);
        if (fits(point)) return point;
        allowed ||= space.allows(point);
      }
      // Every point that there is has had its trial, as far as so many draws can tell.
      if (allowed) return undefined;
      throw new InputError(`none of ${RANDOM} random points fulfils the constraints of the space`);
    },
    complete(trial, given, history, meant = given) {
      const completed = (drawn: HParams, attempt: number) =>
        space.resolve(({ name, ...rest }) => {
          if (Object.hasOwn(given, name)) return given[name] as HParamValue;
          if (Object.hasOwn(drawn, name)) return drawn[name] as HParamValue;
          return quantile({ name, ...rest }, random(seed, 'any point', trial, attempt, name).uniform());
        }).hparams;
      const first = completed(sampling.ask(trial, history) ?? {}, 0);
      // Throws for what the space does not have.
      space.substitute({ ...first, ...given });
      const lost = Object.keys(meant).find(name => !Object.hasOwn(first, name));
      if (lost !== undefined) {
        throw new InputError(`${lost} does not exist beside the others; state the option that it belongs to as well`);
      }
      if (space.allows(first)) return first;
      // What is left out is drawn again, by the sampler and then anywhere.
      for (let attempt = 1; attempt < RANDOM; attempt++) {
        const point = completed(attempt < ASKED ? (sampling.ask(trial, history, attempt) ?? {}) : {}, attempt);
        if (space.allows(point)) return point;
      }
      throw new InputError(`the constraints of the space forbid ${JSON.stringify(given)}, whatever the rest is`);
    },
  };
}

/** The same text for equal points. */
function keyOf(point: HParams): string {
  return JSON.stringify(Object.entries(point).sort(([a], [b]) => (a < b ? -1 : 1)));
}
