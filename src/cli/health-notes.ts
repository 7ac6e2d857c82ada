import type { HealthFinding } from '../train/report.js';
import type { StudyEvent } from '../tune/events.js';
import { counted, metric } from './number.js';
import { clean } from './text.js';

/** The unwell trials of a study, by what is wrong: how many, and the last finding. */
export type HealthNotes = ReadonlyMap<
  string,
  { readonly trials: ReadonlySet<number>; readonly trial: number; readonly last: HealthFinding }
>;

/** What is wrong, in two words: `vanishing gradients`. */
export function ailment({ kind, of }: HealthFinding): string {
  return `${kind} ${of}s`;
}

/** The notes after one more event; the same ones when it has no findings. */
export function noteHealth(notes: HealthNotes, event: StudyEvent): HealthNotes {
  if (event.type !== 'trial-reported' || !event.report.health?.length) return notes;
  const next = new Map(notes);
  for (const last of event.report.health) {
    const trials = new Set(next.get(ailment(last))?.trials).add(event.trial);
    next.set(ailment(last), { trials, trial: event.trial, last });
  }
  return next;
}

/** A finding in a sentence: `layer 2 dense: vanishing gradients (1.2e-9 at step 40): use relu`. */
export function findingSentence(finding: HealthFinding): string {
  const { layerName, norm, step, advice } = finding;
  return `layer ${clean(layerName)}: ${ailment(finding)} (${metric(norm)} at step ${step}): ${clean(advice)}`;
}

/** One sentence for each thing that is wrong: `vanishing gradients in 3 trials, last in #9, layer 2 dense (1.2e-9): use relu`. */
export function healthSentences(notes: HealthNotes): string[] {
  return [...notes].map(([name, { trials, trial, last }]) => {
    const where = trials.size === 1 ? `#${trial}` : `${counted(trials.size, 'trial')}, last #${trial}`;
    return `${name} in ${where}, layer ${clean(last.layerName)} (${metric(last.norm)}): ${clean(last.advice)}`;
  });
}
