import { InputError } from '../errors.js';
import type { HParamValue, HyperparameterInfo } from './events.js';
import { mass as normalMass } from './samplers/normal-distribution.js';
import type { StudyState, TrialRecord } from './study-state.js';

/** How much a hyperparameter matters. */
export interface Importance {
  readonly name: string;
  /** A share: those of all hyperparameters together are 1. */
  readonly importance: number;
}

/** Options of `importance`. */
export interface ImportanceOptions {
  /** What counts as good: this share of the complete trials, the best of them. Default 0.1. */
  readonly quantile?: number | undefined;
  /** The metric by which trials are good, of several objectives. Default: the first. */
  readonly metric?: string | undefined;
}

/** Ranges of numbers are looked at in this many cells at most. */
const CELLS = 50;

/**
 * Which hyperparameters matter for being among the best trials, the most important first: by PED-ANOVA, how far the
 * distribution of each among the best complete trials is from that among all of them (Watanabe, Bansal, Hutter, "PED-ANOVA: Efficiently
 * Quantifying Hyperparameter Importance in Arbitrary Subspaces", 2023). One that exists in some trials only is compared within
 * them, and counts by α² / β, its share of the best trials squared and of all trials (arXiv 2601.20800, theorem 4.2). What never varied has the importance 0.
 * Empty while fewer than two trials are complete; needs a few among the best to say much: at least about 50 trials.
 *
 * @throws InputError for a quantile that is not between 0 and 1, a metric that is no objective, or a study that has not begun.
 * @example importance(state)[0] // { name: 'learningRate', importance: 0.8 }
 */
