import { checkWhole } from '../../early-stopping/arguments.js';
import { type Random, random } from '../../random.js';
import type { Direction, HParams, TrialState } from '../events.js';
import { requireSamplerSeed } from '../require-seed.js';
import type { SearchSpace } from '../space.js';
import type { TrialRecord } from '../study-state.js';
import { type Failures, failures } from './gp/failures.js';
import { fitKernel, type Kernel, type Observed, posterior } from './gp/gaussian-process.js';
import { acquisition, features } from './gp/improve.js';
import { normalize } from './gp/normalize.js';
import { type Observation, observations } from './losses-of.js';
import type { Sampler } from './sampler.js';
import { coordinatesOf, pointAt, settle, type UnitCoordinate, unitCoordinates } from './unit-coordinates.js';

/** Options of `gp`. */
export interface GpOptions {
  /** Default: the study's seed. */
  readonly seed?: number | undefined;
  /** Finished trials before the model is asked; the points until then are spread evenly (a Latin hypercube). Default 10. */
  readonly startup?: number | undefined;
  /** The model knows this many trials at most, half of them the best and half the latest; an ask costs its square. Default 300. */
  readonly memory?: number | undefined;
}

/** Points tried everywhere, and around each of the best trials. */
const EVERYWHERE = 256;
const AROUND = 20;
const CENTRES = 6;
/** How many of them are improved. */
const STARTS = 5;
const UNFINISHED: ReadonlySet<TrialState> = new Set(['waiting', 'running', 'paused']);
/** The kernel is fitted to this many trials at most. */
const FITTED = 128;

/**
 * Bayesian optimization with a Gaussian process: Matérn-5/2 with a relevance for every hyperparameter, the most probable kernel,
 * and the point of the largest log expected improvement (Ament et al. 2023), found by stratified points, points around the best
 * trials and local ascent. Losses are made about normal first. Steps and whole numbers are rounded before they are compared,
 * options are equally far from each other, and hyperparameters that do not exist say nothing. Running trials count as if they
 * had ended as predicted (the kriging believer of Ginsbourger, Le Riche, Carraro, 2010), failed ones as the worst seen, unless
 * those around them succeeded: then only their closest surroundings are left alone. Of several objectives it looks at the first.
 * The best of them all for up to a few hundred trials of up to about 20 hyperparameters.
 *
 * @throws InputError for options that are not whole numbers from 1 on.
 */
export function gp(options: GpOptions = {}): Sampler {
  requireSamplerSeed('gp', options);
  const { startup = 10, memory = 300 } = options;
  checkWhole('gp', 'startup', startup, 1);
  checkWhole('gp', 'memory', memory, 10);
  return {
    name: 'gp',
    begin({ space, objective, seed: studySeed }) {
      const seed = options.seed ?? studySeed;
      const coordinates = unitCoordinates(space);
      const categorical = Uint8Array.from(coordinates, c => Number(c.categorical));
      const kernelOf = fits(coordinates, categorical, objective.direction);

      const byModel = (trial: number, history: ReadonlyMap<number, TrialRecord>, seen: readonly Observation[]) => {
        const known = thin(seen, memory);
        const data = observed(coordinates, categorical, known);
        const kernel = kernelOf(seen.map(({ record }) => record));
        let model = posterior(data, kernel, categorical);
        const best = known.reduce((least, _, i) => Math.min(least, data.y[i] as number), Number.POSITIVE_INFINITY);
        const unfinished = [...history.values()]
          .filter(({ state, number }) => number !== trial && UNFINISHED.has(state))
          .sort((a, b) => a.number - b.number);
        if (unfinished.length > 0) {
          const points = unfinished.map(({ hparams }) => features(coordinates, coordinatesOf(coordinates, hparams)));
          model = posterior(withBelieved(data, points, points.map(model.mean)), kernel, categorical);
        }
        const improvement = acquisition(coordinates, model, best);
        const ranked = (some: readonly Float64Array[]) =>
          some.map(at => ({ at, height: improvement.at(at) })).sort((a, b) => b.height - a.height);
        const centres = [...known].sort((a, b) => a.loss - b.loss || a.record.number - b.record.number);
        const around = centres.slice(0, CENTRES).map(({ record }) => coordinatesOf(coordinates, record.hparams));
        const draws = random(seed, 'gp', trial);
        const { near, away } = data.failures;
        const clear = (at: Float64Array) => !near(features(coordinates, settle(coordinates, at)));
        const tried = ranked(candidates(coordinates, around, draws).filter(clear));
        const starts = [];
        for (const { at } of tried) {
          if (starts.length === STARTS) break;
          if (space.allows(pointAt(space, at))) starts.push(at);
        }
        const improved = starts.map(at => away(improvement.improve(at), () => draws.normal())).filter(clear);
        return [...ranked(improved), ...tried];
      };

      return {
        ask(trial, history, attempt = 0) {
          if (coordinates.length === 0) return {};
          const seen = observations(history, objective.direction);
          if (seen.length < startup) return spread(space, seed, trial, startup, attempt);
          const ranked = byModel(trial, history, seen);
          return nextBest(space, ranked, attempt) ?? spread(space, seed, trial, 0, attempt);
        },
      };
    },
  };
}

