import type { Report } from '../train/report.js';
import { duration } from './duration.js';
import { type HealthNotes, healthSentences, noteHealth } from './health-notes.js';
import { count, metric, sparkline } from './number.js';
import type { Style } from './style.js';
import { clean, padEnd, padStart, wrap } from './text.js';

/** What is known of a training before it begins. */
export interface TrainingInfo {
  readonly name: string;
  readonly epochs?: number | undefined;
  /** The network in a few words. */
  readonly network?: string | undefined;
  readonly device?: string | undefined;
}

/** What a training's views keep of its reports: the last, every metric's curve, what is unwell. */
export interface TrainingState {
  readonly last?: Report | undefined;
  readonly curves: ReadonlyMap<string, readonly number[]>;
  readonly health: HealthNotes;
}

/** A training without reports. */
export const noReports: TrainingState = { curves: new Map(), health: new Map() };

/** The state after one more report; the curves grow in place. */
export function foldReport({ last: before, curves, health }: TrainingState, last: Report): TrainingState {
  const grown = before === undefined ? new Map<string, number[]>() : (curves as Map<string, number[]>);
  for (const [name, value] of Object.entries(last.metrics)) {
    const curve = grown.get(name);
    if (curve === undefined) grown.set(name, [value]);
    else curve.push(value);
  }
  return { last, curves: grown, health: noteHealth(health, last.health) };
}

/** What the display of a training shows besides its state. */
export interface TrainContext {
  readonly columns: number;
  readonly style: Style;
  /** Seconds since the training began. */
  readonly elapsed: number;
  readonly interrupted?: boolean | undefined;
}

/** A running training as lines for a terminal: what it is, how far, every metric with its curve, what is unwell. */
export function trainDisplay(info: TrainingInfo, state: TrainingState, context: TrainContext): string[] {
  const { columns, style, elapsed, interrupted } = context;
  const { last, curves, health } = state;
  const facts = [info.network, info.device].filter(fact => fact !== undefined).map(fact => clean(fact));
  const label = Math.max(11, ...[...curves.keys()].map(name => clean(name).length)) + 2;
  const line = (name: string, text: string) => `  ${style.dim(padEnd(clean(name), label))}${text}`.trimEnd();
  const width = Math.max(20, columns - label - 2);
  const metrics = [...curves].map(([name, values]) => {
    const bars = sparkline(values, Math.max(0, Math.min(40, width - 12)));
    return line(name, `${padStart(metric(values.at(-1)), 10)}  ${style.cyan(bars)}`);
  });
  const ill = healthSentences(health).flatMap(sentence => wrap(sentence.split(' '), width).slice(0, 3));
  return [
    `${style.bold(clean(info.name))}  ${style.dim(facts.join(' · '))}`.trimEnd(),
    '',
    line('epoch', interrupted === true ? style.yellow('interrupted: finishing') : epochWords(info, last, style, width)),
    line('time', timeWords(info, last, elapsed)),
    '',
    ...metrics,
    ...(ill.length > 0 ? ['', ...ill.map((text, i) => line(i === 0 ? 'health' : '', style.yellow(text)))] : []),
  ];
}

function epochWords({ epochs }: TrainingInfo, last: Report | undefined, style: Style, width: number): string {
  const epoch = last?.epoch ?? 0;
  if (epochs === undefined) return count(epoch);
  const words = `${count(epoch)} of ${count(epochs)}`;
  const length = Math.max(4, Math.min(32, width - words.length - 2));
  const full = Math.round(Math.min(1, epoch / epochs) * length);
  return `${style.cyan('█'.repeat(full))}${style.dim('░'.repeat(length - full))}  ${words}`;
}

function timeWords({ epochs }: TrainingInfo, last: Report | undefined, elapsed: number): string {
  const words = [duration(elapsed)];
  if (last !== undefined && epochs !== undefined && elapsed > 1 && last.epoch < epochs) {
    words.push(`about ${duration((elapsed * (epochs - last.epoch)) / last.epoch)} left`);
  }
  if (last !== undefined && elapsed > 0) words.push(`${count(last.samples / elapsed)} rows/s`);
  return words.join(' · ');
}

/** A report as a plain line for a pipe: `epoch 3/30  loss 0.1234  valLoss 0.1423`, and one for each thing that is wrong. */
export function trainLines({ epochs }: TrainingInfo, { epoch, metrics, seconds, health = [] }: Report): string[] {
  const at = epochs === undefined ? `${epoch}` : `${padStart(String(epoch), String(epochs).length)}/${epochs}`;
  const values = Object.entries(metrics).map(([name, value]) => `${clean(name)} ${metric(value)}`);
  return [
    [`epoch ${at}`, ...values, duration(seconds)].join('  '),
    ...healthSentences(noteHealth(new Map(), health)).map(sentence => `epoch ${epoch}: ${sentence}`),
  ];
}
