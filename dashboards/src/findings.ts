import type { HealthFinding } from '../../src/train/report.js';
import type { StudyEvent } from '../../src/tune/events.js';

/** What is wrong with one layer, in how many trials, and the last time it was seen. */
export interface LayerFinding {
  readonly trials: ReadonlySet<number>;
  readonly trial: number;
  readonly last: HealthFinding;
}

/** Findings by layer and ailment. */
export type Findings = ReadonlyMap<string, LayerFinding>;

/** The findings after one more event; the same ones when it has none. */
export function foldFindings(findings: Findings, event: StudyEvent): Findings {
  if (event.type === 'study-started') return new Map();
  if (event.type !== 'trial-reported' || !event.report.health?.length) return findings;
  const next = new Map(findings);
  for (const last of event.report.health) {
    const key = `${last.layer} ${last.layerName} ${last.kind} ${last.of}`;
    const trials = new Set(next.get(key)?.trials).add(event.trial);
    next.set(key, { trials, trial: event.trial, last });
  }
  return next;
}
