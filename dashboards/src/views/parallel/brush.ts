import type { AxesGeometry } from './geometry.js';
import { shareAt } from './geometry.js';

/** What can be brushed. */
export interface BrushOptions {
  readonly geometry: () => AxesGeometry;
  readonly inverted: (axis: number) => boolean;
  /** The part of an axis that is brushed already, if it is one. */
  readonly part: (axis: number) => readonly [number, number] | undefined;
  /** The part while it is drawn; undefined once it is over. */
  readonly preview: (axis: number, part: readonly [number, number] | undefined) => void;
  /** A part was brushed; undefined: the axis was pressed beside its part, which lets go of it. */
  readonly done: (axis: number, part: readonly [number, number] | undefined) => void;
  /** The place beneath an axis was pressed, where trials pass that do not have it; false if there is none. */
  readonly rail: (axis: number) => boolean;
}

/** Pixels from an axis that count as on it. */
export const axisReach = 11;
const edgeReach = 6;

/** Whether `y` is beneath the axes, where trials pass that do not have what an axis stands for. */
export const isBeneath = (y: number, { bottom }: AxesGeometry): boolean => y > bottom + edgeReach;

/** The axis at `x`, if one is near enough. */
export function axisAt(x: number, { xs }: AxesGeometry): number | undefined {
  const axis = xs.findIndex(one => Math.abs(one - x) <= axisReach);
  return axis < 0 ? undefined : axis;
}

/**
 * The part after the pointer went from share `from` to share `to`: taken hold of near an end of the former part it moves that end,
 * within it the whole part, else it begins another. `near` is how much of the axis counts as near.
 */
export function partAfter(
  part: readonly [number, number] | undefined,
  from: number,
  to: number,
  near: number,
): readonly [number, number] {
  if (part !== undefined) {
    const [low, high] = part;
    if (Math.abs(from - low) <= near) return ordered(to, high);
    if (Math.abs(from - high) <= near) return ordered(low, to);
    if (from > low && from < high) {
      const shift = Math.min(1 - high, Math.max(-low, to - from));
      return [low + shift, high + shift];
    }
  }
  return ordered(from, to);
}

/** Lets the pointer brush parts of axes; returns whether it is doing so. */
export function brush(
  area: HTMLElement,
  { geometry, inverted, part, preview, done, rail }: BrushOptions,
): () => boolean {
  let held: { readonly axis: number; readonly y: number; readonly part?: readonly [number, number] } | undefined;
  let drawn: readonly [number, number] | undefined;
  const height = (event: PointerEvent) => event.clientY - area.getBoundingClientRect().top;
  area.addEventListener('pointerdown', event => {
    const axis = axisAt(event.clientX - area.getBoundingClientRect().left, geometry());
    if (axis === undefined || event.button !== 0) return;
    const former = part(axis);
    held = { axis, y: height(event), ...(former !== undefined && { part: former }) };
    drawn = undefined;
    area.setPointerCapture(event.pointerId);
  });
  area.addEventListener('pointermove', event => {
    if (held === undefined || (drawn === undefined && Math.abs(height(event) - held.y) < 4)) return;
    const { top, bottom } = geometry();
    const turned = inverted(held.axis);
    const [from, to] = [held.y, height(event)].map(y => shareAt(y, turned, geometry())) as [number, number];
    drawn = partAfter(held.part, from, to, edgeReach / (bottom - top));
    preview(held.axis, drawn);
  });
  area.addEventListener('pointerup', () => {
    if (held === undefined) return;
    const { axis, part: former, y } = held;
    held = undefined;
    preview(axis, undefined);
    if (drawn === undefined && isBeneath(y, geometry()) && rail(axis)) return;
    if (drawn !== undefined || former !== undefined) done(axis, drawn);
  });
  area.addEventListener('pointercancel', () => {
    if (held !== undefined) preview(held.axis, undefined);
    held = undefined;
  });
  return () => held !== undefined;
}

function ordered(a: number, b: number): readonly [number, number] {
  return a < b ? [a, b] : [b, a];
}
