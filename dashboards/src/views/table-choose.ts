import { element } from '../element.js';
import type { Field } from '../fields.js';

/** The choice of columns: a checkbox for each field, by what it is. */
export function columnsMenu(
  fields: readonly Field[],
  chosen: () => readonly string[],
  change: (keys: readonly string[] | undefined) => void,
): HTMLElement {
  const boxes = new Map<string, HTMLInputElement>();
  const group = (title: string, keys: readonly Field[]) => {
    if (keys.length === 0) return [];
    const rows = keys.map(field => {
      const box = element('input', {
        type: 'checkbox',
        checked: chosen().includes(field.key),
        disabled: field.key === 'number',
      });
      box.addEventListener('change', () => {
        const keep = fields.map(({ key }) => key).filter(key => boxes.get(key)?.checked);
        change(keep);
      });
      boxes.set(field.key, box);
      return element('label', {}, box, element('span', {}, field.title));
    });
    return [
      element('p', { class: 'popover-title' }, title),
      element('div', { class: 'checks', role: 'group', 'aria-label': title }, ...rows),
    ];
  };
  const of = (kind: string) => fields.filter(({ key }) => key.startsWith(`${kind} `));
  const usual = element('button', { type: 'button', class: 'plain-button' }, 'The usual ones');
  usual.addEventListener('click', () => {
    change(undefined);
    for (const [key, box] of boxes) box.checked = chosen().includes(key);
  });
  return element(
    'div',
    { class: 'filter-editor columns-editor' },
    ...group(
      'Of every trial',
      fields.filter(({ key }) => !key.includes(' ')),
    ),
    ...group('Metrics at the best epoch', of('metric')),
    ...group('Hyperparameters', of('hparam')),
    element('div', { class: 'popover-foot' }, usual),
  );
}
