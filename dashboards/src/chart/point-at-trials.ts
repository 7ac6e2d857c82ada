import type { TrialRecord } from '../../../src/tune/study-state.js';
import type { Lens } from '../lens.js';
import type { Tooltip } from '../tooltip.js';

/** What the pointer finds in a picture of trials. */
export interface Pointing {
  readonly lens: Lens;
  readonly tooltip: Tooltip;
  /** The trial at a spot, in pixels of the area, if one is near. */
  readonly find: (spot: { readonly x: number; readonly y: number }) => TrialRecord | undefined;
  /** What the picture shows of it, in words. */
  readonly describe: (trial: TrialRecord) => string;
}

/** The pointer over an area hovers and names the trial beneath it; a click pins it, with Shift it is selected, or no longer. */
export function pointAtTrials(area: HTMLElement, { lens, tooltip, find, describe }: Pointing): void {
  let pointed: TrialRecord | undefined;
  area.addEventListener('pointermove', event => {
    const edge = area.getBoundingClientRect();
    pointed = find({ x: event.clientX - edge.left, y: event.clientY - edge.top });
    lens.hover(pointed?.number);
    if (pointed === undefined) tooltip.hide();
    else tooltip.show(pointed, describe(pointed), { x: event.clientX, y: event.clientY });
  });
  area.addEventListener('pointerleave', () => {
    pointed = undefined;
    lens.hover(undefined);
    tooltip.hide();
  });
  area.addEventListener('click', event => {
    if (pointed === undefined) return;
    if (event.shiftKey) lens.toggle(pointed.number);
    else lens.pin(pointed.number);
  });
}
