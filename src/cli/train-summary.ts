import type { Metrics, Report } from '../train/report.js';
import { stopSentence } from './describe-stop.js';
import { duration } from './duration.js';
import { type HealthNotes, healthSentences } from './health-notes.js';
import { count, counted, metric } from './number.js';
import type { Style } from './style.js';
import { clean, padEnd, wrap } from './text.js';
import type { TrainingInfo } from './train-display.js';

/** What came of a training. */
export interface TrainingOutcome {
  readonly info: TrainingInfo;
  readonly last?: Report | undefined;
  /** Of the final weights. */
  readonly metrics: Metrics;
  readonly seconds: number;
  readonly interrupted: boolean;
  readonly health: HealthNotes;
  readonly columns: number;
}

/** A finished training as lines: how long, why it ended, the final metrics. */
export function trainSummary(outcome: TrainingOutcome, style: Style): string[] {
  const { info, last, metrics, seconds, interrupted, health, columns } = outcome;
  const name = style.bold(clean(info.name));
  if (last === undefined) return [`${name}: ${interrupted ? 'interrupted before' : 'ended without'} the first epoch`];
  const { epoch, samples, stop } = last;
  const restored = stop?.restoredEpoch === undefined ? '' : `; the weights are those of epoch ${stop.restoredEpoch}`;
  const paint = stop?.outcome === 'failed' ? style.red : (text: string) => text;
  const widest = Math.max(0, ...Object.keys(metrics).map(each => clean(each).length));
  return [
    `${name}: ${interrupted ? 'interrupted after ' : ''}${counted(epoch, 'epoch')} in ${duration(seconds)}, ${count(samples / seconds)} rows/s`,
    ...(stop === undefined ? [] : [paint(`${stopSentence(stop)}${restored}`)]),
    ...healthSentences(health).flatMap(each => wrap(each.split(' '), columns).map(style.yellow)),
    ...Object.entries(metrics).map(([key, value]) => `  ${padEnd(clean(key), widest)}  ${metric(value)}`),
  ];
}
