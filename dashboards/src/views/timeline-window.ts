import { moved, type TimeWindow, zoomed } from '../chart/lanes.js';
import type { Link } from '../link.js';

/** The part of the time that is shown, which stands in the address in seconds since the beginning. */
export interface ShownWindow {
  /** The window within the whole, which grows while a study runs. */
  of(whole: TimeWindow): TimeWindow;
  /** Whether all is shown. */
  fits(): boolean;
  zoom(factor: number, share: number, whole: TimeWindow): void;
  move(by: number, whole: TimeWindow): void;
  fit(): void;
  /** Takes over what the address says, as after the browser's way back. */
  read(): void;
}

/** A window that fits until somebody zooms; `changed` after that. */
export function shownWindow(link: Link, id: string, changed: () => void): ShownWindow {
  let shown: { readonly from: number; readonly to: number } | undefined;
  let writing: ReturnType<typeof setTimeout> | undefined;
  const read = () => {
    if (writing !== undefined) return;
    const [from, to] = [Number(link.get(`${id}.from`) ?? Number.NaN), Number(link.get(`${id}.to`) ?? Number.NaN)];
    shown = to > from ? { from: from * 1000, to: to * 1000 } : undefined;
  };
  const set = (next: TimeWindow | undefined) => {
    shown = next;
    // Browsers allow few changes of the address a second.
    clearTimeout(writing);
    writing = setTimeout(() => {
      writing = undefined;
      link.set(`${id}.from`, shown && (shown.from / 1000).toFixed(2));
      link.set(`${id}.to`, shown && (shown.to / 1000).toFixed(2));
    }, 250);
    changed();
  };
  const of = (whole: TimeWindow): TimeWindow =>
    shown === undefined ? whole : moved({ from: whole.from + shown.from, to: whole.from + shown.to }, 0, whole);
  const change = (next: TimeWindow, whole: TimeWindow) => {
    const all = next.from <= whole.from && next.to >= whole.to;
    set(all ? undefined : { from: next.from - whole.from, to: next.to - whole.from });
  };
  read();
  return {
    of,
    read,
    fits: () => shown === undefined,
    zoom: (factor, share, whole) => change(zoomed(of(whole), factor, share, whole), whole),
    move: (by, whole) => change(moved(of(whole), by, whole), whole),
    fit: () => set(undefined),
  };
}
