import { count, counted, hyperparameter } from '../../../src/cli/number.js';
import type { HyperparameterInfo } from '../../../src/tune/events.js';
import type { TrialRecord } from '../../../src/tune/study-state.js';
import { element } from '../element.js';
import type { Model, Page, Panel, View } from '../page.js';
import { binned, tinyBars } from './study-bars.js';

/** Milliseconds between two counts of what was sampled. */
const counting = 2000;
const bins = 24;

/** The search space: what each hyperparameter may be, and what was sampled of it so far. */
export function spaceView({ body, note }: Panel, { lens }: Page): View {
  const rows = element('tbody', {});
  const head = ['Hyperparameter', 'Kind', 'Range or options', 'Exists if', 'Tried so far'];
  const table = element(
    'table',
    { class: 'data-table space-table' },
    element('thead', {}, element('tr', {}, ...head.map(title => element('th', { scope: 'col' }, title)))),
    rows,
  );
  body.append(
    element(
      'div',
      { class: 'scroll-x', tabindex: '0', role: 'region', 'aria-label': 'Table of hyperparameters' },
      table,
    ),
  );
  let shown: readonly HyperparameterInfo[] | undefined;
  let counted_ = Number.NEGATIVE_INFINITY;
  let tried: HTMLElement[] = [];

  const fill = ({ study }: Model) => {
    counted_ = performance.now();
    const trials = [...study.trials.values()].filter(lens.passes);
    for (const [i, info] of (shown ?? []).entries()) tried[i]?.replaceChildren(...triedOf(info, trials));
  };
  return (model, changed) => {
    const { study: info } = model.study;
    if (info === undefined) return;
    if (info.space !== shown) {
      shown = info.space;
      tried = shown.map(() => element('td', { class: 'tried' }));
      rows.replaceChildren(...shown.map((each, i) => rowOf(each, tried[i] as HTMLElement)));
      note.textContent = shown.length === 0 ? 'Nothing is searched: every trial is the same.' : '';
      counted_ = Number.NEGATIVE_INFINITY;
    }
    const soon = performance.now() - counted_ < counting;
    if (changed === 'all' || (changed.size > 0 && !soon)) fill(model);
  };
}

function rowOf(info: HyperparameterInfo, tried: HTMLElement): HTMLElement {
  const options = 'options' in info;
  const values: (HTMLElement | string)[] = options
    ? info.options.slice(0, 40).map(option => element('span', { class: 'option' }, option))
    : [rangeText(info)];
  if (options && info.options.length > 40) values.push(`and ${count(info.options.length - 40)} more`);
  return element(
    'tr',
    {},
    element('th', { scope: 'row' }, info.name),
    element('td', {}, kindText(info)),
    element('td', { class: 'values' }, ...values),
    element('td', { class: 'quiet' }, info.condition ?? ''),
    tried,
  );
}

function kindText(info: HyperparameterInfo): string {
  return { float: 'number', int: 'whole number', choice: 'choice', ordinal: 'ordered choice' }[info.kind];
}

function rangeText({ low, high, log, step }: Extract<HyperparameterInfo, { low: number }>): string {
  const by = step === undefined ? '' : `, by ${hyperparameter(step)}`;
  return `${hyperparameter(low)} … ${hyperparameter(high)}${by}${log ? ', log' : ''}`;
}

function triedOf(info: HyperparameterInfo, trials: readonly TrialRecord[]): Node[] {
  const values = trials.flatMap(({ hparams }) => (Object.hasOwn(hparams, info.name) ? [hparams[info.name]] : []));
  if (values.length === 0) return [element('span', { class: 'quiet' }, 'nothing yet')];
  if ('options' in info) {
    const numbers = new Map(info.options.map(option => [option, 0]));
    for (const value of values) numbers.set(String(value), (numbers.get(String(value)) ?? 0) + 1);
    const counts = [...numbers.values()];
    const words = [...numbers].slice(0, 12).map(([option, n]) => `${option} ${count(n)}`);
    return [tinyBars(counts, `${counted(values.length, 'trial')}: ${words.join(', ')}`)];
  }
  const numbers = values.filter(value => typeof value === 'number');
  const whole = info.kind === 'int' && !info.log ? Math.min(bins, (info.high - info.low) / (info.step ?? 1) + 1) : bins;
  // Each whole number in the middle of its own bin, if there are few.
  const margin = info.kind === 'int' && !info.log && whole < bins ? (info.step ?? 1) / 2 : 0;
  const counts = binned(
    numbers,
    info.low - margin,
    info.high + margin,
    info.log === true,
    Math.max(1, Math.round(whole)),
  );
  const range = `from ${hyperparameter(Math.min(...numbers))} to ${hyperparameter(Math.max(...numbers))}`;
  return [tinyBars(counts, `${counted(values.length, 'trial')} ${numbers.length > 0 ? range : ''}`)];
}
