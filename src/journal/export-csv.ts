import type { HParamValue } from '../tune/events.js';
import type { TrialRecord } from '../tune/study-state.js';
import type { StoredStudy } from './read-journal.js';
import { type TrialField, trialFields } from './trial-fields.js';

/** The trials of a study as CSV (RFC 4180, lines ending in LF): a heading, then a line a trial with all of `trialFields`. */
export function exportCsv({ state }: Pick<StoredStudy, 'state'>): string {
  return trialsCsv(trialFields(state), state.trials.values());
}

/** These fields of these trials as CSV; what a trial has not is empty, numbers have all their digits. */
export function trialsCsv(fields: readonly TrialField[], trials: Iterable<TrialRecord>): string {
  const lines = [fields.map(({ name }) => quoted(name)).join()];
  for (const trial of trials) lines.push(fields.map(({ of }) => cell(of(trial))).join());
  return `${lines.join('\n')}\n`;
}

function cell(value: HParamValue | undefined): string {
  if (value === undefined) return '';
  return quoted(Object.is(value, -0) ? '-0' : String(value));
}

function quoted(text: string): string {
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
