import type { AxisScale } from '../../chart/axis-scale.js';
import { rangeEditor } from '../../chart/range-editor.js';
import { element, setText } from '../../element.js';
import type { Lens } from '../../lens.js';

/** What the editor of an axis can do to it. */
export interface AxisActions {
  readonly move: (key: string, to: number) => void;
  readonly invert: (key: string) => void;
  readonly hide: (key: string) => void;
}

/** Everything about one axis, with buttons and inputs. */
export interface AxisEditor {
  readonly element: HTMLElement;
  /** `place` of `count` axes; without a scale it says how to choose one. */
  show(axis: { scale: AxisScale; inverted: boolean; place: number; count: number } | undefined): void;
}

/** The editor of the chosen axis. */
export function axisEditor(lens: Lens, { move, invert, hide }: AxisActions): AxisEditor {
  let shown: { readonly key: string; readonly place: number } | undefined;
  const range = rangeEditor(lens);
  const name = element('strong', { class: 'axis-editor-name' });
  const condition = element('span', { class: 'quiet' });
  const button = (text: string, label: string, act: (key: string, place: number) => void) => {
    const made = element('button', { type: 'button', class: 'way', 'aria-label': label, title: label }, text);
    made.addEventListener('click', () => shown !== undefined && act(shown.key, shown.place));
    return made;
  };
  const left = button('←', 'Move the axis to the left', (key, place) => move(key, place - 1));
  const right = button('→', 'Move the axis to the right', (key, place) => move(key, place + 1));
  const turn = button('Invert', 'Invert the axis', invert);
  const away = button('Hide', 'Hide the axis', hide);
  const controls = element(
    'div',
    { class: 'axis-editor-controls' },
    name,
    left,
    right,
    turn,
    away,
    range.element,
    condition,
  );
  const help = element('p', { class: 'quiet' });
  help.append('Drag along an axis to see only trials within a range. Press an axis’ name to set it by keyboard.');
  return {
    element: element('div', { class: 'axis-editor' }, controls, help),
    show(axis) {
      shown = axis && { key: axis.scale.field.key, place: axis.place };
      controls.hidden = axis === undefined;
      help.hidden = axis !== undefined;
      if (axis === undefined) return;
      const { field } = axis.scale;
      setText(name, field.title);
      setText(condition, field.condition === undefined ? '' : `only when ${field.condition}`);
      left.disabled = axis.place === 0;
      right.disabled = axis.place === axis.count - 1;
      away.disabled = axis.count <= 2;
      turn.setAttribute('aria-pressed', String(axis.inverted));
      range.show(axis.scale);
    },
  };
}
