import type { Range } from './range.js';

/** The narrowest window, as a part of the whole. */
const narrowest = 1 / 2000;

/** A window narrowed (`factor` below 1) or widened around a place; undefined once it is the whole. */
export function zoomed(whole: Range, window: Range | undefined, factor: number, around?: number): Range | undefined {
  const { low, high } = window ?? whole;
  const at = around ?? (low + high) / 2;
  const least = (whole.high - whole.low) * narrowest;
  const share = Math.max(factor, least / (high - low));
  return within(whole, { low: at - (at - low) * share, high: at + (high - at) * share });
}

/** A window moved by a part of itself, as far as the whole goes. */
export function panned(whole: Range, window: Range | undefined, share: number): Range | undefined {
  if (window === undefined) return undefined;
  const span = window.high - window.low;
  const low = Math.min(Math.max(window.low + share * span, whole.low), whole.high - span);
  return within(whole, { low, high: low + span });
}

/** What of a window lies within the whole; undefined where that is all, or nothing. */
export function within(whole: Range, { low, high }: Range): Range | undefined {
  const cut = { low: Math.max(low, whole.low), high: Math.min(high, whole.high) };
  const span = whole.high - whole.low;
  if (!(cut.high - cut.low >= span * narrowest * 0.999)) return undefined;
  return cut.low <= whole.low + 1e-9 * span && cut.high >= whole.high - 1e-9 * span ? undefined : cut;
}

/** A window as it stands in the address: `3.5..12`. */
export function windowText(window: Range | undefined): string | undefined {
  if (window === undefined) return undefined;
  return `${Number(window.low.toPrecision(6))}..${Number(window.high.toPrecision(6))}`;
}

/** The window that the text stands for, if it is one. */
export function parseWindow(text: string | undefined): Range | undefined {
  const [low, high] = (text ?? '').split('..').map(part => (part === '' ? Number.NaN : Number(part)));
  return low !== undefined && high !== undefined && high > low && Number.isFinite(high - low)
    ? { low, high }
    : undefined;
}
