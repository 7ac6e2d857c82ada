import type { Zoom } from './plot.js';
import { panned, zoomed } from './zoom.js';

/** How much one press of a key, or one notch of a wheel, narrows the window. */
const step = 0.8;

/**
 * Zooms a chart's horizontal axis by the wheel with Ctrl or ⌘ (which is what a trackpad's pinch is), by two fingers, by a double
 * click, and by + − ← → 0 while it has the focus. Without Ctrl the wheel scrolls the page, as everywhere.
 */
export function zoomGestures(
  container: HTMLElement,
  over: HTMLElement,
  { whole, get, set }: Zoom,
  valueAt: (left: number) => number,
): void {
  const leftOf = ({ clientX }: { readonly clientX: number }) => clientX - over.getBoundingClientRect().left;
  over.addEventListener(
    'wheel',
    event => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const size = event.deltaMode === 0 ? event.deltaY / 100 : event.deltaY / 3;
      set(zoomed(whole(), get(), step ** -Math.max(-2, Math.min(2, size)), valueAt(leftOf(event))));
    },
    { passive: false },
  );
  over.addEventListener('dblclick', () => set(undefined));

  const fingers = new Map<number, PointerEvent>();
  over.addEventListener('pointerdown', event => event.pointerType === 'touch' && fingers.set(event.pointerId, event));
  for (const end of ['pointerup', 'pointercancel', 'pointerleave'] as const) {
    over.addEventListener(end, event => fingers.delete(event.pointerId));
  }
  over.addEventListener('pointermove', event => {
    const before = fingers.get(event.pointerId);
    if (before === undefined) return;
    const other = [...fingers.values()].find(({ pointerId }) => pointerId !== event.pointerId);
    fingers.set(event.pointerId, event);
    if (other === undefined) return;
    const fixed = leftOf(other);
    const [was, is] = [Math.abs(leftOf(before) - fixed), Math.abs(leftOf(event) - fixed)];
    if (was > 8 && is > 8) set(zoomed(whole(), get(), was / is, valueAt(fixed)));
  });

  container.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { key } = event;
    if (key === '+' || key === '=') set(zoomed(whole(), get(), step));
    else if (key === '-' || key === '_') set(zoomed(whole(), get(), 1 / step));
    else if (key === '0') set(undefined);
    else if ((key === 'ArrowLeft' || key === 'ArrowRight') && get() !== undefined) {
      set(panned(whole(), get(), key === 'ArrowLeft' ? -0.2 : 0.2) ?? get());
    } else return;
    event.preventDefault();
  });
}
