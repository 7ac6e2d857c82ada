/** Canvases on top of each other that fill an element, the lowest first. */
export interface Surface {
  /** In CSS pixels. */
  readonly width: number;
  readonly height: number;
  /** Canvas pixels of one CSS pixel. */
  readonly ratio: number;
  /** A layer to draw on in CSS pixels, as it is. */
  pen(layer: number): CanvasRenderingContext2D;
  /** The same, emptied. */
  clear(layer: number): CanvasRenderingContext2D;
  /** Lets a layer recede, or be as it is again (1). */
  fade(layer: number, opacity: number): void;
}

/** Canvases that follow the size of their element; `resized` is called after each change of it, with all of them empty. */
export function surface(container: HTMLElement, layers: number, resized: () => void): Surface {
  const canvases = Array.from({ length: layers }, () => {
    const canvas = document.createElement('canvas');
    canvas.className = 'surface';
    canvas.setAttribute('aria-hidden', 'true');
    container.append(canvas);
    return canvas;
  });
  let [width, height, ratio] = [0, 0, 1];
  const measure = () => {
    const next = [container.clientWidth, container.clientHeight, devicePixelRatio || 1] as const;
    if (next[0] === width && next[1] === height && next[2] === ratio) return false;
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
    if (measure()) resized();
  }).observe(container);
  const pen = (layer: number) => {
    const ctx = canvases[layer]?.getContext('2d') as CanvasRenderingContext2D;
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
    pen,
    clear(layer) {
      const ctx = pen(layer);
      ctx.clearRect(0, 0, width, height);
      ctx.globalAlpha = 1;
      return ctx;
    },
    fade(layer, opacity) {
      const canvas = canvases[layer];
      if (canvas !== undefined) canvas.style.opacity = String(opacity);
    },
  };
}
