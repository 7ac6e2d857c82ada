import { notThere } from '../../chart/places.js';

/** Where the axes of a chart of parallel coordinates are, in CSS pixels. */
export interface AxesGeometry {
  /** Of each axis, from the left. */
  readonly xs: readonly number[];
  /** Between two axes. */
  readonly spacing: number;
  /** The upper and the lower end of every axis. */
  readonly top: number;
  readonly bottom: number;
  /** Where trials pass that do not have what the axis shows. */
  readonly rail: number;
}

/** Axes are no closer to each other; a narrow page scrolls them. */
export const leastSpacing = 58;
const side = 48;
const top = 14;
const railRoom = 34;

/** The width that so many axes need at least. */
export function leastWidth(axes: number): number {
  return 2 * side + leastSpacing * (axes - 1);
}

/** The places of so many axes, evenly over the width; `rails` if some trials do not have everything. */
export function axesGeometry(axes: number, width: number, height: number, rails: boolean): AxesGeometry {
  const spacing = axes > 1 ? (width - 2 * side) / (axes - 1) : 0;
  const bottom = height - 12 - (rails ? railRoom : 0);
  return {
    xs: Array.from({ length: axes }, (_, i) => (axes > 1 ? side + i * spacing : width / 2)),
    spacing,
    top,
    bottom,
    rail: height - 16,
  };
}

/** How high a place on an axis is; NaN for what is not known. */
export function heightOf(share: number, inverted: boolean, { top, bottom, rail }: AxesGeometry): number {
  if (share === notThere) return rail;
  return inverted ? top + share * (bottom - top) : bottom - share * (bottom - top);
}

/** The share at a height, beyond the ends at the end. */
export function shareAt(y: number, inverted: boolean, { top, bottom }: AxesGeometry): number {
  const share = Math.min(1, Math.max(0, (bottom - y) / (bottom - top)));
  return inverted ? 1 - share : share;
}

/** The number of the axis at whose right the segment at `x` begins. */
export function segmentAt(x: number, { xs, spacing }: AxesGeometry): number {
  return Math.min(xs.length - 2, Math.max(0, Math.floor((x - (xs[0] ?? 0)) / spacing)));
}

/** The distance of a point from a segment between the heights `from` and `to`, measured across it; infinite where there is none. */
export function distanceFrom(
  from: number,
  to: number,
  segment: number,
  { xs, spacing }: AxesGeometry,
  at: { readonly x: number; readonly y: number },
): number {
  const share = Math.min(1, Math.max(0, (at.x - (xs[segment] as number)) / spacing));
  const distance = Math.abs(from + share * (to - from) - at.y) * (spacing / Math.hypot(spacing, to - from));
  return Number.isNaN(distance) ? Number.POSITIVE_INFINITY : distance;
}

/** The place among the axes for one that is dragged to `x`. */
export function dropIndex(x: number, { xs, spacing }: AxesGeometry): number {
  const first = xs[0] ?? 0;
  return Math.min(xs.length - 1, Math.max(0, spacing > 0 ? Math.round((x - first) / spacing) : 0));
}
