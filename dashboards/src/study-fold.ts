import type { LayerFindings, Snapshot } from '../../src/live/protocol.js';
import type { StudyEvent } from '../../src/tune/events.js';
import { foldWithoutReports } from '../../src/tune/fold-event.js';
import { emptyStudy, type StudyState, type TrialRecord } from '../../src/tune/study-state.js';
import { type Findings, foldFindings } from './findings.js';

/** What the page keeps of a study at a moment: everything but reports. */
export interface StudyFold {
  readonly study: StudyState;
  readonly findings: Findings;
  /** Names of the metrics seen, the objective first. */
  readonly metrics: readonly string[];
  /** Seconds of training of the trials that are not over, at their last reports. */
  readonly seconds: ReadonlyMap<number, number>;
}

/** Before any event. */
export const emptyFold: StudyFold = { study: emptyStudy, findings: new Map(), metrics: [], seconds: new Map() };

/** The fold after one more event; like that of the study, it shares what grows with the given one. */
export function foldForPage(fold: StudyFold, event: StudyEvent): StudyFold {
  const study = foldWithoutReports(fold.study, event);
  const findings = foldFindings(fold.findings, event);
  let { metrics } = fold;
  let seconds = fold.seconds as Map<number, number>;
  switch (event.type) {
    case 'study-started':
      metrics = [event.study.objective.metric];
      seconds = new Map();
      break;
    case 'trial-reported':
      for (const name in event.report.metrics) if (!metrics.includes(name)) metrics = [...metrics, name];
      seconds.set(event.trial, event.report.seconds);
      break;
    case 'trial-finished':
      seconds.delete(event.trial);
  }
  return { study, findings, metrics, seconds };
}

/** The fold that a snapshot stands for, with trials that may still be coming. */
export function foldOfSnapshot({ state, metrics, findings }: Snapshot, trials: Map<number, TrialRecord>): StudyFold {
  const objective = state.study?.objective.metric;
  const names = objective === undefined || metrics.includes(objective) ? metrics : [objective, ...metrics];
  return { study: { ...state, trials }, findings: findingsOf(findings), metrics: names, seconds: new Map() };
}

/** A fold that shares nothing that grows with the given one, so that both can go on. */
export function forkFold({ study, findings, metrics, seconds }: StudyFold): StudyFold {
  return { study: { ...study, trials: new Map(study.trials) }, findings, metrics, seconds: new Map(seconds) };
}

function findingsOf(found: readonly LayerFindings[]): Findings {
  return new Map(
    found.map(({ last, trial, trials }) => [
      `${last.layer} ${last.layerName} ${last.kind} ${last.of}`,
      { last, trial, trials: new Set(trials) },
    ]),
  );
}
