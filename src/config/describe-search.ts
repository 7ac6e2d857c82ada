import type { HyperparameterInfo, StudyInfo } from '../tune/events.js';

/** What a study would do, as lines of plain text. */
export function describeSearch(study: StudyInfo): string[] {
  const { name, objective, space, sampler, rules, trials, parallel, epochs, device, data } = study;
  const width = Math.max(...space.map(each => each.name.length));
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['data', data],
    ['objective', `${objective.direction} ${objective.metric}`],
    ['sampler', `${sampler}${trials === undefined ? '' : `, ${trials} trials`}, ${parallel} at a time`],
    ['epochs', epochs === undefined ? undefined : `${epochs} for a trial that is not stopped`],
    ['rules', rules.length === 0 ? 'none' : rules.join(', ')],
    ['device', device],
  ];
  return [
    name,
    ...facts.flatMap(([title, fact]) => (fact === undefined ? [] : `  ${title.padEnd(10)} ${fact}`)),
    `  ${space.length} hyperparameter${space.length === 1 ? '' : 's'}`,
    ...space.map(each => `    ${each.name.padEnd(width)}  ${rangeOf(each)}`),
  ];
}

function rangeOf(hyperparameter: HyperparameterInfo): string {
  const where = hyperparameter.condition === undefined ? '' : ` if ${hyperparameter.condition}`;
  if ('options' in hyperparameter) return `${hyperparameter.kind} of ${hyperparameter.options.join(', ')}${where}`;
  const { kind, low, high, log, step } = hyperparameter;
  return `${kind} from ${low} to ${high}${log === true ? ', log' : ''}${step === undefined ? '' : ` by ${step}`}${where}`;
}
