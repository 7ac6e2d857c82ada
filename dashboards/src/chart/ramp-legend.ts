import { metric } from '../../../src/cli/number.js';
import { element, setText } from '../element.js';
import type { Theme } from '../theme.js';
import type { ObjectiveView } from './objective.js';
import { isDark, ramp } from './ramp.js';

/** What the colours of an objective mean. */
export interface RampLegend {
  readonly element: HTMLElement;
  /** `ends`: the goodness of the worst and the best colour, 0 and 1 unless said otherwise. */
  show(objective: ObjectiveView, theme: Theme, ends?: readonly [number, number]): void;
}

/** A strip of colours from worse to better with the values at its ends, in so many steps. */
export function rampLegend(steps: number): RampLegend {
  const swatches = Array.from({ length: steps }, () => element('i', {}));
  const [name, worse, better] = [element('span', { class: 'ramp-name' }), element('span', {}), element('span', {})];
  const strip = element('span', { class: 'ramp-strip', 'aria-hidden': 'true' }, ...swatches);
  const box = element('p', { class: 'ramp' }, name, worse, strip, better);
  return {
    element: box,
    show({ metric: title, scale }, theme, [from, to] = [0, 1]) {
      const { colors } = ramp(isDark(theme.surface));
      for (const [i, swatch] of swatches.entries()) {
        swatch.style.background = colors[Math.floor(((i + 0.5) / steps) * colors.length)] as string;
      }
      setText(name, title);
      setText(worse, metric(scale.valueAt(from)));
      setText(better, `${metric(scale.valueAt(to))} better`);
    },
  };
}
