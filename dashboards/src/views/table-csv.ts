import { trialsCsv } from '../../../src/journal/export-csv.js';
import { trialFields } from '../../../src/journal/trial-fields.js';
import type { TrialRecord } from '../../../src/tune/study-state.js';
import { element } from '../element.js';
import type { Model } from '../page.js';

/** Trials as `rxnn trials --csv` writes them: all that each has, every digit. */
export function csvOf({ study, metrics }: Pick<Model, 'study' | 'metrics'>, trials: Iterable<TrialRecord>): string {
  return trialsCsv(trialFields(study, metrics), trials);
}

/** Gives the person a file that was made in the page. */
export function download(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = element('a', { href: url, download: name });
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** A name that every file system takes. */
export function fileName(text: string, extension: string): string {
  const safe = text
    .replace(/[^\p{L}\p{N}._-]+/gu, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 80);
  return `${safe || 'study'}.${extension}`;
}
