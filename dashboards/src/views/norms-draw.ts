import type { HealthFinding, LayerNorms } from '../../../src/train/report.js';
import type { PlainReport } from '../../../src/tune/events.js';
import { canvasFont, fitted } from '../chart/board.js';
import { cssOf, normColor, type Rgb, worstNorm } from '../chart/norm-scale.js';
import { linearTicks } from '../chart/ticks.js';
import type { Theme } from '../theme.js';

/** The norms of a trial's layers by epoch. */
export interface NormStrip {
  readonly of: 'gradient' | 'activation';
  /** From the last layer to the first, as gradients go. */
  readonly layers: readonly string[];
  readonly epochs: readonly number[];
  /** By row and column; undefined where nothing was looked at. */
  readonly norms: readonly (readonly (number | null | undefined)[])[];
  /** Where something was found. */
  readonly findings: readonly { readonly row: number; readonly column: number; readonly finding: HealthFinding }[];
}

/** The strip of one kind, or undefined if no report has norms. */
export function normStrip(reports: readonly PlainReport[], of: NormStrip['of']): NormStrip | undefined {
  const names = new Set<string>();
  for (const { norms } of reports) for (const name of norms?.layers ?? []) names.add(name);
  if (names.size === 0) return undefined;
  const layers = [...names].reverse();
  const values = ({ gradients, activations }: LayerNorms) => (of === 'gradient' ? gradients : activations);
  const norms = layers.map(name =>
    reports.map(({ norms: at }) => {
      const index = at?.layers.indexOf(name) ?? -1;
      return at === undefined || index < 0 ? undefined : (values(at)[index] ?? null);
    }),
  );
  const findings = reports.flatMap(({ health = [] }, column) =>
    health
      .filter(finding => finding.of === of)
      .map(finding => ({ row: layers.indexOf(finding.layerName), column, finding }))
      .filter(({ row }) => row >= 0),
  );
  return { of, layers, epochs: reports.map(({ epoch }) => epoch), norms, findings };
}

/** Colours of norms. */
export interface NormColors {
  readonly cold: Rgb;
  readonly calm: Rgb;
  readonly hot: Rgb;
}

const bottom = 22;

/** How wide the names of the layers are. */
export const nameWidth = (width: number): number => (width < 420 ? 74 : 104);

/** How high a row is. */
export const rowHeight = (rows: number): number => Math.max(8, Math.min(26, Math.floor(280 / Math.max(1, rows))));

/** The height of a strip. */
export const stripHeight = (rows: number): number => rows * rowHeight(rows) + bottom;

/** The row and column of a place; undefined outside. */
export function cellAt(
  { layers, epochs }: NormStrip,
  { x, y }: { readonly x: number; readonly y: number },
  width: number,
): { readonly row: number; readonly column: number } | undefined {
  const left = nameWidth(width);
  const row = Math.floor(y / rowHeight(layers.length));
  const column = Math.floor(((x - left) / (width - left)) * epochs.length);
  return row < 0 || row >= layers.length || column < 0 || column >= epochs.length ? undefined : { row, column };
}

/** Draws a strip: a cell for each layer and epoch, findings ringed, the epoch that is looked at framed. */
export function drawStrip(
  ctx: CanvasRenderingContext2D,
  { layers, epochs, norms, findings }: NormStrip,
  width: number,
  {
    colors,
    theme,
    shown,
    cell,
  }: {
    readonly colors: NormColors;
    readonly theme: Theme;
    readonly shown: number | undefined;
    readonly cell: { readonly row: number; readonly column: number } | undefined;
  },
): void {
  const left = nameWidth(width);
  const high = rowHeight(layers.length);
  const wide = (width - left) / epochs.length;
  const gap = high > 12 ? 1 : 0;
  const columns = Math.min(epochs.length, Math.floor(width - left));
  const each = (width - left) / columns;
  ctx.font = canvasFont(Math.min(12, Math.max(8, high - 2)));
  ctx.textBaseline = 'middle';
  for (const [row, name] of layers.entries()) {
    const top = row * high;
    ctx.fillStyle = theme.muted;
    ctx.textAlign = 'left';
    ctx.fillText(fitted(ctx, name, left - 10), 0, top + high / 2);
    const values = norms[row] ?? [];
    for (let column = 0; column < columns; column++) {
      const from = Math.floor((column * epochs.length) / columns);
      const to = Math.max(from + 1, Math.floor(((column + 1) * epochs.length) / columns));
      const norm = to === from + 1 ? values[from] : worstNorm(values.slice(from, to));
      if (norm === undefined) continue;
      const color = normColor(norm, colors);
      ctx.fillStyle = color === undefined ? theme.ink : cssOf(color);
      ctx.fillRect(left + column * each, top, each - (each > 5 ? 1 : -0.3), high - gap);
    }
  }
  for (const { row, column } of findings) {
    const r = Math.max(2, Math.min(5, high / 3, Math.max(2.5, wide / 3)));
    ctx.beginPath();
    ctx.arc(left + (column + 0.5) * wide, (row + 0.5) * high - gap / 2, r, 0, 2 * Math.PI);
    ctx.fillStyle = theme.surface;
    ctx.fill();
    ctx.lineWidth = 1.5;
    ctx.strokeStyle = theme.ink;
    ctx.stroke();
  }
  const at = shown === undefined ? -1 : epochs.indexOf(shown);
  ctx.strokeStyle = theme.ink;
  if (at >= 0) {
    ctx.lineWidth = 1;
    ctx.strokeRect(left + at * wide - 0.5, 0.5, Math.max(2, wide), layers.length * high - 1);
  }
  if (cell !== undefined) {
    ctx.lineWidth = 2;
    ctx.strokeRect(left + cell.column * wide - 0.5, cell.row * high - 0.5, Math.max(3, wide), high);
  }
  ctx.font = canvasFont(11.5);
  ctx.fillStyle = theme.muted;
  ctx.textBaseline = 'top';
  ctx.textAlign = 'left';
  ctx.fillText('Epoch', 0, layers.length * high + 5);
  const [first = 1, last = 1] = [epochs[0], epochs.at(-1)];
  for (const tick of linearTicks(first, last, (width - left) / 70)) {
    const index = epochs.indexOf(tick);
    if (index < 0) continue;
    ctx.textAlign = index === 0 && wide < 12 ? 'left' : 'center';
    const half = ctx.textAlign === 'left' ? 0 : ctx.measureText(String(tick)).width / 2;
    ctx.fillText(String(tick), Math.min(left + (index + 0.5) * wide, width - half), layers.length * high + 5);
  }
}
