import { metric as shortNumber } from '../../../src/cli/number.js';
import { canvasFont } from '../chart/board.js';
import type { AtRung, BracketGroup } from '../chart/rung-groups.js';
import { drawGrid, gridLines } from '../chart/value-grid.js';
import type { Theme } from '../theme.js';

/** A trial's mark at a rung, in CSS pixels. */
export interface RungDot {
  readonly rung: number;
  readonly at: AtRung;
  readonly x: number;
  readonly y: number;
}

/** What the picture of a bracket depends on. */
export interface RungPicture {
  readonly bracket: BracketGroup;
  readonly low: number;
  readonly high: number;
  readonly log: boolean;
  readonly width: number;
  readonly height: number;
}

const left = 58;
const right = 14;
const top = 14;
const bottom = 40;

/** Where the marks of trials are: a column for each rung, in which they lie side by side by their numbers. What is no number has no mark. */
export function rungDots(
  { bracket, low, high, log, width, height }: RungPicture,
  of: 'trials' | 'others',
  seen: (trial: number) => boolean,
): RungDot[] {
  const y = scaleOf(low, high, log, height);
  const column = (width - left - right) / Math.max(1, bracket.rungs.length);
  return bracket.rungs.flatMap((group, rung) =>
    (group[of] ?? []).flatMap((at): RungDot[] => {
      if (!Number.isFinite(at.value) || (log && at.value <= 0) || !seen(at.trial)) return [];
      // The golden ratio spreads any run of numbers evenly.
      const aside = ((at.trial * 0.6180339887) % 1) - 0.5;
      const x = left + (rung + 0.5 + 0.56 * aside) * column;
      return [{ rung, at, x, y: Math.max(top, Math.min(height - bottom, y(at.value))) }];
    }),
  );
}

function scaleOf(low: number, high: number, log: boolean, height: number): (value: number) => number {
  const scale = log ? Math.log10 : (value: number) => value;
  const [a, b] = [scale(low), scale(high)];
  return value => height - bottom - ((scale(value) - a) / (b - a)) * (height - top - bottom);
}

/** Colours of a picture of rungs. */
export interface RungColors {
  readonly theme: Theme;
  colorOf(trial: number): string;
}

/** Draws the rungs: axis, kept trials joined to their next rung, fallen ones as crosses, the cut of each; `others` pale beneath them. */
export function drawRungs(
  ctx: CanvasRenderingContext2D,
  picture: RungPicture,
  dots: readonly RungDot[],
  others: readonly RungDot[],
  { theme, colorOf }: RungColors,
): void {
  const { bracket, low, high, log, width, height } = picture;
  const y = scaleOf(low, high, log, height);
  const column = (width - left - right) / Math.max(1, bracket.rungs.length);
  ctx.font = canvasFont(12);
  const lines = gridLines(picture, Math.max(3, height / 60), y);
  drawGrid(ctx, lines, { left, right: width - right, gap: 8 }, theme);
  drawMarks(ctx, others, () => theme.pale, theme.pale);
  drawMarks(ctx, dots, colorOf, theme.muted);
  for (const [i, { epoch, kept, fell, cut }] of bracket.rungs.entries()) {
    const x = left + i * column;
    ctx.textAlign = 'center';
    ctx.textBaseline = 'top';
    ctx.font = canvasFont(12, 600);
    ctx.fillStyle = theme.ink;
    ctx.fillText(`Epoch ${epoch}`, x + column / 2, height - bottom + 8);
    ctx.font = canvasFont(11.5);
    ctx.fillStyle = theme.muted;
    ctx.fillText(
      column < 96 ? `${kept} / ${fell}` : `${kept} kept, ${fell} fell`,
      x + column / 2,
      height - bottom + 23,
    );
    if (cut === undefined || cut < low || cut > high) continue;
    const at = Math.round(y(cut)) + 0.5;
    ctx.strokeStyle = theme.ink;
    ctx.lineWidth = 1.5;
    ctx.setLineDash([5, 3]);
    ctx.beginPath();
    ctx.moveTo(x + 0.14 * column, at);
    ctx.lineTo(x + 0.86 * column, at);
    ctx.stroke();
    ctx.setLineDash([]);
    const text = shortNumber(cut);
    ctx.textAlign = 'left';
    ctx.textBaseline = 'bottom';
    ctx.font = canvasFont(11.5, 600);
    ctx.strokeStyle = theme.surface;
    ctx.lineWidth = 3;
    ctx.strokeText(text, x + 0.14 * column, at - 2);
    ctx.fillStyle = theme.ink;
    ctx.fillText(text, x + 0.14 * column, at - 2);
  }
}

