import { bracketOf } from '../../../src/early-stopping/hyperband.js';
import type { RungsInfo } from '../../../src/tune/events.js';
import type { TrialRecord } from '../../../src/tune/study-state.js';
import type { Curve } from './curves-data.js';

/** A trial at a rung. */
export interface AtRung {
  readonly trial: number;
  /** Of the rule's metric, at the rung's epoch; NaN if it had none. */
  readonly value: number;
  readonly fell: boolean;
  /** What a fallen one was compared with, and its value less that; undefined where nothing was said. */
  readonly threshold?: number | undefined;
  readonly margin?: number | undefined;
}

/** A rung with all that reached it. */
export interface RungGroup {
  readonly epoch: number;
  readonly trials: readonly AtRung[];
  /** Those that are not shown. Default: none. */
  readonly others?: readonly AtRung[] | undefined;
  readonly kept: number;
  readonly fell: number;
  /** The worst value that is kept now: that of the last of the best ⌊n/η⌋; undefined where nobody is. */
  readonly cut?: number | undefined;
  /** How many the cut is of: all that reached it, also those that are not shown. Default: those in `trials`. */
  readonly compared?: number | undefined;
}

/** The rungs of a bracket, and how its trials went through them. */
export interface BracketGroup {
  readonly rungs: readonly RungGroup[];
  /** Of its trials those that were started. */
  readonly started: number;
  /** Those that ran to their last epoch. */
  readonly ended: number;
}

/** Groups the trials by bracket and rung; counts are of those that are `shown`, cuts of all, for the rule compares all. */
export function rungGroups(
  info: RungsInfo,
  trials: Iterable<TrialRecord>,
  curveOf: (trial: number) => Curve | undefined,
  shown: (trial: TrialRecord) => boolean = () => true,
): readonly BracketGroup[] {
  const brackets = info.brackets.map(epochs => ({
    rungs: epochs.map(epoch => ({
      epoch,
      trials: [] as AtRung[],
      others: [] as AtRung[],
      all: [] as number[],
      kept: 0,
      fell: 0,
    })),
    started: 0,
    ended: 0,
  }));
  for (const trial of trials) {
    if (trial.slot === undefined && trial.epochs === 0 && trial.state !== 'running') continue;
    const bracket = brackets[brackets.length === 1 ? 0 : bracketOf(info, trial.number)];
    if (bracket === undefined) continue;
    const counts = shown(trial);
    if (counts) bracket.started++;
    if (counts && trial.stop?.by === 'epochs') bracket.ended++;
    const fellAt = fallOf(info, bracket.rungs, trial);
    for (const rung of bracket.rungs) {
      if (trial.epochs < rung.epoch) break;
      const fell = rung.epoch === fellAt;
      const { value, threshold } = fell ? (trial.stop as { value?: number; threshold?: number }) : {};
      const at = isNumber(value) ? value : valueAt(curveOf(trial.number), rung.epoch);
      rung.all.push(at);
      const margin = isNumber(threshold) && Number.isFinite(at) ? at - threshold : undefined;
      (counts ? rung.trials : rung.others).push({
        trial: trial.number,
        value: at,
        fell,
        ...(fell && { threshold, margin }),
      });
      if (!counts) continue;
      if (fell) rung.fell++;
      else rung.kept++;
    }
  }
  return brackets.map(bracket => ({
    ...bracket,
    rungs: bracket.rungs.map(({ all, ...rung }) => ({ ...rung, cut: cutOf(info, all), compared: all.length })),
  }));
}

/** The epoch of the rung at which a trial fell: the last one up to where the rule ended it. */
function fallOf(
  { rule }: RungsInfo,
  rungs: readonly { readonly epoch: number }[],
  { stop }: TrialRecord,
): number | undefined {
  if (stop?.by !== rule) return undefined;
  return rungs.findLast(({ epoch }) => epoch <= stop.epoch)?.epoch;
}

/** The value of a curve at an epoch, between its neighbours where it was thinned out; NaN beyond its ends. */
export function valueAt(curve: Curve | undefined, epoch: number): number {
  if (curve === undefined) return Number.NaN;
  const { xs, ys } = curve;
  let low = 0;
  let high = xs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((xs[middle] as number) < epoch) low = middle + 1;
    else high = middle;
  }
  const [x, y] = [xs[low], ys[low]];
  if (x === undefined || y === undefined) return Number.NaN;
  const [x0, y0] = [xs[low - 1], ys[low - 1]];
  if (x === epoch || x0 === undefined || y0 === undefined) return x === epoch ? y : Number.NaN;
  return y0 + ((y - y0) * (epoch - x0)) / (x - x0);
}

function cutOf({ direction, reductionFactor }: RungsInfo, all: readonly number[]): number | undefined {
  const sign = direction === 'minimize' ? 1 : -1;
  const values = Float64Array.from(
    all.filter(value => Number.isFinite(value)),
    value => sign * value,
  ).sort();
  const places = Math.max(1, Math.floor(values.length / reductionFactor));
  const last = values[places - 1];
  return last === undefined ? undefined : sign * last;
}

/** Epochs that were run and that were spared, of the trials that are over. */
export interface Savings {
  readonly run: number;
  /** If every one of them had run to its end. */
  readonly all: number;
  /** Spared by the rule's decisions. */
  readonly spared: number;
  /** Trials that the rule ended. */
  readonly fell: number;
}

/** What a rule has saved; undefined where the epochs of a trial are not known. */
export function savingsOf(
  { rule }: RungsInfo,
  trials: Iterable<TrialRecord>,
  epochs: number | undefined,
): Savings | undefined {
  if (epochs === undefined) return undefined;
  let [run, all, spared, fell] = [0, 0, 0, 0];
  for (const trial of trials) {
    if (trial.stop === undefined) continue;
    run += trial.epochs;
    all += epochs;
    if (trial.stop.by !== rule) continue;
    spared += Math.max(0, epochs - trial.epochs);
    fell++;
  }
  return { run, all, spared, fell };
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
