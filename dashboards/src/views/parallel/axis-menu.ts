import { element, setText } from '../../element.js';
import type { Field } from '../../fields.js';

/** The list of what can be an axis. */
export interface AxisMenu {
  show(possible: readonly Field[], axes: readonly string[]): void;
}

/** A menu of boxes, one for each possible axis, and a way back to those one begins with. */
export function axisMenu(tools: HTMLElement, toggle: (key: string) => void, reset: () => void): AxisMenu {
  const summary = element('summary', { class: 'way' }, 'Axes');
  const list = element('fieldset', {});
  const back = element('button', { type: 'button', class: 'link' }, 'As at the beginning');
  back.addEventListener('click', reset);
  const menu = element('details', { class: 'menu' }, summary, element('div', { class: 'menu-body' }, list, back));
  tools.append(menu);
  menu.addEventListener('keydown', event => {
    if (event.key !== 'Escape' || !menu.open) return;
    event.stopPropagation();
    menu.open = false;
    summary.focus();
  });
  document.addEventListener('pointerdown', event => {
    if (!menu.contains(event.target as Node)) menu.open = false;
  });
  let offered = '';
  const boxes = new Map<string, HTMLInputElement>();
  return {
    show(possible, axes) {
      const key = possible.map(one => one.key).join('\n');
      if (key !== offered) {
        offered = key;
        boxes.clear();
        list.replaceChildren(
          element('legend', { class: 'visually-hidden' }, 'Shown axes'),
          ...possible.map(field => {
            const box = element('input', { type: 'checkbox' });
            box.addEventListener('change', () => toggle(field.key));
            boxes.set(field.key, box);
            return element('label', {}, box, ` ${field.title}`);
          }),
        );
      }
      for (const [key, box] of boxes) {
        box.checked = axes.includes(key);
        // Lines need two axes.
        box.disabled = box.checked && axes.length <= 2;
      }
      setText(summary, `Axes ${axes.length} of ${possible.length}`);
    },
  };
}
