import type { Pen } from './plot.js';

/** A name that wants to stand beside a point, such as the end of a curve; in pixels of the canvas. */
export interface NameWish {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

/** How far a name may be from its point, in heights of a line; farther off nobody would see what it is the name of. */
const reach = 3.5;

/**
 * Where the middles of names are, so that none is on top of another: each as near to its point as those before it leave room,
 * between `top` and `bottom`; undefined for a name for which there is no room near its point. The first ones come first.
 */
export function nameHeights(
  wishes: readonly NameWish[],
  line: number,
  top: number,
  bottom: number,
): readonly (number | undefined)[] {
  const placed: { readonly x: number; readonly width: number; readonly y: number }[] = [];
  return wishes.map(({ x, y, width }) => {
    const beside = placed.filter(other => x < other.x + other.width && other.x < x + width);
    const free = (at: number) =>
      at >= top &&
      at <= bottom &&
      Math.abs(at - y) <= reach * line &&
      beside.every(other => Math.abs(other.y - at) >= line - 1e-6);
    const inside = Math.max(top, Math.min(bottom, y));
    const found = [inside, ...beside.flatMap(other => [other.y - line, other.y + line])]
      .filter(free)
      .sort((a, b) => Math.abs(a - y) - Math.abs(b - y))[0];
    if (found !== undefined) placed.push({ x, y: found, width });
    return found;
  });
}

const [size, gap, lineHeight] = [11, 7, 13] as const;

/** A name for the end of a curve. */
export interface CurveName {
  readonly text: string;
  /** Of the end, in pixels of the canvas. */
  readonly left: number;
  readonly top: number;
  readonly color: string;
}

/** Draws small names beside the ends of curves, the most important first; one that had to give way has a line to its end, with `leaders`. */
export function drawNames(
  { ctx, ratio, box }: Pen,
  names: readonly CurveName[],
  surface: string,
  leaders = true,
): void {
  ctx.font = `600 ${size * ratio}px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif`;
  ctx.textBaseline = 'middle';
  ctx.textAlign = 'left';
  const wishes = names.map(({ text, left, top }) => ({
    text,
    x: left + gap * ratio,
    y: top,
    width: ctx.measureText(text).width + 2 * ratio,
  }));
  const half = (lineHeight / 2) * ratio;
  const heights = nameHeights(wishes, lineHeight * ratio, box.top + half, box.top + box.height - half);
  for (const [i, { text, left, top, color }] of names.entries()) {
    const at = heights[i];
    if (at === undefined) continue;
    const x = left + gap * ratio;
    if (leaders && Math.abs(at - top) > 3 * ratio) {
      ctx.strokeStyle = color;
      ctx.lineWidth = ratio;
      ctx.beginPath();
      ctx.moveTo(left + 3 * ratio, top);
      ctx.lineTo(x - ratio, at);
      ctx.stroke();
    }
    ctx.strokeStyle = surface;
    ctx.lineWidth = 3 * ratio;
    ctx.strokeText(text, x, at);
    ctx.fillStyle = color;
    ctx.fillText(text, x, at);
  }
}
