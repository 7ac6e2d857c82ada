import type { Best, StudyInfo } from '../tune/events.js';
import { paretoFront } from '../tune/pareto.js';
import type { StudyState, TrialRecord } from '../tune/study-state.js';
import { bestTrials, frontWords } from './best-trials.js';
import { stopper, stopSentence, studyStopWords } from './describe-stop.js';
import { duration } from './duration.js';
import { type HealthNotes, healthSentences } from './health-notes.js';
import { count, counted, hyperparameter, metric } from './number.js';
import { finished } from './progress.js';
import type { Style } from './style.js';
import { clean, padEnd, wrap } from './text.js';

/** What the summary of a study needs besides the study's state. */
export interface SummaryContext {
  readonly columns: number;
  readonly style: Style;
  /** Seconds that the study took. */
  readonly seconds: number;
  readonly health: HealthNotes;
}

const shownTrials = 8;
const shownFailures = 4;

/** A finished study as lines: what was done, the best trials, who stopped how many, what failed, the best hyperparameters. */
export function studySummary(state: StudyState, { columns, style, seconds, health }: SummaryContext): string[] {
  const { study, counts, epochs, samples, finishReason, stopped } = state;
  if (study === undefined) return [];
  const ends: Record<string, string> = {
    interrupted: 'interrupted after ',
    time: 'time is up after ',
    exhausted: 'all points tried: ',
  };
  const head = [
    `${style.bold(clean(study.name))}: ${ends[finishReason ?? ''] ?? ''}${counted(finished(state), 'trial')} in ${duration(seconds)}`,
    `${counts.complete} complete, ${counts.pruned} pruned, ${counts.failed} failed; ${counted(epochs, 'epoch')}${samples === 0 ? '' : `, ${counted(samples, 'row')} trained`}`,
    ...(stopped === undefined ? [] : wrap(studyStopWords(stopped).split(' '), columns)),
  ];
  const ended = [...state.trials.values()].filter(({ stop }) => stop !== undefined);
  const { objectives } = study;
  const ranked = objectives === undefined ? inOrder(ended, study) : paretoFront(ended, objectives);
  const stoppers = stoppedBy(ended);
  return [
    head.join('\n'),
    ...(ranked.length > 0 ? ['', ...bestTrials(ranked.slice(0, shownTrials), state, columns, style)] : []),
    ...(stoppers.length > 0
      ? ['', ...wrap(['ended by', ...stoppers], columns, ' ·').map(line => line.replace('ended by ·', 'ended by'))]
      : []),
    ...failures(ended, style),
    ...(health.size > 0
      ? ['', ...healthSentences(health).flatMap(each => wrap(each.split(' '), columns).map(style.yellow))]
      : []),
    '',
    ...(objectives !== undefined
      ? [frontWords(ranked, objectives, shownTrials)]
      : state.best === undefined
        ? [noBest(ranked[0], study)]
        : bestHparams(state.best, study, style)),
  ].flatMap(line => line.split('\n'));
}

/** Trials with a value: complete before pruned before failed, the best first. */
function inOrder(ended: readonly TrialRecord[], { objective }: StudyInfo): TrialRecord[] {
  const sign = objective.direction === 'maximize' ? -1 : 1;
  const gravity = ({ state }: TrialRecord) => (state === 'complete' ? 0 : state === 'pruned' ? 1 : 2);
  return ended
    .filter(({ value }) => typeof value === 'number')
    .sort((a, b) => gravity(a) - gravity(b) || sign * ((a.value ?? 0) - (b.value ?? 0)) || a.number - b.number);
}

/** Who ended how many trials, the busiest first: `patience 12`, `all epochs 3`. */
function stoppedBy(ended: readonly TrialRecord[]): string[] {
  const tally = new Map<string, number>();
  for (const { stop } of ended) {
    const by = stopper(stop);
    tally.set(by, (tally.get(by) ?? 0) + 1);
  }
  return [...tally].sort((a, b) => b[1] - a[1]).map(([by, n]) => `${by} ${count(n)}`);
}

function failures(ended: readonly TrialRecord[], style: Style): string[] {
  const failed = ended.filter(({ state }) => state === 'failed');
  if (failed.length === 0) return [];
  const lines = failed
    .slice(0, shownFailures)
    .map(({ number, stop }) => style.red(`#${number} failed, ${stop ? stopSentence(stop) : ''}`));
  const more = failed.length - shownFailures;
  return ['', ...lines, ...(more > 0 ? [style.dim(`and ${counted(more, 'more failure')}`)] : [])];
}

function noBest(nearest: TrialRecord | undefined, { objective }: StudyInfo): string {
  const none = 'no trial was completed';
  if (nearest === undefined) return none;
  return `${none}; the nearest is #${nearest.number}, with ${clean(objective.metric)} ${metric(nearest.value)}`;
}

function bestHparams({ trial, value, epoch, hparams }: Best, { objective }: StudyInfo, style: Style): string[] {
  const longest = Math.max(0, ...Object.keys(hparams).map(name => clean(name).length));
  return [
    `best: ${clean(objective.metric)} ${style.bold(style.green(metric(value)))} at epoch ${epoch} of trial #${trial}`,
    ...Object.entries(hparams).map(
      ([name, each]) => `  ${padEnd(clean(name), longest)}  ${clean(hyperparameter(each))}`,
    ),
  ];
}
