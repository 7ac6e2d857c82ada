import uPlot from 'uplot';
import { element, setText } from '../element.js';
import type { Theme } from '../theme.js';
import { zoomGestures } from './gestures.js';
import type { Range } from './range.js';
import { durationLabels, durationTicks, linearTicks, logTicks, tickLabels } from './ticks.js';
import { within } from './zoom.js';

/** Where values are on the canvas, in its pixels. */
export interface Pen {
  readonly ctx: CanvasRenderingContext2D;
  x(value: number): number;
  y(value: number): number;
  /** The ways back. */
  fromX(pixel: number): number;
  fromY(pixel: number): number;
  /** Changes with the scales. */
  readonly key: string;
  /** Which scales they are: pictures of the same kind differ only in place and size. */
  readonly kind: 'linear' | 'log';
  /** Canvas pixels of one CSS pixel. */
  readonly ratio: number;
  /** The plotting area. */
  readonly box: { readonly left: number; readonly top: number; readonly width: number; readonly height: number };
}

/** What a chart shows; `draw` once per change of the data, `drawOver` whenever the focus moves. */
export interface PlotOptions {
  readonly xLabel: string | (() => string);
  /** Where the horizontal axis has marks: at whole numbers, at any, or at durations, in seconds; whole numbers. */
  readonly xTicks?: (() => 'whole' | 'any' | 'duration') | undefined;
  readonly theme: () => Theme;
  readonly draw: (pen: Pen) => void;
  /** Draws names at the ends of curves, which have some room to the right of the plotting area. */
  readonly drawNames?: ((pen: Pen) => void) | undefined;
  /** Whether all of that recedes before what is drawn over it. */
  readonly recedes?: (() => boolean) | undefined;
  readonly drawOver: (pen: Pen) => void;
  readonly drawNamesOver?: ((pen: Pen) => void) | undefined;
  /** The pointer is over the chart (or has left it); `pen` measures in CSS pixels of the plotting area. */
  readonly point: (at: { readonly left: number; readonly top: number } | undefined, pen: Pen) => void;
  readonly click: (event: MouseEvent) => void;
  /** A part of the horizontal axis can be chosen: by dragging, with the wheel or two fingers, and by keys. */
  readonly zoom?: Zoom | undefined;
}

/** The part of the horizontal axis that is shown. */
export interface Zoom {
  whole(): Range;
  /** Undefined for the whole. */
  get(): Range | undefined;
  set(window: Range | undefined): void;
}

/** A chart: uPlot for axes, grid, pointer and pixels; the curves are drawn by the view, thousands of them in one go. */
export interface Plot {
  show(x: Range, y: Range & { readonly log: boolean }): void;
  /** Draws again, with the scales as they are. */
  redraw(): void;
  redrawOver(): void;
  /** Says in words why there is nothing, in place of axes without meaning; undefined: there is something. */
  showEmpty(words: string | undefined): void;
  /** What `point` measures with. */
  point(use: (pen: Pen) => void): void;
}

/** CSS pixels to the right of the plotting area, for the name of a trial: `#12345`. */
const nameRoom = 54;

const font = '12px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';

