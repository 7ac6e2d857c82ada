import { counted, metric } from '../../../src/cli/number.js';
import type { RungsInfo } from '../../../src/tune/events.js';
import type { TrialRecord } from '../../../src/tune/study-state.js';
import type { AtRung, RungGroup, Savings } from '../chart/rung-groups.js';

/** What became of a trial at a rung: `fell at epoch 3: 0.412 against 0.387, the best third of 9 trials (0.025 too much)`. */
export function rungWords(
  { direction }: RungsInfo,
  rung: RungGroup,
  { value, fell, threshold, margin }: AtRung,
  { stop }: TrialRecord,
): string {
  const at = `at epoch ${rung.epoch}`;
  const shown = Number.isFinite(value) ? metric(value) : 'no number';
  if (!fell) {
    const cut =
      rung.cut === undefined
        ? ''
        : `; the ${counted(rung.compared ?? rung.trials.length, 'trial')} here are now cut at ${metric(rung.cut)}`;
    return `kept ${at}: ${shown}${cut}`;
  }
  if (threshold === undefined) return `fell ${at}: ${shown}`;
  const against = stop?.against === undefined ? '' : `, the ${stop.against}`;
  const side = direction === 'minimize' ? 'too much' : 'too little';
  const far = margin === undefined ? '' : ` (${metric(Math.abs(margin))} ${side})`;
  return `fell ${at}: ${shown} against ${metric(threshold)}${against}${far}`;
}

/** What a rule has spared, in a sentence. */
export function savingsWords({ run, all, spared, fell }: Savings, rule: string): string {
  if (all === 0) return 'No trial is over yet.';
  const share = Math.round((100 * spared) / all);
  const others = all - run - spared;
  const rest = others > 0 ? `; ${counted(others, 'epoch')} more were spared by other decisions` : '';
  return `${rule} ended ${counted(fell, 'trial')} early and spared ${counted(spared, 'epoch')}, ${share} % of the ${counted(all, 'epoch')} that all trials to their end would have taken${rest}.`;
}

/** The middle of the margins by which trials fell at a rung, without their sign; undefined where nobody fell by a known one. */
export function medianMargin({ trials }: RungGroup): number | undefined {
  const margins = trials
    .flatMap(({ margin }) => (margin === undefined ? [] : [Math.abs(margin)]))
    .sort((a, b) => a - b);
  const middle = margins.length >> 1;
  if (margins.length === 0) return undefined;
  return margins.length % 2 === 1
    ? margins[middle]
    : ((margins[middle - 1] as number) + (margins[middle] as number)) / 2;
}
