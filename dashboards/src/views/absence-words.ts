import type { TrialRecord } from '../../../src/tune/study-state.js';
import type { Lens } from '../lens.js';
import type { Model } from '../page.js';

type Known = Pick<Model, 'study' | 'stopped' | 'caughtUp'>;

/** Whether nothing more comes of the study: it has ended, or its process is gone. */
export function isOver({ study, stopped }: Pick<Known, 'study' | 'stopped'>): boolean {
  return study.finishReason !== undefined || stopped !== undefined;
}

/** Why no trial is shown at all; undefined if some could be. */
export function noTrialWords(model: Known, lens: Pick<Lens, 'passes'>): string | undefined {
  const { trials } = model.study;
  if (!model.caughtUp && trials.size === 0) return 'The trials are coming.';
  if (trials.size === 0) return isOver(model) ? 'No trial was started.' : 'No trial has been started yet.';
  for (const trial of trials.values()) if (lens.passes(trial)) return undefined;
  return 'No trial passes the filter.';
}

/** Why there is no curve of a metric, for those that pass the filter in a state that is `offered`. */
export function noCurveWords(
  model: Known,
  lens: Pick<Lens, 'passes'>,
  offered: (trial: TrialRecord) => boolean,
  metric: string | undefined,
): string {
  const none = noTrialWords(model, lens);
  if (none !== undefined) return none;
  const { trials, epochs } = model.study;
  if (epochs === 0) return isOver(model) ? 'No trial reported an epoch.' : 'No epoch is finished yet.';
  const passing = [...trials.values()].filter(lens.passes);
  if (!passing.some(offered)) return 'No trial is in one of the states that are shown.';
  if (passing.every(trial => trial.epochs === 0)) return 'None of these trials has reported an epoch.';
  return metric === undefined ? 'There is no metric.' : `None of these trials has a number for ${metric}.`;
}

/** Why no trial has a value of the objective. */
export function noValueWords(model: Known, lens: Pick<Lens, 'passes'>): string {
  const none = noTrialWords(model, lens);
  if (none !== undefined) return none;
  const all = [...model.study.trials.values()].every(lens.passes);
  return `No trial${all ? '' : ' that passes the filter'} has a value${isOver(model) ? '' : ' yet'}.`;
}

/** Why the page of a trial has nothing by epoch. */
export function noEpochWords({ stop }: Pick<TrialRecord, 'stop'>): string {
  return stop === undefined ? 'No epoch is finished yet.' : 'It reported no epoch.';
}

/** What a click beneath an axis does, where trials pass that do not have what it stands for; `only`: no others are shown now. */
export function railWords(title: string, only: boolean): string {
  return only ? `Show the trials with ${title} too` : `Show only trials without ${title}`;
}
