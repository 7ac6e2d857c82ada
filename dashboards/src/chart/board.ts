import { element } from '../element.js';

/** What a canvas of its own kind does. */
export interface BoardOptions {
  /** In CSS pixels, for a width. */
  readonly height: (width: number) => number;
  readonly draw: (ctx: CanvasRenderingContext2D, width: number, height: number) => void;
  /** What is on top of that and changes more often, such as the trial under the pointer: `draw` is not called again for it. */
  readonly drawOver?: (ctx: CanvasRenderingContext2D, width: number, height: number) => void;
  /** The pointer is at a place (CSS pixels of the canvas), or has left. */
  readonly point?: (at: Place | undefined) => void;
  /** `shift`: so that several can be chosen. */
  readonly click?: (at: Place, shift: boolean) => void;
  /** A key while it has the focus; true if it was meant for the chart. */
  readonly key?: (event: KeyboardEvent) => boolean;
  readonly focus?: (on: boolean) => void;
}

/** A place on a canvas, in CSS pixels. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** A canvas that fills the width of its container, sharp on every screen. */
export interface Board {
  readonly canvas: HTMLCanvasElement;
  /** What has the keyboard, the name and the role. */
  readonly box: HTMLElement;
  /** Draws with the next frame. */
  redraw(): void;
  /** Draws with the next frame what is on top. */
  redrawOver(): void;
  /** Of the canvas in the window. */
  rect(): DOMRect;
}

/** Makes a canvas in a container; what the chart needs of the pointer and the keyboard it is told. */
export function board(container: HTMLElement, options: BoardOptions): Board {
  const canvas = element('canvas', { 'aria-hidden': 'true' });
  const role = options.key === undefined ? 'img' : 'application';
  const box = element('div', { class: 'board', role }, canvas);
  container.append(box);
  const base = options.drawOver === undefined ? undefined : document.createElement('canvas');
  let asked = false;
  let stale = true;
  let [width, height] = [0, 0];

  const draw = () => {
    asked = false;
    // While nobody sees it, it stays as it is.
    if (box.clientWidth === 0) return;
    width = box.clientWidth;
    height = Math.round(options.height(width));
    const ratio = devicePixelRatio || 1;
    const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width !== wide || canvas.height !== high) {
      canvas.width = wide;
      canvas.height = high;
      canvas.style.height = `${height}px`;
      stale = true;
    }
    const ctx = canvas.getContext('2d');
    const below = base === undefined ? ctx : base.getContext('2d');
    if (ctx === null || below === null) return;
    if (stale) {
      if (base !== undefined) [base.width, base.height] = [wide, high];
      below.setTransform(ratio, 0, 0, ratio, 0, 0);
      below.clearRect(0, 0, width, height);
      options.draw(below, width, height);
      stale = false;
    }
    if (base === undefined) return;
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.clearRect(0, 0, wide, high);
    ctx.drawImage(base, 0, 0);
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    options.drawOver?.(ctx, width, height);
  };
  const redrawOver = () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(draw);
  };
  const redraw = () => {
    stale = true;
    redrawOver();
  };
  new ResizeObserver(() => {
    if (box.clientWidth === 0) return;
    if (box.clientWidth !== width) redraw();
    // Seen again: what was looked at meanwhile may have changed.
    else redrawOver();
  }).observe(box);

  const placeOf = (event: MouseEvent): Place => {
    const rect = canvas.getBoundingClientRect();
    return { x: event.clientX - rect.left, y: event.clientY - rect.top };
  };
  canvas.addEventListener('pointermove', event => options.point?.(placeOf(event)));
  canvas.addEventListener('pointerleave', () => options.point?.(undefined));
  if (options.click !== undefined)
    canvas.addEventListener('click', event => options.click?.(placeOf(event), event.shiftKey));
  if (options.key !== undefined) {
    box.tabIndex = 0;
    box.addEventListener('keydown', event => {
      if (!event.ctrlKey && !event.metaKey && !event.altKey && options.key?.(event)) event.preventDefault();
    });
    box.addEventListener('focus', () => options.focus?.(box.matches(':focus-visible')));
    box.addEventListener('blur', () => options.focus?.(false));
  }
  return { canvas, box, redraw, redrawOver, rect: () => canvas.getBoundingClientRect() };
}

/** The font of text on canvases. */
export const canvasFont = (size: number, weight = 400): string =>
  `${weight} ${size}px system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif`;

/** Text shortened by an ellipsis to a width, in the font in force. */
export function fitted(ctx: CanvasRenderingContext2D, text: string, width: number): string {
  if (ctx.measureText(text).width <= width) return text;
  let low = 0;
  let high = text.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (ctx.measureText(`${text.slice(0, middle)}…`).width <= width) low = middle;
    else high = middle - 1;
  }
  return low === 0 ? '' : `${text.slice(0, low)}…`;
}