/** A chart that fills its container. */
export function plot(container: HTMLElement, options: PlotOptions): Plot {
  const { xLabel, xTicks = () => 'whole', theme, draw, drawNames, point, click, zoom } = options;
  const { recedes, drawOver, drawNamesOver } = options;
  /** While nobody sees it, it stays as it is. */
  let seen = true;
  let missed = false;
  let xRange: Range = { low: 0, high: 1 };
  let yRange: Range & { log: boolean } = { low: 0, high: 1, log: false };
  // The vertical scale is uPlot's linear one over transformed values, so that switching to logarithms needs no new chart.
  const toScale = (value: number) => (yRange.log ? Math.log10(value) : value);
  const fromScale = (value: number) => (yRange.log ? 10 ** value : value);
  const data: uPlot.AlignedData = [
    [0, 1],
    [null, null],
  ];
  const grid = { stroke: () => theme().grid, width: 1 };
  const axis = { stroke: () => theme().muted, font, ticks: { show: false }, grid } as const;

  const over = document.createElement('canvas');
  over.className = 'plot-over';

  /** Straight lines between the box and the scales: a million points are drawn by them. */
  const penOn = (ctx: CanvasRenderingContext2D, { left, top, width, height }: Pen['box'], ratio: number): Pen => {
    const [bottom, peak] = [toScale(yRange.low), toScale(yRange.high)];
    const [perX, perY] = [width / (xRange.high - xRange.low), height / (peak - bottom)];
    const { low } = xRange;
    const { log } = yRange;
    return {
      ctx,
      ratio,
      box: { left, top, width, height },
      kind: log ? 'log' : 'linear',
      key: [low, xRange.high, yRange.low, yRange.high, log].join(' '),
      x: value => left + (value - low) * perX,
      y: log
        ? value => top + (peak - (value > 0 ? Math.log10(value) : Number.NaN)) * perY
        : value => top + (peak - value) * perY,
      fromX: pixel => low + (pixel - left) / perX,
      fromY: pixel => fromScale(peak - (pixel - top) / perY),
    };
  };

  /** Draws within the plotting area, a little beyond it, so that marks at its edge stay whole; and so many CSS pixels to its right. */
  const clipped = ({ ctx, box, ratio }: Pen, right: number, paint: () => void) => {
    ctx.save();
    ctx.beginPath();
    ctx.rect(box.left - 2, box.top - 6, box.width + 2 + right * ratio, box.height + 8);
    ctx.clip();
    ctx.lineJoin = 'round';
    paint();
    ctx.restore();
  };
  /** Where curves go on beyond the plotting area, they end there. */
  const edge = () => (zoom?.get() === undefined ? 6 : 1);

  /** A click that ends a brush is none; a hand that trembles is no brush. */
  let brushed = false;
  const endOfBrush = (_: uPlot, event: MouseEvent) => {
    if (brushed) event.stopImmediatePropagation();
    brushed = false;
  };

  const size = () => ({ width: Math.max(160, container.clientWidth), height: Math.max(120, container.clientHeight) });
  const chart = new uPlot(
    {
      ...size(),
      padding: [10, nameRoom, 0, 0],
      legend: { show: false },
      cursor: {
        y: false,
        points: { show: false },
        drag: { x: zoom !== undefined, y: false, setScale: false, dist: 4, click: endOfBrush },
      },
      select: { show: zoom !== undefined, left: 0, top: 0, width: 0, height: 0 },
      scales: {
        x: { time: false, range: () => [xRange.low, xRange.high] },
        y: { range: () => [toScale(yRange.low), toScale(yRange.high)] },
      },
      series: [{}, { paths: () => null, points: { show: false } }],
      axes: [
        {
          ...axis,
          grid: { show: false },
          size: 30,
          gap: 6,
          // Uplot's types know texts only, but it asks.
          label: xLabel as string,
          labelFont: font,
          labelSize: 18,
          labelGap: 0,
          splits: (u: uPlot) => {
            const make = xTicks() === 'duration' ? durationTicks : linearTicks;
            const ticks = make(xRange.low, xRange.high, u.width / 90);
            return xTicks() === 'whole' ? ticks.filter(Number.isInteger) : ticks;
          },
          values: (_: uPlot, ticks: number[]) => (xTicks() === 'duration' ? durationLabels : tickLabels)(ticks),
        },
        {
          ...axis,
          size: 52,
          gap: 8,
          splits: (u: uPlot) =>
            (yRange.log ? logTicks : linearTicks)(yRange.low, yRange.high, Math.min(8, Math.max(4, u.height / 60))).map(
              toScale,
            ),
          values: (_: uPlot, ticks: number[]) => tickLabels(ticks.map(tick => Number(fromScale(tick).toPrecision(10)))),
        },
      ],
      hooks: {
        draw: [
          u => {
            const pen = penOn(u.ctx, u.bbox, uPlot.pxRatio);
            clipped(pen, edge(), () => draw(pen));
            if (drawNames !== undefined) clipped(pen, nameRoom, () => drawNames(pen));
            redrawOver();
          },
        ],
        setSelect: [
          u => {
            const { left, width } = u.select;
            if (zoom === undefined || width <= 0) return;
            brushed = true;
            u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
            const pen = penOver(u.ctx, 1);
            zoom.set(within(zoom.whole(), { low: pen.fromX(left), high: pen.fromX(left + width) }));
          },
        ],
        setCursor: [
          u => {
            const { left = -1, top = -1 } = u.cursor;
            const inside = left >= 0 && top >= 0;
            const ctx = over.getContext('2d');
            if (ctx === null) return;
            point(inside ? { left, top } : undefined, penOver(ctx, 1));
          },
        ],
      },
    },
    data,
    container,
  );
  chart.over.append(over);
  chart.over.addEventListener('click', click);
  if (zoom !== undefined) zoomGestures(container, chart.over, zoom, left => penOver(chart.ctx, 1).fromX(left));
  for (const canvas of container.querySelectorAll('canvas')) canvas.setAttribute('aria-hidden', 'true');

  const penOver = (ctx: CanvasRenderingContext2D, ratio: number): Pen =>
    penOn(
      ctx,
      { left: 0, top: 0, width: chart.over.clientWidth * ratio, height: chart.over.clientHeight * ratio },
      ratio,
    );

  function redrawOver() {
    const ctx = over.getContext('2d');
    if (ctx === null || chart === undefined || !seen) return;
    const ratio = uPlot.pxRatio;
    const [width, height] = [chart.over.clientWidth, chart.over.clientHeight];
    const [wide, high] = [Math.round((width + nameRoom) * ratio), Math.round(height * ratio)];
    if (over.width !== wide || over.height !== high) {
      over.width = wide;
      over.height = high;
      over.style.width = `${width + nameRoom}px`;
      over.style.height = `${height}px`;
    }
    ctx.clearRect(0, 0, wide, high);
    if (recedes?.()) {
      ctx.globalAlpha = 0.72;
      ctx.fillStyle = theme().surface;
      ctx.fillRect(0, 0, wide, high);
      ctx.globalAlpha = 1;
    }
    const pen = penOver(ctx, ratio);
    clipped(pen, edge(), () => drawOver(pen));
    drawNamesOver?.(pen);
  }

  const empty = element('p', { class: 'plot-empty', hidden: true });
  container.append(empty);

  const redraw = () => {
    if (seen) chart.redraw(false, false);
    else missed = true;
  };
  new ResizeObserver(() => {
    const before = seen;
    seen = container.clientWidth > 0;
    if (!seen) return;
    const { width, height } = size();
    if (width !== chart.width || height !== chart.height) chart.setSize({ width, height });
    else if (missed) redraw();
    // What was looked at meanwhile may have changed.
    else if (!before) redrawOver();
    missed = false;
  }).observe(container);

  return {
    show(x, y) {
      xRange = x;
      yRange = y;
      chart.setData(data);
    },
    redraw,
    redrawOver,
    showEmpty(words) {
      empty.hidden = words === undefined;
      setText(empty, words ?? '');
      container.toggleAttribute('data-empty', words !== undefined);
    },
    point: use => use(penOver(chart.ctx, 1)),
  };
}
