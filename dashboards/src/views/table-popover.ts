import { element } from '../element.js';

/** Something small that opens at a button and closes with Escape, or when something else is pressed. */
export interface Popover {
  /** Opens with this content beneath an element, and puts the focus into it; `closed` once, when it is closed. */
  open(anchor: Element, content: readonly Node[], label: string, closed?: () => void): void;
  close(): void;
  readonly anchor: Element | undefined;
}

/** The one popover of the page: opening another closes it. */
export const popover: Popover = makePopover();

function makePopover(): Popover {
  let box: HTMLElement | undefined;
  let anchor: Element | undefined;
  let whenClosed: (() => void) | undefined;

  const made = (): HTMLElement => {
    if (box !== undefined) return box;
    const fresh = element('div', { class: 'popover', popover: 'auto', role: 'dialog' });
    document.body.append(fresh);
    fresh.addEventListener('toggle', event => {
      if ((event as ToggleEvent).newState === 'open') return;
      const from = anchor;
      anchor = undefined;
      from?.removeAttribute('aria-expanded');
      // The focus was in here, or nowhere: it goes back to where it came from.
      const lost = document.activeElement === document.body || fresh.contains(document.activeElement);
      if (lost && from instanceof HTMLElement && from.isConnected) from.focus({ preventScroll: true });
      whenClosed?.();
      whenClosed = undefined;
    });
    // Escape closes it and means nothing else.
    fresh.addEventListener('keydown', event => {
      if (event.key === 'Escape') event.stopPropagation();
      if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
      const items = [...fresh.querySelectorAll<HTMLElement>('.menu-item:enabled')];
      if (items.length === 0 || !items.includes(event.target as HTMLElement)) return;
      event.preventDefault();
      const at = items.indexOf(event.target as HTMLElement) + (event.key === 'ArrowDown' ? 1 : -1);
      items[(at + items.length) % items.length]?.focus();
    });
    addEventListener('resize', () => fresh.hidePopover());
    box = fresh;
    return fresh;
  };

  return {
    get anchor() {
      return anchor;
    },
    open(at, content, label, closed) {
      const it = made();
      it.hidePopover();
      it.setAttribute('aria-label', label);
      it.replaceChildren(...content);
      it.showPopover();
      anchor = at;
      whenClosed = closed;
      at.setAttribute('aria-expanded', 'true');
      const { left, right, bottom, top } = at.getBoundingClientRect();
      const { offsetWidth: width, offsetHeight: height } = it;
      const x = left + width > innerWidth - 8 ? right - width : left;
      const fits = bottom + 4 + height <= innerHeight - 8;
      const above = top - 4 - height;
      // Where it fits neither beneath nor above, it covers the button rather than leave the window.
      const y = fits ? bottom + 4 : above >= 8 ? above : innerHeight - height - 8;
      it.style.left = `${Math.max(8, Math.min(x, innerWidth - width - 8))}px`;
      it.style.top = `${Math.max(8, y)}px`;
      const first = it.querySelector<HTMLElement>('input, select, button, a, textarea');
      first?.focus({ preventScroll: true });
    },
    close() {
      if (anchor !== undefined) box?.hidePopover();
    },
  };
}

/** A list of things to do, for a popover; beneath it stands why some cannot be done now. */
export function menu(
  items: readonly { readonly label: string; readonly disabled?: string | undefined; do(): void }[],
): HTMLElement {
  return element(
    'div',
    { class: 'menu' },
    ...items.map(item => {
      const disabled = item.disabled !== undefined;
      const button = element('button', { type: 'button', class: 'menu-item', disabled }, item.label);
      button.addEventListener('click', () => {
        popover.close();
        item.do();
      });
      return button;
    }),
    ...[...new Set(items.flatMap(({ disabled = [] }) => disabled))].map(why =>
      element('p', { class: 'quiet menu-why' }, why),
    ),
  );
}
