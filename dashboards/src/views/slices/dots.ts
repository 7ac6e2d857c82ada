import type { TrialRecord } from '../../../../src/tune/study-state.js';

/** The plotting area of a small scatter plot, in CSS pixels. */
export interface DotBox {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The area of a scatter plot of this size; bands need no margin, as dots do not reach their edges. */
export function dotBox(width: number, height: number, banded: boolean): DotBox {
  const margin = banded ? 0 : 6;
  const left = 46 + margin;
  return { left, top: 8, width: Math.max(1, width - left - 10 - margin), height: Math.max(1, height - 8 - 26) };
}

/** How dots look, by how many there are. */
export interface DotLook {
  /** Changes when they are to be drawn anew. */
  readonly size: number;
  readonly alpha: number;
  readonly radius: number;
}

/** The more dots there are, the smaller and the lighter each. */
export function dotLook(count: number): DotLook {
  const size = 2 ** Math.ceil(Math.log2(Math.max(1, count)));
  return {
    size,
    alpha: Math.min(0.85, 0.14 + 6 / Math.sqrt(size)),
    radius: size > 2000 ? 1.6 : size > 300 ? 2 : 2.8,
  };
}

/** A dot; a small one is a square, which costs a fraction and looks the same. */
export function paintDot(ctx: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  if (radius < 2.1) {
    ctx.fillRect(x - radius * 0.88, y - radius * 0.88, radius * 1.76, radius * 1.76);
    return;
  }
  ctx.beginPath();
  ctx.arc(x, y, radius, 0, 2 * Math.PI);
  ctx.fill();
}

/** Where the dot of a trial is; undefined where it has none. */
export type PlaceOfDot = (trial: TrialRecord) => { readonly x: number; readonly y: number } | undefined;

/** The dots of some trials. */
export function paintDots(
  ctx: CanvasRenderingContext2D,
  trials: readonly TrialRecord[],
  at: PlaceOfDot,
  colorOf: (trial: TrialRecord) => string,
  { alpha, radius }: Omit<DotLook, 'size'>,
): void {
  ctx.globalAlpha = alpha;
  for (const trial of trials) {
    const place = at(trial);
    if (place === undefined) continue;
    ctx.fillStyle = colorOf(trial);
    paintDot(ctx, place.x, place.y, radius);
  }
  ctx.globalAlpha = 1;
}

/** The trial whose dot is nearest to a spot, if one is near; of equal ones the last, which lies on top. */
export function nearestDot(
  trials: Iterable<TrialRecord>,
  at: PlaceOfDot,
  spot: { readonly x: number; readonly y: number },
  reach = 16,
): TrialRecord | undefined {
  let found: TrialRecord | undefined;
  let distance = reach;
  for (const trial of trials) {
    const place = at(trial);
    if (place === undefined) continue;
    const own = Math.hypot(place.x - spot.x, place.y - spot.y);
    if (own > distance) continue;
    [found, distance] = [trial, own];
  }
  return found;
}
