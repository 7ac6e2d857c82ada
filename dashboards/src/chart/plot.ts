import uPlot from 'uplot';
import type { Theme } from '../theme.js';
import type { Range } from './range.js';
import { linearTicks, logTicks, tickLabels } from './ticks.js';

/** Where values are on the canvas, in its pixels. */
export interface Pen {
  readonly ctx: CanvasRenderingContext2D;
  x(value: number): number;
  y(value: number): number;
  /** Canvas pixels of one CSS pixel. */
  readonly ratio: number;
  /** The plotting area. */
  readonly box: { readonly left: number; readonly top: number; readonly width: number; readonly height: number };
}

/** What a chart shows; `draw` once per change of the data, `drawOver` whenever the focus moves. */
export interface PlotOptions {
  readonly xLabel: string;
  readonly theme: () => Theme;
  readonly draw: (pen: Pen) => void;
  readonly drawOver: (pen: Pen) => void;
  /** The pointer is over the chart (or has left it); `pen` measures in CSS pixels of the plotting area. */
  readonly point: (at: { readonly left: number; readonly top: number } | undefined, pen: Pen) => void;
  readonly click: () => void;
}

/** A chart: uPlot for axes, grid, pointer and pixels; the curves are drawn by the view, thousands of them in one go. */
export interface Plot {
  show(x: Range, y: Range & { readonly log: boolean }): void;
  redrawOver(): void;
}

const font = '12px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';

/** A chart that fills its container. */
export function plot(container: HTMLElement, { xLabel, theme, draw, drawOver, point, click }: PlotOptions): Plot {
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

  const size = () => ({ width: Math.max(160, container.clientWidth), height: Math.max(120, container.clientHeight) });
  const chart = new uPlot(
    {
      ...size(),
      padding: [10, 44, 0, 0],
      legend: { show: false },
      cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
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
          label: xLabel,
          labelFont: font,
          labelSize: 18,
          labelGap: 0,
          splits: (u: uPlot) => linearTicks(xRange.low, xRange.high, u.width / 90).filter(Number.isInteger),
          values: (_: uPlot, ticks: number[]) => tickLabels(ticks),
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
            const { left, top, width, height } = u.bbox;
            u.ctx.save();
            u.ctx.beginPath();
            // A little beyond the plotting area: marks at its edge stay whole.
            u.ctx.rect(left - 2, top - 6, width + 44 * uPlot.pxRatio, height + 8);
            u.ctx.clip();
            u.ctx.lineJoin = 'round';
            draw({
              ctx: u.ctx,
              x: value => u.valToPos(value, 'x', true),
              y: value => u.valToPos(toScale(value), 'y', true),
              ratio: uPlot.pxRatio,
              box: u.bbox,
            });
            u.ctx.restore();
            redrawOver();
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
  for (const canvas of container.querySelectorAll('canvas')) canvas.setAttribute('aria-hidden', 'true');

  const penOver = (ctx: CanvasRenderingContext2D, ratio: number): Pen => ({
    ctx,
    x: value => chart.valToPos(value, 'x') * ratio,
    y: value => chart.valToPos(toScale(value), 'y') * ratio,
    ratio,
    box: { left: 0, top: 0, width: chart.over.clientWidth * ratio, height: chart.over.clientHeight * ratio },
  });

  function redrawOver() {
    const ctx = over.getContext('2d');
    if (ctx === null || chart === undefined) return;
    const ratio = uPlot.pxRatio;
    const [width, height] = [chart.over.clientWidth, chart.over.clientHeight];
    const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (over.width !== wide || over.height !== high) {
      over.width = wide;
      over.height = high;
      over.style.width = `${width}px`;
      over.style.height = `${height}px`;
    }
    ctx.clearRect(0, 0, wide, high);
    ctx.lineJoin = 'round';
    drawOver(penOver(ctx, ratio));
  }

  new ResizeObserver(() => {
    const { width, height } = size();
    if (width !== chart.width || height !== chart.height) chart.setSize({ width, height });
  }).observe(container);

  return {
    show(x, y) {
      xRange = x;
      yRange = y;
      chart.setData(data);
    },
    redrawOver,
  };
}
