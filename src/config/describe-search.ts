import { random } from '../random.js';
import type { HParams, HyperparameterInfo, Objective, StudyInfo } from '../tune/events.js';
import { quantile } from '../tune/hyperparameter.js';
import { samplerReason, samplerWords } from '../tune/sampler-words.js';
import type { SearchSpace } from '../tune/space.js';
import type { RuleForm } from './rule-schema.js';
import { rungLines } from './rungs.js';

/** What is known of a search beside what its study will say. */
export interface SearchDetails {
  readonly space: SearchSpace;
  readonly rules: readonly RuleForm[];
  readonly enqueue: readonly HParams[];
  /** What a report of a trial stands for. */
  readonly steps: 'epoch' | 'fold';
}

type Fact = readonly [title: string, fact: string | undefined];

/** So many points are drawn to tell how many of them the constraints allow. */
const DRAWN = 1000;

/** What a study would do, as lines of plain text. */
export function describeSearch(study: StudyInfo, { space, rules, enqueue, steps }: SearchDetails): string[] {
  const { name, objective, objectives = [objective], trials, parallel, epochs, device, data } = study;
  const hyperparameters = study.space;
  const width = Math.max(...hyperparameters.map(each => each.name.length));
  const facts: readonly Fact[] = [
    ['data', data],
    ['objective', objectives.map(goalOf).join(', ')],
    ['sampler', `${samplerWords(study)}${trials === undefined ? '' : `, ${trials} trials`}, ${parallel} at a time`],
    ['', samplerReason(study)],
    [
      'begins',
      enqueue.length === 0 ? undefined : `with ${enqueue.length} given point${enqueue.length === 1 ? '' : 's'}`,
    ],
    [
      steps === 'fold' ? 'folds' : 'epochs',
      epochs === undefined ? undefined : `${epochs} for a trial that is not stopped`,
    ],
    ['rules', study.rules.length === 0 ? 'none' : study.rules.join(', ')],
    ...(epochs === undefined ? [] : rungLines(rules, epochs, steps).map((line): Fact => ['rungs', line])),
    ['device', device],
  ];
  return [
    name,
    ...facts.flatMap(([title, fact]) => (fact === undefined ? [] : `  ${title.padEnd(10)} ${fact}`)),
    `  ${hyperparameters.length} hyperparameter${hyperparameters.length === 1 ? '' : 's'}`,
    ...hyperparameters.map(each => `    ${each.name.padEnd(width)}  ${rangeOf(each)}`),
    ...constraintLines(space),
  ];
}

function goalOf({ direction, metric }: Objective): string {
  return `${direction} ${metric}`;
}

function constraintLines(space: SearchSpace): string[] {
  const { constraints } = space;
  if (constraints.length === 0) return [];
  let allowed = 0;
  for (let point = 0; point < DRAWN; point++) {
    const { hparams } = space.resolve(h => quantile(h, random(0, 'described', point, h.name).uniform()));
    if (space.allows(hparams)) allowed++;
  }
  const share = allowed === 0 ? 'less than 0.1 %' : `about ${Number(((100 * allowed) / DRAWN).toPrecision(2))} %`;
  return [
    `  ${constraints.length} constraint${constraints.length === 1 ? '' : 's'}, which allow${constraints.length === 1 ? 's' : ''} ${share} of the space`,
    ...constraints.map(text => `    ${text}`),
  ];
}

function rangeOf(hyperparameter: HyperparameterInfo): string {
  const where = hyperparameter.condition === undefined ? '' : ` if ${hyperparameter.condition}`;
  if ('options' in hyperparameter) return `${hyperparameter.kind} of ${hyperparameter.options.join(', ')}${where}`;
  const { kind, low, high, log, step } = hyperparameter;
  return `${kind} from ${low} to ${high}${log === true ? ', log' : ''}${step === undefined ? '' : ` by ${step}`}${where}`;
}
