/** Canvases on top of each other that fill an element, the lowest first. */
export interface Surface {
  /** In CSS pixels; none until it could be measured. */
  readonly width: number;
  readonly height: number;
  /** Canvas pixels of one CSS pixel. */
  readonly ratio: number;
  /** Whether its place is open. */
  readonly seen: boolean;
  /** A layer to draw on in CSS pixels, as it is. */
  pen(layer: number): CanvasRenderingContext2D;
  /** The same, emptied. */
  clear(layer: number): CanvasRenderingContext2D;
  /** Empties a layer, if there is anything on it: one that nobody has drawn on costs nothing. */
  wipe(layer: number): void;
  /** Lets a layer recede, or be as it is again (1). */
  fade(layer: number, opacity: number): void;
}

/** What a picture does when its surface changes. */
export interface SurfaceOptions {
  /** It has another size, and all layers are empty. */
  readonly resized: () => void;
  /** It is seen again as it was; what was looked at meanwhile may have changed. */
  readonly returned?: () => void;
}

/** Canvases that follow the size of their element; while nobody sees it they stay as they are. */
export function surface(container: HTMLElement, layers: number, { resized, returned }: SurfaceOptions): Surface {
  const canvases = Array.from({ length: layers }, () => {
    const canvas = document.createElement('canvas');
    canvas.className = 'surface';
    canvas.setAttribute('aria-hidden', 'true');
    container.append(canvas);
    return canvas;
  });
  const pens: CanvasRenderingContext2D[] = [];
  let [width, height, ratio] = [0, 0, 1];
  let seen = false;
  const measure = () => {
    const next = [container.clientWidth, container.clientHeight, devicePixelRatio || 1] as const;
    seen = next[0] > 0 && next[1] > 0;
    if (!seen || (next[0] === width && next[1] === height && next[2] === ratio)) return false;
    [width, height, ratio] = next;
    for (const canvas of canvases) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    }
    return true;
  };
  measure();
  new ResizeObserver(() => {
    const before = seen;
    if (measure()) resized();
    else if (seen && !before) returned?.();
  }).observe(container);
  const pen = (layer: number) => {
    const ctx = pens[layer] ?? (canvases[layer]?.getContext('2d') as CanvasRenderingContext2D);
    pens[layer] = ctx;
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    ctx.lineJoin = 'round';
    return ctx;
  };
  return {
    get width() {
      return width;
    },
    get height() {
      return height;
    },
    get ratio() {
      return ratio;
    },
    get seen() {
      return seen;
    },
    pen,
    clear(layer) {
      const ctx = pen(layer);
      ctx.clearRect(0, 0, width, height);
      ctx.globalAlpha = 1;
      return ctx;
    },
    wipe(layer) {
      if (pens[layer] !== undefined) pen(layer).clearRect(0, 0, width, height);
    },
    fade(layer, opacity) {
      const canvas = canvases[layer];
      if (canvas !== undefined) canvas.style.opacity = String(opacity);
    },
  };
}
