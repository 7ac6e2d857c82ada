import { count, metric as shortNumber } from '../../../src/cli/number.js';
import { emptyStudy, type TrialRecord } from '../../../src/tune/study-state.js';
import { colorOf } from '../chart/draw-trial.js';
import { type Pen, plot } from '../chart/plot.js';
import { robustRange } from '../chart/range.js';
import type { Model, Page, Panel, View } from '../page.js';

/** Every trial's value by its number, and the best so far as a line. */
export function progressView({ body: container }: Panel, { lens: focus, tooltip, theme }: Page): View {
  container.classList.add('plot');
  let model: Model | undefined;
  let dots: TrialRecord[] = [];
  const study = () => model?.study ?? emptyStudy;
  let pointed = false;

  const dot = (pen: Pen, trial: TrialRecord, size: number) => {
    const { ctx, ratio } = pen;
    const color = colorOf(trial, trial.number === study().best?.trial, theme());
    ctx.beginPath();
    ctx.arc(pen.x(trial.number), pen.y(trial.value as number), size * ratio, 0, 2 * Math.PI);
    if (trial.state === 'complete') {
      ctx.fillStyle = color;
      ctx.fill();
    } else {
      ctx.strokeStyle = color;
      ctx.lineWidth = 1.5 * ratio;
      ctx.stroke();
    }
  };

  const chart = plot(container, {
    xLabel: 'trial',
    theme,
    draw(pen) {
      const { best, study: info, trials } = study();
      const size = dots.length > 300 ? 1.75 : dots.length > 80 ? 2.5 : 3.25;
      for (const trial of dots) {
        if (pen.y(trial.value as number) < pen.box.top) continue;
        pen.ctx.globalAlpha = trial.state === 'complete' || trial.state === 'running' ? 0.9 : 0.6;
        dot(pen, trial, size);
      }
      pen.ctx.globalAlpha = 1;
      drawBestLine(pen, dots, info?.objective.direction === 'maximize', trials.size - 1, theme().best);
      const leader = best && trials.get(best.trial);
      if (leader?.value !== undefined) dot(pen, leader, 4.5);
    },
    drawOver(pen) {
      const trial = focus.trial === undefined ? undefined : study().trials.get(focus.trial);
      if (trial?.value === undefined) return;
      const { ctx, ratio } = pen;
      ctx.beginPath();
      ctx.arc(pen.x(trial.number), pen.y(trial.value), 7 * ratio, 0, 2 * Math.PI);
      ctx.strokeStyle = theme().ink;
      ctx.lineWidth = 1.5 * ratio;
      ctx.stroke();
    },
    point(at, pen) {
      let found: TrialRecord | undefined;
      let distance = 20;
      for (const trial of at === undefined ? [] : dots) {
        const away = Math.hypot(pen.x(trial.number) - at!.left, pen.y(trial.value as number) - at!.top);
        if (away < distance) [found, distance] = [trial, away];
      }
      if (found !== undefined) {
        const edge = container.querySelector('.u-over')?.getBoundingClientRect();
        const place = {
          x: (edge?.left ?? 0) + pen.x(found.number),
          y: (edge?.top ?? 0) + pen.y(found.value as number),
        };
        const name = study().study?.objective.metric ?? '';
        tooltip.show(
          found,
          `best ${name} ${shortNumber(found.value)} at epoch ${found.bestEpoch ?? found.epochs}`,
          place,
        );
      } else if (pointed) tooltip.hide();
      pointed = found !== undefined;
      focus.hover(found?.number);
    },
    click: () => focus.pin(focus.trial),
  });
  focus.onChange(() => chart.redrawOver());
  container.setAttribute('role', 'img');

  const show = () => {
    const { trials, best, study: info } = study();
    dots = [...trials.values()].filter(
      trial => trial.value !== undefined && Number.isFinite(trial.value) && focus.passes(trial),
    );
    // The complete trials are what the line is about; the others need not all be in sight.
    const complete = dots.filter(({ state }) => state === 'complete');
    const shown = complete.length > 2 ? complete : dots.filter(({ state }) => state !== 'failed');
    const values = shown.map(({ value }) => value as number);
    const y = robustRange(values, false);
    const planned = Math.min(info?.trials ?? 0, Math.max(10, 2 * trials.size));
    const last = Math.max(1, trials.size - 1, planned - 1);
    chart.show({ low: -0.02 * last, high: last }, { ...y, log: false });
    container.setAttribute(
      'aria-label',
      `Best value over trials: ${count(dots.length)} values${best === undefined ? '' : `, the best ${shortNumber(best.value)} in trial ${best.trial}`}`,
    );
  };
  const view: View = (next, changed) => {
    model = next;
    if (changed === 'all' || changed.size > 0) show();
  };
  return view;
}

/** The best value of the complete trials so far, as steps up to the last trial. */
function drawBestLine(
  { ctx, x, y, ratio }: Pen,
  trials: readonly TrialRecord[],
  maximize: boolean,
  last: number,
  color: string,
): void {
  ctx.strokeStyle = color;
  ctx.lineWidth = 2 * ratio;
  ctx.beginPath();
  let best: number | undefined;
  for (const { number, state, value } of trials) {
    if (state !== 'complete' || value === undefined) continue;
    if (best !== undefined && (maximize ? value <= best : value >= best)) continue;
    if (best === undefined) ctx.moveTo(x(number), y(value));
    else ctx.lineTo(x(number), y(best));
    ctx.lineTo(x(number), y(value));
    best = value;
  }
  if (best !== undefined) ctx.lineTo(x(last), y(best));
  ctx.stroke();
}
