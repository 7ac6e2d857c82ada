import { samplerWords } from '../tune/sampler-words.js';
import type { StudyState, TrialRecord } from '../tune/study-state.js';
import { stopSentence } from './describe-stop.js';
import { duration } from './duration.js';
import { type HealthNotes, healthSentences } from './health-notes.js';
import { hparamWords } from './hparams-line.js';
import { count, metric, sparkline } from './number.js';
import { finished, secondsLeft, shareDone } from './progress.js';
import type { Style } from './style.js';
import { clean, padEnd, padStart, truncate, wrap } from './text.js';

/** What the display of a running study shows besides the study's state. */
export interface DisplayContext {
  readonly columns: number;
  readonly rows: number;
  readonly style: Style;
  /** Seconds since the study began. */
  readonly elapsed: number;
  /** The study ends after so many seconds, if it was told to. */
  readonly timeLimit?: number | undefined;
  readonly health: HealthNotes;
  /** The number of the trial that ended last. */
  readonly latest?: number | undefined;
  readonly interrupted?: boolean | undefined;
}

const gutter = 11;

/** A running study as lines for a terminal: what it is, how far, the best so far, what runs, what is unwell. */
export function studyDisplay(state: StudyState, context: DisplayContext): string[] {
  const { columns, rows, style, health } = context;
  const width = Math.max(20, columns - gutter);
  const { study } = state;
  if (study === undefined) return [];
  const section = (label: string, lines: readonly string[]) =>
    lines.map((line, i) =>
      `  ${i === 0 ? style.dim(padEnd(label, gutter - 2)) : ' '.repeat(gutter - 2)}${line}`.trimEnd(),
    );

  const { objectives = [study.objective] } = study;
  const facts = [
    ...objectives.map(({ direction, metric }) => `${direction} ${metric}`),
    samplerWords(study),
    `${study.parallel} at a time`,
    study.device,
  ];
  const head = [
    `${style.bold(clean(study.name))}  ${style.dim(
      facts
        .filter(fact => fact !== undefined)
        .map(fact => clean(fact))
        .join(' · '),
    )}`,
    '',
    ...section('trials', [progressLine(state, context, width), countsLine(state, style)]),
    ...section('time', [timeLine(state, context)]),
    '',
    ...section('best', bestLines(state, style, width)),
  ];
  const ill = healthSentences(health).flatMap(sentence => wrap(sentence.split(' '), width).slice(0, 3));
  const foot = [
    ...(context.latest === undefined
      ? []
      : ['', ...section('last', [latestLine(state.trials.get(context.latest), style)])]),
    ...(ill.length === 0 ? [] : ['', ...section('health', ill.map(style.yellow))]),
  ];

  // Room for what always runs, so that the lines below stay where they are.
  const room = Math.max(1, Math.min(8, rows - 2 - head.length - foot.length));
  const running = runningLines(state, style, width);
  const shown =
    running.length > room
      ? [...running.slice(0, room - 1), style.dim(`and ${running.length - room + 1} more`)]
      : running;
  while (shown.length < Math.min(room, study.parallel)) shown.push('');
  return [...head, '', ...section('running', shown), ...foot];
}

function progressLine(state: StudyState, { style, interrupted }: DisplayContext, width: number): string {
  const done = finished(state);
  const share = shareDone(state);
  if (interrupted === true) return style.yellow('interrupted: finishing (Ctrl-C again to leave at once)');
  if (share === undefined) return `${count(done)} done, ${count(state.counts.running)} running`;
  const words = `${count(done)} of ${count(state.study?.trials ?? 0)} done, ${count(state.counts.running)} running`;
  const length = Math.max(4, Math.min(32, width - words.length - 2));
  const full = Math.round(share * length);
  return `${style.cyan('█'.repeat(full))}${style.dim('░'.repeat(length - full))}  ${words}`;
}

function countsLine({ counts, paused }: StudyState, style: Style): string {
  const others = (['waiting', 'paused'] as const).filter(state => counts[state] > 0);
  const failed = `${count(counts.failed)} failed`;
  return [
    style.green(`${count(counts.complete)} complete`),
    `${count(counts.pruned)} pruned`,
    counts.failed > 0 ? style.red(failed) : failed,
    ...others.map(state => style.yellow(`${count(counts[state])} ${state}`)),
    ...(paused ? [style.yellow('the study is paused')] : []),
  ].join(' · ');
}

function timeLine(state: StudyState, { elapsed, timeLimit, interrupted }: DisplayContext): string {
  const left = interrupted === true ? undefined : secondsLeft(state, elapsed, timeLimit);
  const pace = elapsed > 0 ? `${count(state.epochs / elapsed)} epochs/s` : undefined;
  const words = [duration(elapsed), left === undefined ? undefined : `about ${duration(left)} left`, pace];
  return words.filter(word => word !== undefined).join(' · ');
}

function bestLines({ best, study }: StudyState, style: Style, width: number): string[] {
  if (best === undefined) return [style.dim('none yet'), ''];
  const value = `${clean(study?.objective.metric ?? '')} ${style.bold(style.green(metric(best.value)))}`;
  return [
    `${value} in trial #${best.trial}, epoch ${best.epoch}`,
    ...firstLines(wrap(hparamWords(best.hparams), width, ' ·'), 3),
  ];
}

function firstLines(lines: readonly string[], most: number): string[] {
  return lines
    .slice(0, most)
    .map((line, i) => (i === most - 1 && lines.length > most ? line.replace(/ ·$/, ' …') : line));
}

function runningLines({ running, trials, study }: StudyState, style: Style, width: number): string[] {
  return running.map(number => {
    const trial = trials.get(number);
    const values = trial?.reports.map(({ metrics }) => metrics[study?.objective.metric ?? ''] ?? Number.NaN) ?? [];
    const epochs = study?.epochs === undefined ? `${trial?.epochs ?? 0}` : `${trial?.epochs ?? 0}/${study.epochs}`;
    const figures = `${padEnd(`#${number}`, 6)}${padStart(epochs, 8)}  ${padStart(values.length > 0 ? metric(values.at(-1)) : '–', 9)}  `;
    return `${figures}${style.cyan(sparkline(values, Math.max(0, Math.min(30, width - figures.length))))}`;
  });
}

function latestLine(trial: TrialRecord | undefined, style: Style): string {
  if (trial?.stop === undefined) return '';
  const state = trial.state === 'failed' ? style.red(trial.state) : trial.state;
  return truncate(`#${trial.number} ${state}, ${stopSentence(trial.stop)}`, 1000);
}
