import type { HealthFinding } from '../train/report.js';
import type { PlainReport, StudyEvent } from '../tune/events.js';
import { samplerReason, samplerWords } from '../tune/sampler-words.js';
import type { StudyState } from '../tune/study-state.js';
import { stopSentence } from './describe-stop.js';
import { duration } from './duration.js';
import { ailment, healthSentences, noteHealth } from './health-notes.js';
import { hparamWords } from './hparams-line.js';
import { counted, metric } from './number.js';
import { clean } from './text.js';

/** Turns a study's events to plain lines for a pipe: one at the start, one for each finished trial, one for each new ailment of a trial. */
export function studyLines(): (event: StudyEvent, state: StudyState) => string[] {
  /** The trial and the report in which something was told first: `3 vanishing gradients` → the epoch. */
  const told = new Map<string, number>();
  const isNews = ({ trial, report }: { trial: number; report: PlainReport }, finding: HealthFinding): boolean => {
    const news = `${trial} ${ailment(finding)}`;
    if (!told.has(news)) told.set(news, report.epoch);
    return told.get(news) === report.epoch;
  };
  return (event, state) => {
    switch (event.type) {
      case 'study-started':
      case 'study-resumed': {
        const { name, objective, objectives = [objective], trials, parallel, device } = event.study;
        const facts = [
          trials === undefined ? 'trials without end' : counted(trials, 'trial'),
          ...objectives.map(({ direction, metric }) => `${direction} ${metric}`),
          samplerWords(event.study),
          `${parallel} at a time`,
          ...(device === undefined ? [] : [`on ${device}`]),
        ];
        const reason = samplerReason(event.study);
        return [
          `${clean(name)}: ${facts.map(fact => clean(fact)).join(', ')}`,
          ...(reason === undefined ? [] : [clean(reason)]),
        ];
      }
      case 'trial-reported':
        return healthSentences(
          noteHealth(
            new Map(),
            event.report.health?.filter(finding => isNews(event, finding)),
          ),
        ).map(sentence => `trial ${event.trial}, epoch ${event.report.epoch}: ${sentence}`);
      case 'trial-finished': {
        const name = state.study?.objective.metric ?? 'value';
        const value = event.value === undefined ? `no ${clean(name)}` : `${clean(name)} ${metric(event.value)}`;
        const at = event.bestEpoch === undefined ? '' : ` at epoch ${event.bestEpoch}`;
        const cost = `${counted(event.epochs, 'epoch')}, ${duration(event.seconds)}`;
        const hparams = hparamWords(state.trials.get(event.trial)?.hparams ?? {}).join(', ');
        return [`trial ${event.trial} ${event.state}, ${value}${at}, ${cost}; ${stopSentence(event.stop)}; ${hparams}`];
      }
      case 'trial-resumed':
        return [`trial ${event.trial} goes on after epoch ${event.epoch}`];
      case 'trial-paused':
        return [`trial ${event.trial} paused after epoch ${event.epoch}`];
      case 'study-changed':
        return [changeWords(event)];
      case 'trial-enqueued':
        return [`trial ${event.trial} waits (${originWords(event.origin)}): ${hparamWords(event.hparams).join(', ')}`];
      default:
        return [];
    }
  };
}

function changeWords({ parallel, trials, paused, by }: Extract<StudyEvent, { type: 'study-changed' }>): string {
  const changes = [
    ...(paused === undefined ? [] : [paused ? 'paused' : 'goes on']),
    ...(parallel === undefined ? [] : [`${parallel} at a time`]),
    ...(trials === undefined ? [] : [counted(trials, 'trial')]),
  ];
  return `the study: ${changes.join(', ')} (${clean(by)})`;
}

function originWords({ kind, of }: Extract<StudyEvent, { type: 'trial-enqueued' }>['origin']): string {
  return of === undefined ? kind : `${kind} of ${of}`;
}
