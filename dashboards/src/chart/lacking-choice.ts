import { element } from '../element.js';
import type { Field } from '../fields.js';
import { type Lacking, lackingIn, type Wanted, withLacking } from '../filter.js';
import type { Lens } from '../lens.js';

/** What becomes of the trials that do not have a field. */
export interface LackingChoice {
  readonly element: HTMLElement;
  /** Follows the filter. */
  show(): void;
}

const choices: Readonly<Record<Lacking, string>> = { kept: 'shown', 'left-out': 'left out', only: 'only these' };

/** A choice of what the filter does with trials that do not have `field`; `any` is everything that others may have. */
export function lackingChoice(lens: Lens, field: Field, any: Wanted, changed: () => void): LackingChoice {
  const wanted = () => (Object.hasOwn(lens.filter, field.key) ? lens.filter[field.key] : undefined);
  const select = element(
    'select',
    {},
    ...Object.entries(choices).map(([value, text]) => element('option', { value }, text)),
  );
  select.addEventListener('change', () => {
    lens.want(field.key, withLacking(wanted(), select.value as Lacking, any));
    changed();
  });
  const show = () => {
    select.value = lackingIn(wanted());
  };
  show();
  return { element: element('label', { class: 'lacking' }, 'Trials without it ', select), show };
}
