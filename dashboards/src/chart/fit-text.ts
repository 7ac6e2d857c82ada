const font = 'system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';

/** The font of what is written on canvases, in CSS pixels. */
export function chartFont(size: number, weight = 400): string {
  return `${weight} ${size}px ${font}`;
}

/** As much of a text as has room, with an ellipsis for the rest. */
export function fitText(ctx: CanvasRenderingContext2D, text: string, room: number): string {
  if (ctx.measureText(text).width <= room) return text;
  let [low, high] = [0, text.length];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (ctx.measureText(`${text.slice(0, middle)}…`).width <= room) low = middle;
    else high = middle - 1;
  }
  return `${text.slice(0, low)}…`;
}

/** Writes a text that can be read on whatever is beneath it. */
export function haloText(ctx: CanvasRenderingContext2D, text: string, x: number, y: number, ground: string): void {
  const ink = ctx.fillStyle;
  ctx.strokeStyle = ground;
  ctx.lineWidth = 3.5;
  ctx.lineJoin = 'round';
  ctx.strokeText(text, x, y);
  ctx.fillStyle = ink;
  ctx.fillText(text, x, y);
}
