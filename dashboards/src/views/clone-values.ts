import { InputError } from '../../../src/errors.js';
import { compileConstraint } from '../../../src/tune/constraint-expression.js';
import type { HParams, HParamValue, HyperparameterInfo } from '../../../src/tune/events.js';
import { checkValue, type Hyperparameter } from '../../../src/tune/hyperparameter.js';

/** What somebody typed for a hyperparameter: a value of it, nothing, or why it is none. */
export type Setting = { readonly value?: HParamValue | undefined } | { readonly problem: string };

/** The value that a text stands for, checked as the study will check it. */
export function readSetting(info: HyperparameterInfo, text: string, known: Iterable<HParams>): Setting {
  const typed = text.trim();
  if ('options' in info) return { value: optionOf(info, text, known) };
  if (typed === '') return {};
  const value = Number(typed.replace(/^(-?\d*),(\d+)$/, '$1.$2'));
  try {
    checkValue(asHyperparameter(info, []), Number.isNaN(value) ? typed : value);
    return { value };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { problem: error.problem.slice(info.name.length + 2) };
  }
}

/**
 * The option with this name. The page knows only names, and 16 is not "16": what trials have had says which it is, else what the
 * names look like.
 */
function optionOf(
  { name, options }: Extract<HyperparameterInfo, { options: unknown }>,
  text: string,
  known: Iterable<HParams>,
): HParamValue | undefined {
  if (!options.includes(text)) return undefined;
  let strings = false;
  for (const hparams of known) {
    if (!Object.hasOwn(hparams, name)) continue;
    const value = hparams[name] as HParamValue;
    if (String(value) === text) return value;
    if (typeof value === 'string' && isNumeric(value)) strings = true;
  }
  if (!strings && options.every(isNumeric)) return Number(text);
  if (text === 'true' || text === 'false') return text === 'true';
  return text === 'null' ? null : text;
}

/**
 * Whether a hyperparameter exists beside these values, as far as its condition (`optimizer = sgd`, from the outside in) can be read;
 * undefined where it cannot.
 */
export function exists(
  { condition }: HyperparameterInfo,
  space: readonly HyperparameterInfo[],
  values: ReadonlyMap<string, string>,
): boolean | undefined {
  let rest = condition ?? '';
  while (rest !== '') {
    const found = space
      .flatMap(info => ('options' in info ? info.options.map(option => ({ name: info.name, option })) : []))
      .flatMap(each => [' = ', ' is '].map(sign => ({ ...each, text: `${each.name}${sign}${each.option}` })))
      .filter(({ text }) => rest === text || rest.startsWith(`${text}, `))
      .sort((a, b) => b.text.length - a.text.length)[0];
    if (found === undefined) return undefined;
    const value = values.get(found.name);
    if (value === undefined || value === '') return undefined;
    if (value !== found.option) return false;
    rest = rest.slice(found.text.length + 2);
  }
  return true;
}

/** The constraints that a point breaks, of those that are texts; what a predicate wants only the study knows. */
export function broken(
  constraints: readonly string[],
  space: readonly HyperparameterInfo[],
  values: HParams,
  known: readonly HParams[],
): readonly string[] {
  const hyperparameters = space.map(info =>
    asHyperparameter(
      info,
      'options' in info ? info.options.map(option => optionOf(info, option, known) as HParamValue) : [],
    ),
  );
  return constraints.filter(text => {
    try {
      return !compileConstraint(text, hyperparameters)(values);
    } catch {
      return false;
    }
  });
}

/** As much of a hyperparameter as checking a value and a constraint needs. */
function asHyperparameter(info: HyperparameterInfo, labels: readonly HParamValue[]): Hyperparameter {
  return { name: info.name, path: [info.name], distribution: info as never, labels };
}

function isNumeric(text: string): boolean {
  return text.trim() !== '' && Number.isFinite(Number(text));
}
