import { count, counted } from '../../../src/cli/number.js';
import type { TrialState } from '../../../src/tune/events.js';
import { element, setAttribute, setText } from '../element.js';
import type { Field } from '../fields.js';
import type { Model, Page, View } from '../page.js';
import { steers, whyId } from './controls-model.js';
import { actionsTogether } from './controls-trial.js';
import { segments } from './segments.js';
import { filterEditor, wantedText } from './table-filter.js';
import { menu, popover } from './table-popover.js';

const states: readonly TrialState[] = ['running', 'complete', 'pruned', 'failed', 'paused', 'waiting'];
/** Milliseconds between two counts of what passes, while trials change. */
const counting = 500;

/** Which trials all places show, and which are selected: a bar that is there when something is chosen, or when it is asked for. */
export function filterBarView(opener: HTMLElement, bar: HTMLElement, page: Page): View {
  const { lens } = page;
  let model: Model | undefined;
  let asked = false;
  let counted_ = Number.NEGATIVE_INFINITY;
  let timer: number | undefined;

  const toggle = element('button', { type: 'button', class: 'tool', 'aria-controls': bar.id }, 'Filter');
  toggle.addEventListener('click', () => {
    asked = bar.hidden === true || filters.hidden === true;
    show();
    if (!bar.hidden) bar.querySelector<HTMLElement>('button, select, input')?.focus();
  });
  opener.append(toggle);

  const boxes = new Map<TrialState, HTMLInputElement>();
  const numbers = new Map<TrialState, HTMLElement>();
  const stateKeys = element('fieldset', { class: 'states' }, element('legend', { class: 'visually-hidden' }, 'States'));
  for (const state of states) {
    const box = element('input', { type: 'checkbox' });
    box.addEventListener('change', () => {
      const of = states.filter(each => boxes.get(each)?.checked);
      lens.want('state', of.length === 0 ? undefined : { of });
    });
    const number = element('span', { class: 'chip-count' });
    boxes.set(state, box);
    numbers.set(state, number);
    stateKeys.append(element('label', { class: 'chip' }, box, element('span', {}, state), number));
  }
  const chips = element('span', { class: 'chips' });
  const add = element('button', { type: 'button', class: 'chip chip-add', 'aria-haspopup': 'dialog' }, '+ Field');
  const passing = element('span', { class: 'passing', role: 'status' });
  const clear = element('button', { type: 'button', class: 'plain-button' }, 'Clear');
  const others = segments('others', 'What charts do with the other trials', { dim: 'Dimmed', hide: 'Hidden' }, value =>
    lens.setHides(value === 'hide'),
  );
  const othersBox = element('span', { class: 'others' }, 'Others', others.element);
  const filters = element(
    'div',
    { class: 'filter-row', role: 'group', 'aria-label': 'Filter' },
    stateKeys,
    chips,
    add,
    passing,
    clear,
    othersBox,
  );
  const selection = element('div', { class: 'filter-row', role: 'group', 'aria-label': 'Selected trials' });
  bar.append(filters, selection);

  clear.addEventListener('click', () => {
    lens.setFilter({});
    asked = false;
    show();
    toggle.focus();
  });
  const edit = (field: Field, anchor: HTMLElement) =>
    popover.open(anchor, [filterEditor(field, lens, model?.study.trials.values() ?? [])], 'Filter', show);
  add.addEventListener('click', () => {
    const free = (model?.fields ?? []).filter(({ key }) => key !== 'state' && !Object.hasOwn(lens.filter, key));
    const list = menu(free.map(field => ({ label: field.title, do: () => edit(field, add) })));
    popover.open(add, [list], 'Add a field');
  });

  let shownChips = '';
  const showChips = (fields: readonly Field[]) => {
    const wanted = Object.entries(lens.filter).filter(([key]) => key !== 'state');
    const key = JSON.stringify([wanted, fields.length]);
    if (key === shownChips) return;
    shownChips = key;
    chips.replaceChildren(
      ...wanted.map(([key, what]) => {
        const field = fields.find(each => each.key === key);
        const name = field?.title ?? key;
        const change = element(
          'button',
          { type: 'button', class: 'chip-change', 'aria-haspopup': 'dialog', disabled: field === undefined },
          element('b', {}, name),
          ` ${wantedText(what)}`,
        );
        change.addEventListener('click', () => field !== undefined && edit(field, change));
        const drop = element(
          'button',
          { type: 'button', class: 'chip-drop', 'aria-label': `No filter by ${name}` },
          '×',
        );
        drop.addEventListener('click', () => lens.want(key, undefined));
        return element('span', { class: 'chip chip-field' }, change, drop);
      }),
    );
  };

  let shownSelection = '';
  const showSelection = ({ study }: Model) => {
    const trials = [...lens.selected].flatMap(number => study.trials.get(number) ?? []);
    const actions = model !== undefined && steers(page, model) ? actionsTogether(trials, page) : [];
    const key = JSON.stringify([[...lens.selected], actions.map(({ label, disabled }) => [label, disabled])]);
    if (key === shownSelection) return;
    shownSelection = key;
    selection.hidden = lens.selected.size === 0;
    const button = (label: string, act: () => void, kind = 'tool', disabled?: string) => {
      const attributes = { title: disabled, 'aria-describedby': disabled && whyId, disabled: disabled !== undefined };
      const made = element('button', { type: 'button', class: kind, ...attributes }, label);
      made.addEventListener('click', act);
      return made;
    };
    const names = [...lens.selected].slice(0, 12).map(number => `#${number}`);
    const more = lens.selected.size - names.length;
    selection.replaceChildren(
      element('b', {}, `${count(lens.selected.size)} selected`),
      element('span', { class: 'quiet' }, `${names.join(' ')}${more > 0 ? ` and ${count(more)} more` : ''}`),
      button('Compare', () => {
        page.link.go({ at: 'trials' });
        requestAnimationFrame(() => {
          const title = document.getElementById('compare-title');
          title?.setAttribute('tabindex', '-1');
          title?.focus({ preventScroll: true });
          title?.closest('section')?.scrollIntoView({ block: 'start' });
        });
      }),
      ...actions.map(({ label, do: act, disabled }) => button(label, act, 'tool', disabled)),
      button('Let go', () => lens.select([]), 'plain-button'),
    );
  };

  const showCount = () => {
    clearTimeout(timer);
    timer = undefined;
    if (model === undefined) return;
    counted_ = performance.now();
    const { trials } = model.study;
    let through = 0;
    for (const trial of trials.values()) if (lens.passes(trial)) through++;
    setText(passing, `${count(through)} of ${counted(trials.size, 'trial')}`);
  };

  const show = () => {
    if (model === undefined) return;
    const filtered = Object.keys(lens.filter).length > 0;
    const there = model.study.study !== undefined && model.study.trials.size > 0;
    toggle.hidden = !there && !filtered;
    bar.hidden = !(filtered || lens.selected.size > 0 || (asked && there));
    filters.hidden = !filtered && !asked;
    setAttribute(toggle, 'aria-expanded', String(!filters.hidden && !bar.hidden));
    toggle.toggleAttribute('data-on', filtered);
    clear.hidden = othersBox.hidden = !filtered;
    others.set(lens.hides ? 'hide' : 'dim');
    if (bar.hidden) return;
    const wanted = lens.filter.state;
    const of = wanted !== undefined && 'of' in wanted ? wanted.of : [];
    for (const state of states) {
      const box = boxes.get(state) as HTMLInputElement;
      box.checked = of.includes(state);
      const n = model.study.counts[state];
      (box.parentElement as HTMLElement).hidden = n === 0 && !box.checked;
      setText(numbers.get(state) as HTMLElement, count(n));
    }
    showChips(model.fields);
    showSelection(model);
  };
  lens.onChange(change => {
    if (change === 'hover' || change === 'pin') return;
    show();
    if (change === 'filter') showCount();
  });

  return (next, changed) => {
    model = next;
    show();
    if (bar.hidden || filters.hidden) return;
    if (changed !== 'all' && changed.size === 0) return;
    const since = performance.now() - counted_;
    if (changed === 'all' || since > counting) showCount();
    else timer ??= window.setTimeout(showCount, counting - since);
  };
}
