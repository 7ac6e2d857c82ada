import { InputError } from '../../errors.js';
import { random } from '../../random.js';
import type { HParams } from '../events.js';
import { requireSamplerSeed } from '../require-seed.js';
import type { TrialRecord } from '../study-state.js';
import { randomPoint } from './random-point.js';
import type { Sampler, SamplerContext, Sampling } from './sampler.js';
import { candidatesFor } from './tpe/candidates-for.js';
import { type Candidates, type GroupModel, groupModel, side } from './tpe/group-model.js';
import { groupsOf } from './tpe/groups.js';
import { past } from './tpe/past.js';
import { rankedPoint } from './tpe/ranked-point.js';
import { defaultGamma, type Split, splitTrials } from './tpe/split.js';
import type { Standing } from './tpe/standing.js';

/** Options of `tpe`. */
export interface TpeOptions {
  /** Default: the study's seed. */
  readonly seed?: number | undefined;
  /** Trials that are drawn at random until so many are complete or pruned; default 10. */
  readonly startupTrials?: number | undefined;
  /**
   * How many points are drawn, of which the most promising is taken; default: 12 for each real number of the group that has most of
   * them, from 24 to 80. Optuna draws 24.
   */
  readonly candidates?: number | undefined;
  /** How many of `n` complete and pruned trials count as good; default: a tenth, rounded up, at most 25 (with several objectives without limit). */
  readonly gamma?: ((n: number) => number) | undefined;
  /** How much the prior, which is almost uniform, counts against one trial; default 1. */
  readonly priorWeight?: number | undefined;
  /** Whether hyperparameters that exist under the same condition are drawn together; default true. */
  readonly group?: boolean | undefined;
}

/**
 * The tree-structured Parzen estimator, by the rule of Optuna 5: the trials so far are split into few good ones and the others, each
 * side is a density (multivariate, one kernel a trial), and of some points drawn from the good one the point is taken at which
 * its ratio to the other is largest. Running trials count as bad, so parallel trials keep apart; so do failed ones. Where many
 * real numbers are drawn together, more points are drawn than Optuna's 24: a draw is seldom good in all of them at once.
 * Bergstra, Bardenet, Bengio, Kégl, "Algorithms for Hyper-Parameter Optimization" (2011); Watanabe, "Tree-Structured Parzen
 * Estimator: Understanding Its Algorithm Components" (2023).
 *
 * @throws InputError for an option that is wrong.
 * @example tpe({ seed: 7 })
 */
export function tpe(options: TpeOptions = {}): Sampler {
  requireSamplerSeed('tpe', options);
  const { startupTrials = 10, candidates, priorWeight = 1, group = true } = options;
  checkWhole('startupTrials', startupTrials, 0);
  if (candidates !== undefined) checkWhole('candidates', candidates, 1);
  if (!(Number.isFinite(priorWeight) && priorWeight >= 0)) {
    throw new InputError(`tpe: expected \`priorWeight\` to be a number from 0 up, got ${String(priorWeight)}`);
  }
  return {
    name: 'tpe',
    begin: context => begin(context, { ...options, startupTrials, priorWeight, group }),
  };
}

const nothingKnown: Split = { good: [], neither: [], comparable: 0 };

interface Checked extends TpeOptions {
  readonly startupTrials: number;
  readonly priorWeight: number;
  readonly group: boolean;
}

/** From this attempt on nothing but chance decides: the densities have had their say. */
const LAST_ATTEMPT = 8;

function begin(context: SamplerContext, options: Checked): Sampling {
  const { space, objective, objectives = [objective] } = context;
  const { startupTrials, priorWeight, group } = options;
  const groups = groupsOf(space, group);
  const candidates = options.candidates ?? candidatesFor(groups);
  const seed = options.seed ?? context.seed;
  const gamma = options.gamma ?? (n => defaultGamma(n, objectives.length));
  const known = past(objectives);
  let models: readonly GroupModel[] = [];
  let pushed = 0;
  const renew = () => {
    models = groups.map(some => groupModel(some, priorWeight, objectives.length > 1));
    pushed = 0;
  };
  renew();

  return {
    ask(trial, history, attempt = 0) {
      if (!known.follow(history)) renew();
      for (; pushed < known.records.length; pushed++) {
        for (const model of models) model.push((known.records[pushed] as TrialRecord).hparams);
      }
      // A trial that is there already is not to be judged by its own point.
      const own = history.get(trial) && known.standings.findIndex(({ number }) => number === trial);
      const standings =
        own === undefined
          ? known.standings
          : known.standings.with(own, { ...(known.standings[own] as Standing), state: 'asked' });
      // What was counted while the trials came holds for all of them, and for one objective.
      const whole = own === undefined && objectives.length === 1;
      const ownState = own === undefined ? undefined : known.standings[own]?.state;
      const count = (state: Standing['state']) => known.count(state) - (ownState === state ? 1 : 0);
      const allows = (hparams: HParams) =>
        space.allows(hparams) && (attempt === 0 || !isKnown(hparams, trial, history));
      const starting = count('complete') + count('pruned') < startupTrials;
      if ((starting && count('failed') === 0) || attempt >= LAST_ATTEMPT) {
        const drawn = (redraw: number) => randomPoint(space, seed, trial, attempt, ...(redraw === 0 ? [] : [redraw]));
        for (let redraw = 0; redraw < candidates; redraw++) {
          const point = drawn(redraw);
          if (allows(point)) return point;
        }
        return drawn(0);
      }
      // Before there is enough to split, a point is only to be unlike those that failed.
      const split = starting ? nothingKnown : splitTrials(standings, gamma, whole ? known : undefined);
      const sides = sidesOf(standings, split, starting ? side.none : side.bad, own);
      const ranked = models.map((model, index) => {
        let drawn: Candidates | undefined;
        const draw = () => model.candidates(candidates, sides, split, random(seed, 'tpe', trial, attempt, index));
        return {
          group: model.group,
          candidates: () => {
            drawn ??= draw();
            return drawn;
          },
        };
      });
      return rankedPoint(space, ranked, candidates, allows);
    },
  };
}

function sidesOf(
  standings: readonly Standing[],
  { good, neither }: Split,
  others: number,
  asked: number | undefined,
): Uint8Array {
  const sides = new Uint8Array(standings.length);
  for (let i = 0; i < sides.length && others !== side.bad; i++) {
    const { state } = standings[i] as Standing;
    sides[i] = state === 'failed' || state === 'open' ? side.bad : others;
  }
  if (asked !== undefined) sides[asked] = side.none;
  for (const i of neither) sides[i] = side.none;
  for (const i of good) sides[i] = side.good;
  return sides;
}

/** Whether another trial has this point. */
function isKnown(hparams: HParams, trial: number, history: ReadonlyMap<number, TrialRecord>): boolean {
  const entries = Object.entries(hparams);
  const same = (other: HParams) =>
    Object.keys(other).length === entries.length && entries.every(([name, value]) => Object.is(other[name], value));
  for (const record of history.values()) if (record.number !== trial && same(record.hparams)) return true;
  return false;
}

function checkWhole(name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new InputError(`tpe: expected \`${name}\` to be a whole number from ${least} up, got ${String(value)}`);
}