/** Points everywhere (a Latin hypercube) and around some centres, at several distances. */
function candidates(
  coordinates: readonly UnitCoordinate[],
  centres: readonly Float64Array[],
  draws: Random,
): Float64Array[] {
  const cells = coordinates.map(() => draws.permutation(EVERYWHERE));
  const everywhere = Array.from({ length: EVERYWHERE }, (_, k) =>
    Float64Array.from(cells, cell => ((cell[k] as number) + draws.uniform()) / EVERYWHERE),
  );
  const around = centres.flatMap(centre =>
    Array.from({ length: AROUND }, (_, k) => {
      const distance = DISTANCES[k % DISTANCES.length] as number;
      return Float64Array.from(coordinates, ({ categorical, count }, i) => {
        const [own, elsewhere, step] = [centre[i] as number, draws.uniform(), draws.normal()];
        if (Number.isNaN(own)) return elsewhere;
        if (categorical) return draws.uniform() < 0.2 ? elsewhere : own;
        // At least a cell wide, or whole numbers would stay where they are.
        const width = Math.max(distance, 0.7 / count);
        return Math.min(1, Math.max(0, own + width * step));
      });
    }),
  );
  return [...around, ...everywhere];
}

const DISTANCES = [0.1, 0.03, 0.01, 0.003];

/** The best allowed point, without those that were refused before; the best of all if none is allowed; undefined if none is left. */
function nextBest(space: SearchSpace, ranked: readonly { readonly at: Float64Array }[], refused: number) {
  const seen = new Set<string>();
  for (const { at } of ranked) {
    const point = pointAt(space, at);
    const key = JSON.stringify(point);
    if (seen.has(key) || !space.allows(point)) continue;
    if (seen.size === refused) return point;
    seen.add(key);
  }
  const [first] = ranked;
  return seen.size === 0 && first !== undefined ? pointAt(space, first.at) : undefined;
}

/** The points before there is a model: a Latin hypercube of `count`, and independent points after it or after a refusal. */
function spread(space: SearchSpace, seed: number, trial: number, count: number, attempt: number): HParams {
  const at = space.hyperparameters.map(({ name }) => {
    const u = random(seed, 'gp', 'startup', trial, attempt, name).uniform();
    if (trial >= count || attempt > 0) return u;
    return ((random(seed, 'gp', 'cells', name).permutation(count)[trial] as number) + u) / count;
  });
  return pointAt(space, at);
}

/** The observations as the model sees them. */
function observed(
  coordinates: readonly UnitCoordinate[],
  categorical: Uint8Array,
  seen: readonly Observation[],
): Observed & { readonly failures: Failures } {
  const d = coordinates.length;
  const x = new Float64Array(seen.length * d);
  for (const [i, { record }] of seen.entries()) {
    x.set(features(coordinates, coordinatesOf(coordinates, record.hparams)), i * d);
  }
  const known = normalize(
    Float64Array.from(
      seen.filter(({ failed }) => !failed),
      ({ loss }) => loss,
    ),
  );
  const worst = known.reduce((a, b) => Math.max(a, b), 0);
  let next = 0;
  const y = Float64Array.from(seen, ({ failed }) => (failed ? worst : (known[next++] as number)));
  const real = coordinates.map(({ categorical, count }) => !categorical && !Number.isFinite(count));
  const told = failures(
    x,
    seen.map(({ failed }) => failed),
    categorical,
    real,
  );
  return { x, y, doubt: told.doubt, failures: told };
}

/** The observations, and points that are believed to turn out as predicted. */
function withBelieved(
  { x, y, doubt = new Float64Array(y.length) }: Observed,
  points: readonly Float64Array[],
  values: readonly number[],
): Observed {
  const all = new Float64Array(x.length + points.reduce((sum, point) => sum + point.length, 0));
  all.set(x);
  for (const [i, point] of points.entries()) all.set(point, x.length + i * point.length);
  return { x: all, y: Float64Array.of(...y, ...values), doubt: Float64Array.of(...doubt, ...points.map(() => 0)) };
}

/** All observations, or the best and the latest of them, half and half, in order. */
function thin(seen: readonly Observation[], count: number): readonly Observation[] {
  if (seen.length <= count) return seen;
  const latest = seen.slice(seen.length - (count >> 1));
  const others = seen.slice(0, seen.length - latest.length);
  const best = new Set([...others].sort((a, b) => a.loss - b.loss).slice(0, count - latest.length));
  return [...others.filter(one => best.has(one)), ...latest];
}

/**
 * Kernels for histories. Fitting costs more than asking, so it is done at every count of trials up to 20 and then whenever there are
 * a tenth more, from the first trials by number: the last fit is remembered, and another sampling makes the same one.
 */
function fits(coordinates: readonly UnitCoordinate[], categorical: Uint8Array, direction: Direction) {
  let known: { readonly records: readonly TrialRecord[]; readonly kernel: Kernel } | undefined;
  return (finished: readonly TrialRecord[]): Kernel => {
    let count = Math.min(20, finished.length);
    for (let next = count; next <= finished.length; next = Math.ceil(1.1 * next)) count = next;
    const records = finished.slice(0, count);
    if (known?.records.length === count && records.every((record, i) => record === known?.records[i])) {
      return known.kernel;
    }
    const seen = observations(new Map(records.map(record => [record.number, record])), direction);
    // None of the first ones has a number: nothing to fit yet.
    if (seen.length === 0) return { weights: new Float64Array(categorical.length).fill(1), scale: 1, noise: 1e-3 };
    const kernel = fitKernel(observed(coordinates, categorical, thin(seen, FITTED)), categorical);
    known = { records, kernel };
    return kernel;
  };
}
