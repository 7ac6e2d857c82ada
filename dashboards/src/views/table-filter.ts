import { count, hyperparameter } from '../../../src/cli/number.js';
import type { TrialRecord } from '../../../src/tune/study-state.js';
import { lackingChoice } from '../chart/lacking-choice.js';
import { element, setAttribute } from '../element.js';
import type { Field } from '../fields.js';
import { lackingIn, type Wanted } from '../filter.js';
import type { Lens } from '../lens.js';

const mostCategories = 200;

/** What one can want of a field, for a popover: a range, or some of its categories. */
export function filterEditor(field: Field, lens: Lens, trials: Iterable<TrialRecord>): HTMLElement {
  const title = element('p', { class: 'popover-title' }, field.title);
  const all = element('button', { type: 'button', class: 'plain-button' }, 'Any');
  const list = [...trials];
  const want = (wanted: Wanted | undefined) => {
    lens.wantPresent(field.key, wanted);
    lacking?.show();
  };
  const made = field.kind === 'number' ? rangeEditor(field, lens, list, want) : categoryEditor(field, lens, list, want);
  const mayLack = field.condition !== undefined || lackingIn(lens.filter[field.key]) === 'only';
  const lacking = mayLack ? lackingChoice(lens, field, made.any, made.follow) : undefined;
  all.addEventListener('click', () => {
    lens.want(field.key, undefined);
    made.follow();
    lacking?.show();
  });
  return element(
    'div',
    { class: 'filter-editor' },
    title,
    ...(field.condition === undefined ? [] : [element('p', { class: 'quiet' }, `if ${field.condition}`)]),
    ...made.nodes,
    ...(lacking === undefined ? [] : [lacking.element]),
    element('div', { class: 'popover-foot' }, all),
  );
}

interface Editor {
  readonly nodes: readonly Node[];
  /** All that there is. */
  readonly any: Wanted;
  /** Shows what the filter says now. */
  follow(): void;
}

type Want = (wanted: Wanted | undefined) => void;

function rangeEditor(field: Field, lens: Lens, trials: readonly TrialRecord[], want: Want): Editor {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const trial of trials) {
    const value = field.of(trial);
    if (typeof value !== 'number') continue;
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  const range = () => {
    const wanted = lens.filter[field.key];
    return wanted !== undefined && !('of' in wanted) ? wanted : {};
  };
  const input = (label: string, value: number | undefined, hint: number) =>
    element('input', {
      type: 'text',
      inputmode: 'decimal',
      'aria-label': `${field.title}: ${label}`,
      value: value === undefined ? '' : String(value),
      placeholder: Number.isFinite(hint) ? hyperparameter(hint) : label,
      autocomplete: 'off',
    });
  const low = input('least', range().low, least);
  const high = input('greatest', range().high, most);
  const apply = () => {
    const [from, to] = [numberOf(low), numberOf(high)];
    for (const [box, value] of [[low, from] as const, [high, to] as const]) {
      setAttribute(box, 'aria-invalid', Number.isNaN(value) ? 'true' : undefined);
    }
    if (Number.isNaN(from) || Number.isNaN(to)) return;
    want(from === undefined && to === undefined ? undefined : { low: from, high: to });
  };
  low.addEventListener('input', apply);
  high.addEventListener('input', apply);
  return {
    nodes: [element('div', { class: 'range-inputs' }, low, element('span', {}, 'to'), high)],
    any: {},
    follow() {
      const { low: from, high: to } = range();
      for (const [box, value] of [[low, from] as const, [high, to] as const]) {
        box.value = value === undefined ? '' : String(value);
        box.removeAttribute('aria-invalid');
      }
    },
  };
}

/** Undefined for nothing, NaN for what is no number; a decimal comma is one. */
function numberOf({ value }: HTMLInputElement): number | undefined {
  const text = value.trim().replace(/^(-?\d*),(\d+)$/, '$1.$2');
  if (text === '') return undefined;
  const number = Number(text);
  return Number.isFinite(number) ? number : Number.NaN;
}

function categoryEditor(field: Field, lens: Lens, trials: readonly TrialRecord[], want: Want): Editor {
  const counts = new Map<string, number>((field.options ?? []).map(option => [option, 0]));
  for (const trial of trials) {
    const value = field.of(trial);
    if (value !== undefined) counts.set(String(value), (counts.get(String(value)) ?? 0) + 1);
  }
  const wantedNow = () => {
    const wanted = lens.filter[field.key];
    return new Set(wanted !== undefined && 'of' in wanted ? wanted.of : []);
  };
  let chosen = wantedNow();
  for (const name of chosen) if (!counts.has(name)) counts.set(name, 0);
  const boxes = new Map<string, HTMLInputElement>();
  const list = element('div', { class: 'checks', role: 'group', 'aria-label': field.title });
  for (const [name, trialCount] of [...counts].slice(0, mostCategories)) {
    const box = element('input', { type: 'checkbox', checked: chosen.has(name) });
    box.addEventListener('change', () => {
      if (box.checked) chosen.add(name);
      else chosen.delete(name);
      want(chosen.size === 0 ? undefined : { of: [...chosen] });
    });
    boxes.set(name, box);
    list.append(
      element('label', {}, box, element('span', {}, name), element('span', { class: 'number' }, count(trialCount))),
    );
  }
  return {
    nodes: [list],
    any: { of: [...counts.keys()] },
    follow() {
      chosen = wantedNow();
      for (const [name, box] of boxes) box.checked = chosen.has(name);
    },
  };
}

/** What is wanted of a field, in words: `0.1 to 0.5`, `at least 16`, `adam, sgd`, `at least 0.9 or not there`. */
export function wantedText(wanted: Wanted): string {
  if (lackingIn(wanted) === 'only') return 'not there';
  return `${presentText(wanted)}${wanted.lacking ? ' or not there' : ''}`;
}

function presentText(wanted: Wanted): string {
  if ('of' in wanted) return wanted.of.join(', ') || 'nothing';
  const { low, high } = wanted;
  if (low !== undefined && high !== undefined) return `${hyperparameter(low)} to ${hyperparameter(high)}`;
  if (low !== undefined) return `at least ${hyperparameter(low)}`;
  return high === undefined ? 'any number' : `at most ${hyperparameter(high)}`;
}