export function importance(
  state: Pick<StudyState, 'study' | 'trials'>,
  options: ImportanceOptions = {},
): readonly Importance[] {
  const steps = importanceSteps(state, options);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** `importance` in steps of one hyperparameter each, which take some milliseconds, for a page that must stay live; of the trials at the first step. */
export function* importanceSteps(
  { study, trials }: Pick<StudyState, 'study' | 'trials'>,
  options: ImportanceOptions = {},
): Generator<undefined, readonly Importance[]> {
  const { quantile = 0.1, metric } = options;
  if (!(quantile > 0 && quantile < 1)) {
    throw new InputError(`importance: expected \`quantile\` to be a number between 0 and 1, got ${quantile}`);
  }
  if (study === undefined) throw new InputError('importance: the study has not begun');
  const objectives = study.objectives ?? [study.objective];
  const which = metric === undefined ? 0 : objectives.findIndex(objective => objective.metric === metric);
  const objective = objectives[which];
  if (objective === undefined) {
    const known = objectives.map(one => one.metric).join(', ');
    throw new InputError(`importance: "${metric}" is no objective of the study; expected one of ${known}`);
  }
  const sign = objective.direction === 'maximize' ? -1 : 1;
  const all = [...trials.values()].flatMap(record => {
    const value = record.values?.[which] ?? (which === 0 ? record.value : undefined);
    return record.state === 'complete' && Number.isFinite(value) ? [{ record, loss: sign * (value as number) }] : [];
  });
  if (all.length < 2) return [];

  const sorted = all.map(({ loss }) => loss).sort((a, b) => a - b);
  const cutoff = sorted[Math.ceil(quantile * sorted.length) - 1] as number;
  const good = all.filter(({ loss }) => loss <= cutoff).map(({ record }) => record);
  const everyone = all.map(({ record }) => record);
  const raw: Importance[] = [];
  for (const info of study.space) {
    yield;
    raw.push({ name: info.name, importance: ofOne(info, good, everyone) });
  }
  const total = raw.reduce((sum, one) => sum + one.importance, 0);
  return raw
    .map(({ name, importance: own }) => ({ name, importance: total > 0 ? own / total : 1 / raw.length }))
    .sort((a, b) => b.importance - a.importance);
}

/** Pearson's divergence Σ q (p / q − 1)² of the good trials' distribution p from that of all trials, q. */
function ofOne(info: HyperparameterInfo, good: readonly TrialRecord[], all: readonly TrialRecord[]): number {
  const cells = cellsOf(info);
  const exists = ({ hparams }: TrialRecord) => Object.hasOwn(hparams, info.name);
  const [goodHere, allHere] = [good.filter(exists), all.filter(exists)];
  if (cells.count < 2 || goodHere.length === 0) return 0;
  const [p, q] = [goodHere, allHere].map(records => {
    const counts = new Float64Array(cells.count);
    for (const { hparams } of records) {
      const cell = cells.of(hparams[info.name] as HParamValue);
      counts[cell] = (counts[cell] as number) + 1;
    }
    return (cells.ordered ? overRange : overOptions)(counts).map(mass => mass + 1e-12);
  }) as [Float64Array, Float64Array];
  const divergence = q.reduce((sum, mass, i) => sum + mass * ((p[i] as number) / mass - 1) ** 2, 0);
  const [alpha, beta] = [goodHere.length / good.length, allHere.length / all.length];
  return ((alpha * alpha) / beta) * divergence;
}

/** A hyperparameter's values in cells. */
interface Cells {
  readonly count: number;
  readonly ordered: boolean;
  readonly of: (value: HParamValue) => number;
}

function cellsOf(info: HyperparameterInfo): Cells {
  if ('options' in info) {
    const { options, kind } = info;
    return { count: options.length, ordered: kind === 'ordinal', of: value => options.indexOf(String(value)) };
  }
  const { kind, log = false, step = kind === 'int' ? 1 : undefined } = info;
  const scale = (value: number) => (log ? Math.log(value) : value);
  const [low, high] = [scale(info.low), scale(info.high)];
  let count = CELLS;
  // Whole numbers in a log range are far apart at its lower end: as many cells as doublings.
  if (log && kind === 'int') count = Math.min(CELLS, Math.ceil(Math.log2(info.high - info.low + 1)) + 1);
  else if (!log && step !== undefined) count = Math.min(CELLS, Math.round((high - low) / step) + 1);
  const width = (high - low) / (count - 1);
  return {
    count,
    ordered: true,
    of: value => Math.min(count - 1, Math.max(0, Math.ceil((scale(value as number) - low) / width - 0.5))),
  };
}

/** A Parzen estimate over cells: truncated normals as wide as Scott's rule says, and one over the whole range as the prior. */
function overRange(counts: Float64Array): Float64Array {
  const n = counts.length;
  const total = counts.reduce((a, b) => a + b, 0);
  const mean = counts.reduce((sum, count, i) => sum + count * i, 0) / total;
  const variance = counts.reduce((sum, count, i) => sum + count * (i - mean) ** 2, 0) / Math.max(1, total - 1);
  const seen = [...counts.keys()].filter(i => (counts[i] as number) > 0);
  const cumulated = seen.map(i => counts.subarray(0, i + 1).reduce((a, b) => a + b, 0));
  const quartile = (beyond: (sum: number) => boolean) => seen[cumulated.findIndex(beyond)] ?? (seen.at(-1) as number);
  const upper = quartile(sum => sum > Math.floor((total * 3) / 4));
  const lower = quartile(sum => sum >= Math.floor(total / 4));
  const scott = 1.059 * Math.min((upper - lower) / 1.34, Math.sqrt(variance)) * total ** -0.2;
  // 90 % of a normal of the least width lie within its cell.
  const sigma = Math.max(scott, 0.5 / 1.64);
  const mass = new Float64Array(n);
  const add = (weight: number, centre: number, width: number) => {
    const at = (edge: number) => (edge - centre) / width;
    const whole = normalMass(at(-0.5), at(n - 0.5));
    for (let i = 0; i < n; i++) {
      mass[i] = (mass[i] as number) + (weight * normalMass(at(i - 0.5), at(i + 0.5))) / whole / (total + 1);
    }
  };
  for (const i of seen) add(counts[i] as number, i, sigma);
  add(1, (n - 1) / 2, n);
  return mass;
}

/** A smoothed share for every option: 1 / kernels everywhere and 1 at the option seen, normalized, and a uniform prior. */
function overOptions(counts: Float64Array): Float64Array {
  const n = counts.length;
  const total = counts.reduce((a, b) => a + b, 0);
  const kernels = counts.reduce((sum, count) => sum + Number(count > 0), 0) + 1;
  const spread = 1 / kernels;
  return counts.map(count => ((count + total * spread) / (1 + n * spread) + 1 / n) / (total + 1));
}
