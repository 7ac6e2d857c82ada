import { element, setAttribute, setText } from '../../element.js';
import { type AxesGeometry, dropIndex } from './geometry.js';

/** An axis' name, by which it is taken hold of. */
export interface Handle {
  readonly key: string;
  readonly title: string;
  /** Said after the title: which way is better, that it is brushed. */
  readonly about: string;
  /** A sign for it. */
  readonly mark: string;
}

/** What handles do. */
export interface HandleOptions {
  /** An axis was dragged or sent to another place. */
  readonly move: (key: string, to: number) => void;
  /** An axis was chosen, to be set. */
  readonly choose: (key: string) => void;
  /** For what is said of each of them: how they are used. */
  readonly hint: string;
}

/** The names of the axes above the chart: dragged, or moved by arrow keys, Home and End; a press chooses. */
export interface Handles {
  show(handles: readonly Handle[], geometry: AxesGeometry, chosen: string | undefined): void;
}

/** Handles in the given element. */
export function handles(container: HTMLElement, { move, choose, hint }: HandleOptions): Handles {
  const buttons = new Map<string, HTMLButtonElement>();
  let shown: readonly Handle[] = [];
  let geometry: AxesGeometry | undefined;
  let chosenKey: string | undefined;
  let dragged: { readonly key: string; readonly from: number; far: boolean } | undefined;
  /** Whether the last press of the pointer became a drag: its click is none. */
  let wasDragged = false;
  const placeOf = (key: string) => shown.findIndex(one => one.key === key);

  const make = (key: string) => {
    const button = element('button', { type: 'button', class: 'axis-handle', 'aria-describedby': hint });
    button.append(
      element('span', { class: 'axis-name' }),
      ' ',
      element('span', { class: 'axis-mark', 'aria-hidden': 'true' }),
    );
    button.addEventListener('keydown', event => {
      const to = {
        ArrowLeft: placeOf(key) - 1,
        ArrowRight: placeOf(key) + 1,
        Home: 0,
        End: shown.length - 1,
      }[event.key];
      if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      if (to < 0 || to >= shown.length) return;
      move(key, to);
      // Moving an element takes the keyboard's focus from it.
      button.focus();
    });
    button.addEventListener('pointerdown', event => {
      if (event.button !== 0) return;
      dragged = { key, from: event.clientX, far: false };
      wasDragged = false;
      button.setPointerCapture(event.pointerId);
    });
    button.addEventListener('pointermove', event => {
      if (dragged === undefined || geometry === undefined) return;
      if (Math.abs(event.clientX - dragged.from) > 4) wasDragged = dragged.far = true;
      if (!dragged.far) return;
      const x = event.clientX - container.getBoundingClientRect().left;
      button.toggleAttribute('data-dragged', true);
      const to = dropIndex(x, geometry);
      if (to !== placeOf(key)) move(key, to);
      button.style.left = `${x}px`;
    });
    const drop = () => {
      button.removeAttribute('data-dragged');
      dragged = undefined;
      // Everything goes where it belongs, in the document too.
      if (geometry !== undefined) show(shown, geometry, chosenKey);
    };
    button.addEventListener('pointercancel', drop);
    button.addEventListener('lostpointercapture', drop);
    button.addEventListener('click', event => {
      if (event.detail === 0 || !wasDragged) choose(key);
    });
    return button;
  };

  const show: Handles['show'] = (next, places, chosen) => {
    [shown, geometry, chosenKey] = [next, places, chosen];
    for (const [key, button] of buttons) {
      if (next.some(one => one.key === key)) continue;
      button.remove();
      buttons.delete(key);
    }
    let at: Element | null = container.firstElementChild;
    for (const [i, { key, title, about, mark }] of next.entries()) {
      const button = buttons.get(key) ?? make(key);
      buttons.set(key, button);
      const [name, sign] = button.children as unknown as [HTMLElement, HTMLElement];
      setText(name, title);
      setText(sign, mark);
      setAttribute(button, 'title', title);
      setAttribute(button, 'data-field', key);
      setAttribute(button, 'aria-label', `${[title, mark].join(' ').trim()}, axis ${i + 1} of ${next.length}${about}`);
      setAttribute(button, 'aria-pressed', String(key === chosen));
      button.style.width = `${Math.max(52, Math.min(150, places.spacing - 6))}px`;
      if (dragged?.key !== key) button.style.left = `${places.xs[i]}px`;
      // In the document as on the screen, for the keyboard; but moving the dragged one would take the pointer from it.
      if (at === button) at = at.nextElementSibling;
      else if (dragged?.key !== key) container.insertBefore(button, at);
    }
  };
  return { show };
}