/** Draws some trials on top, with what fallen ones were compared with; `lit` says 1, or 2 for the one that is looked at. */
export function drawLitRungs(
  ctx: CanvasRenderingContext2D,
  picture: RungPicture,
  dots: readonly RungDot[],
  { theme, colorOf }: RungColors,
  lit: (trial: number) => number,
): void {
  const { low, high, log, height } = picture;
  const y = scaleOf(low, high, log, height);
  const bright = dots.filter(({ at }) => lit(at.trial) > 0);
  drawLinks(ctx, bright, () => theme.ink, 1);
  for (const dot of bright) {
    drawMargin(ctx, dot, value => Math.max(top, Math.min(height - bottom, y(value))), theme.ink);
    drawDots(ctx, [dot], dot.at.fell ? theme.muted : colorOf(dot.at.trial), 4.5);
    if (lit(dot.at.trial) < 2) continue;
    ctx.strokeStyle = theme.ink;
    ctx.lineWidth = 1.5;
    ctx.beginPath();
    ctx.arc(dot.x, dot.y, 8, 0, 2 * Math.PI);
    ctx.stroke();
  }
}

function drawMarks(
  ctx: CanvasRenderingContext2D,
  dots: readonly RungDot[],
  colorOf: (trial: number) => string,
  fallen: string,
): void {
  const trials = dots.reduce((sum, { rung }) => sum + Number(rung === 0), 0);
  const crowd = Math.min(1, Math.sqrt(60 / Math.max(1, trials)));
  drawLinks(ctx, dots, colorOf, Math.max(0.05, 0.7 * crowd ** 1.6));
  const size = 2.2 + 1.6 * crowd;
  ctx.globalAlpha = 0.45 + 0.55 * crowd;
  // Thousands of them: one path for many of a colour.
  for (const [color, of] of byColor(dots, ({ at }) => (at.fell ? fallen : colorOf(at.trial)))) {
    for (let from = 0; from < of.length; from += 64) drawDots(ctx, of.slice(from, from + 64), color, size);
  }
  ctx.globalAlpha = 1;
}

function byColor(dots: readonly RungDot[], colorOf: (dot: RungDot) => string): Map<string, RungDot[]> {
  const groups = new Map<string, RungDot[]>();
  for (const dot of dots) {
    const color = colorOf(dot);
    const group = groups.get(color);
    if (group === undefined) groups.set(color, [dot]);
    else group.push(dot);
  }
  return groups;
}

function drawLinks(
  ctx: CanvasRenderingContext2D,
  dots: readonly RungDot[],
  colorOf: (trial: number) => string,
  alpha: number,
): void {
  const last = new Map<number, RungDot>();
  ctx.lineWidth = 1.25;
  ctx.globalAlpha = alpha;
  let color = '';
  let inPath = 0;
  for (const dot of dots) {
    const before = last.get(dot.at.trial);
    last.set(dot.at.trial, dot);
    if (before === undefined || before.rung !== dot.rung - 1) continue;
    // Both are beyond the scale.
    if (before.y === top && dot.y === top) continue;
    const own = colorOf(dot.at.trial);
    // A few at a time: one by one they are slow, and all at once would not darken where they cross.
    if (own !== color || inPath === 16) {
      if (inPath > 0) ctx.stroke();
      ctx.beginPath();
      inPath = 0;
      color = own;
      ctx.strokeStyle = own;
    }
    inPath++;
    const half = (before.x + dot.x) / 2;
    ctx.moveTo(before.x, before.y);
    ctx.bezierCurveTo(half, before.y, half, dot.y, dot.x, dot.y);
  }
  if (inPath > 0) ctx.stroke();
  ctx.globalAlpha = 1;
}

function drawDots(ctx: CanvasRenderingContext2D, dots: readonly RungDot[], color: string, r: number): void {
  ctx.strokeStyle = color;
  ctx.fillStyle = color;
  ctx.lineWidth = Math.max(1.2, r / 2.4);
  ctx.beginPath();
  for (const { at, x, y } of dots) {
    if (!at.fell) continue;
    ctx.moveTo(x - r, y - r);
    ctx.lineTo(x + r, y + r);
    ctx.moveTo(x - r, y + r);
    ctx.lineTo(x + r, y - r);
  }
  ctx.stroke();
  ctx.beginPath();
  for (const { at, x, y } of dots) {
    if (at.fell) continue;
    ctx.moveTo(x + r, y);
    ctx.arc(x, y, r, 0, 2 * Math.PI);
  }
  ctx.fill();
}

/** From a fallen trial to what it was compared with. */
function drawMargin(
  ctx: CanvasRenderingContext2D,
  { at, x, y }: RungDot,
  scale: (value: number) => number,
  color: string,
): void {
  if (at.threshold === undefined) return;
  const end = scale(at.threshold);
  if (!Number.isFinite(end)) return;
  ctx.strokeStyle = color;
  ctx.lineWidth = 1.5;
  ctx.beginPath();
  ctx.moveTo(x, y);
  ctx.lineTo(x, end);
  ctx.moveTo(x - 5, end);
  ctx.lineTo(x + 5, end);
  ctx.stroke();
}
