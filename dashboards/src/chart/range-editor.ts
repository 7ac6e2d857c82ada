import { element } from '../element.js';
import { lackingIn, type Wanted } from '../filter.js';
import type { Lens } from '../lens.js';
import type { AxisScale } from './axis-scale.js';
import { lackingChoice } from './lacking-choice.js';

/** The filter of one field, for the keyboard and for exact numbers. */
export interface RangeEditor {
  readonly element: HTMLElement;
  show(scale: AxisScale): void;
}

/** An editor of what is wanted of a field: from and to for numbers, boxes for categories. */
export function rangeEditor(lens: Lens): RangeEditor {
  const box = element('div', { class: 'range-editor' });
  let scale: AxisScale | undefined;
  let shown = '';

  const number = (label: string, value: number | undefined, end: number, set: (value: number | undefined) => void) => {
    const input = element('input', { type: 'number', step: 'any', placeholder: shortly(end), autocomplete: 'off' });
    input.value = value === undefined ? '' : String(value);
    input.addEventListener('change', () => {
      const given = input.valueAsNumber;
      set(Number.isFinite(given) ? given : undefined);
    });
    return element('label', {}, `${label} `, input);
  };
  const fill = (of: AxisScale) => {
    const { key } = of.field;
    const wanted = () => (Object.hasOwn(lens.filter, key) ? lens.filter[key] : undefined);
    const current = wanted();
    const lacking = (any: Wanted) =>
      of.field.condition === undefined && lackingIn(current) !== 'only'
        ? []
        : [lackingChoice(lens, of.field, any, () => undefined).element];
    if (of.field.kind === 'category') {
      const bands = of.bands?.map(String) ?? [];
      const chosen = () => {
        const now = wanted();
        return now !== undefined && 'of' in now ? now.of : bands;
      };
      const boxes = bands.map(band => {
        const input = element('input', { type: 'checkbox', checked: chosen().includes(band) });
        input.addEventListener('change', () => {
          const next = bands.filter(one => (one === band ? input.checked : chosen().includes(one)));
          lens.wantPresent(key, next.length === bands.length ? undefined : { of: next });
        });
        return element('label', { class: 'range-option' }, input, ` ${band}`);
      });
      return [...boxes, ...lacking({ of: bands })];
    }
    const range = (): Exclude<Wanted, { of: unknown }> => {
      const now = wanted();
      return now === undefined || 'of' in now ? {} : now;
    };
    const want = (next: { low?: number | undefined; high?: number | undefined }) =>
      lens.wantPresent(key, next.low === undefined && next.high === undefined ? undefined : next);
    const { low, high } = current === undefined || 'of' in current ? { low: undefined, high: undefined } : current;
    return [
      number('from', low, of.low, value => want({ ...range(), low: value })),
      number('to', high, of.high, value => want({ ...range(), high: value })),
      ...lacking({}),
    ];
  };
  const show = () => {
    if (scale === undefined) return;
    const { field } = scale;
    const wanted = Object.hasOwn(lens.filter, field.key) ? lens.filter[field.key] : undefined;
    const key = `${scale.key} ${JSON.stringify(wanted)}`;
    if (key === shown) return;
    // What is typed in right now must not be taken away, nor the focus.
    const held = [...box.querySelectorAll<Element>('input, select')].indexOf(document.activeElement as Element);
    shown = key;
    const clear = element('button', { type: 'button', class: 'way', disabled: wanted === undefined }, 'Any');
    clear.setAttribute('aria-label', `Any ${field.title}`);
    clear.addEventListener('click', () => {
      lens.want(field.key, undefined);
      box.querySelector('input')?.focus();
    });
    const group = element(
      'fieldset',
      {},
      element('legend', { class: 'visually-hidden' }, `Trials with ${field.title}`),
      ...fill(scale),
      clear,
    );
    box.replaceChildren(group);
    if (held >= 0) box.querySelectorAll<HTMLElement>('input, select')[held]?.focus();
  };
  lens.onChange(change => {
    if (change === 'filter') show();
  });
  return {
    element: box,
    show(next) {
      scale = next;
      show();
    },
  };
}

function shortly(value: number): string {
  return String(Number(value.toPrecision(3)));
}
