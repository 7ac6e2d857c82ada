import { didYouMean, InputError } from '../errors.js';
import { metricsByName, toMetric } from '../nn/metrics/by-name.js';
import type { Metric } from '../nn/metrics/metric.js';
import { namedForm } from '../nn/plain.js';
import { validationNames } from '../train/epochs.js';
import type { Objective } from '../tune/events.js';
import type { RuleForm } from './rule-schema.js';
import type { TrainingFile } from './training-schema.js';

/** What a training reports and what is watched of it. */
export interface Wanted {
  /** Those of the file, and those that the objective and the rules ask for. */
  readonly metrics: readonly Metric[];
  /** Where each of them is asked for. */
  readonly places: readonly string[];
  /** The first one. */
  readonly objective: Objective;
  readonly objectives: readonly [Objective, ...Objective[]];
  /** Whether reports have `parameters`, the trainable numbers of the network. */
  readonly parameters: boolean;
}

/** The metrics that compare numbers; all others are of classes. */
export const OF_VALUES: readonly string[] = ['mse', 'rmse', 'mae', 'r2'];

/** The metric of a network that no training changes: how many numbers are trained. */
const PARAMETERS = 'parameters';

/** A metric that something in the file needs, and where. */
interface Need {
  readonly name: string;
  readonly path: string;
}

/**
 * The metrics and the objective of a training file. The objective is to minimize `valLoss` unless stated, and `loss` when
 * there are no validation rows.
 *
 * @throws InputError with the path of a metric that is unknown, or that will not be reported.
 */
export function metricsWanted(file: TrainingFile, validated: boolean): Wanted {
  const metrics = new Map<string, { readonly metric: Metric; readonly path: string }>();
  const add = (name: string, path: string): void => {
    try {
      metrics.set(name, { metric: toMetric(name), path });
    } catch (error) {
      throw error instanceof InputError ? error.at({ path }) : error;
    }
  };
  for (const [index, name] of (file.metrics ?? []).entries()) if (name !== PARAMETERS) add(name, `metrics[${index}]`);
  const objectives = objectivesOf(file, validated);
  const [objective] = objectives;
  const needs = [
    ...objectives.map(({ metric, direction }, index) => {
      return { name: metric, path: `objective${Array.isArray(file.objective) ? `[${index}]` : ''}.${direction}` };
    }),
    ...(file.earlyStopping ?? []).flatMap((form, index) =>
      metricsOfRule(form, `earlyStopping[${index}]`, objective.metric),
    ),
  ];
  for (const need of needs) {
    const name = metricBehind(need, validated, file);
    if (name !== undefined && !metrics.has(name)) add(name, need.path);
  }
  const found = [...metrics.values()];
  return {
    metrics: found.map(({ metric }) => metric),
    places: found.map(({ path }) => path),
    objective,
    objectives,
    parameters: file.metrics?.includes(PARAMETERS) === true || needs.some(({ name }) => name === PARAMETERS),
  };
}

function objectivesOf({ objective }: TrainingFile, validated: boolean): Wanted['objectives'] {
  const usual: Objective = { metric: validated ? 'valLoss' : 'loss', direction: 'minimize' };
  const [first = usual, ...others] = [objective ?? []].flat().map(objectiveFrom);
  return [first, ...others];
}

/** An objective as a file states it. */
export function objectiveFrom({
  minimize,
  maximize,
}: {
  minimize?: string | undefined;
  maximize?: string | undefined;
}): Objective {
  return minimize === undefined
    ? { metric: maximize as string, direction: 'maximize' }
    : { metric: minimize, direction: 'minimize' };
}

/** The metric to compute so that a report has `name`; undefined for the losses, which it always has. */
function metricBehind({ name, path }: Need, validated: boolean, file: TrainingFile): string | undefined {
  if (name === 'loss' || name === PARAMETERS || (name === 'valLoss' && validated)) return undefined;
  const known = reportedNames(Object.keys(metricsByName));
  const behind = known.includes(name) || /^valTop[1-9]\d*Accuracy$/.test(name) ? name.slice(3) : undefined;
  if (behind === undefined) {
    const reported = [...(validated ? reportedNames(suitable(file)) : ['loss']), PARAMETERS];
    throw new InputError(
      `no metric "${name}" is reported${didYouMean(name, reported)}; there are ${reported.join(', ')}`,
      {
        path,
      },
    );
  }
  if (!validated) {
    throw new InputError(`"${name}" needs validation rows; give data a "split" or "folds", or watch "loss"`, { path });
  }
  return behind.charAt(0).toLowerCase() + behind.slice(1);
}

/** The losses, and the metrics of these names, as reports call them. */
function reportedNames(names: readonly string[]): string[] {
  return ['loss', ...Object.keys(validationNames(Object.fromEntries([['loss', 0], ...names.map(name => [name, 0])])))];
}

/** The metrics that a file may ask for, as far as it says without its data what it predicts. */
function suitable({ data: { task: stated, target }, loss }: TrainingFile): readonly string[] {
  const task = stated ?? (Array.isArray(target) && target.length > 1 ? 'regression' : undefined);
  const implied = task && (task === 'classification' ? 'crossEntropy' : 'meanSquaredError');
  const name = namedForm(loss)?.name ?? implied;
  const ofClasses = name === 'crossEntropy' && task !== 'regression';
  const ofValues = task === 'regression' || (task === undefined && name !== undefined && !name.endsWith('rossEntropy'));
  return Object.keys(metricsByName).filter(metric => {
    return OF_VALUES.includes(metric) ? !ofClasses : !ofValues;
  });
}

function metricsOfRule(form: RuleForm, path: string, objective: string): Need[] {
  if (typeof form === 'object' && 'use' in form) return [];
  const { name, options } = namedForm(form) as { name: string; options: never };
  const inside = `${path}.${name}`;
  if (name === 'any' || name === 'all') {
    return (options as RuleForm[]).flatMap((rule, index) => metricsOfRule(rule, `${inside}[${index}]`, objective));
  }
  if (name === 'not') return metricsOfRule(options, inside, objective);
  if (name === 'after' || name === 'every') {
    return metricsOfRule((options as { rule: RuleForm }).rule, `${inside}.rule`, objective);
  }
  if (name === 'timeBudget' || name === 'sampleBudget') return [];
  const { metric } = options as { metric?: string };
  const usual = name === 'diverged' ? 'loss' : name === 'patience' || name === 'plateau' ? 'valLoss' : objective;
  return [{ name: metric ?? usual, path: metric === undefined ? inside : `${inside}.metric` }];
}
