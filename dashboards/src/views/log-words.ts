import { hyperparameter, metric } from '../../../src/cli/number.js';
import type { HParams, PlainReport, StudyEvent, StudyInfo, TrialOrigin } from '../../../src/tune/events.js';
import type { TrialRecord } from '../../../src/tune/study-state.js';

/** A line of a trial's log. */
export interface LogLine {
  /** Milliseconds since 1970. */
  readonly time: number;
  /** `report` is an epoch of which there is nothing more to say than its numbers. */
  readonly kind: 'begin' | 'report' | 'better' | 'finding' | 'pause' | 'resume' | 'end';
  readonly text: string;
}

const askers: Readonly<Record<string, string>> = { code: 'the program', command: 'the command line', page: 'a page' };

/** Who asked for something, in words. */
export const askerWords = (by: string): string => (Object.hasOwn(askers, by) ? (askers[by] as string) : by);

/** What happened to a trial, line by line, in words. */
export function logOf(
  events: readonly StudyEvent[],
  info: StudyInfo,
  trials: ReadonlyMap<number, TrialRecord>,
): LogLine[] {
  const lines: LogLine[] = [];
  let best: number | undefined;
  let enqueued: TrialOrigin | undefined;
  for (const event of events) {
    const say = (kind: LogLine['kind'], text: string) => lines.push({ time: event.time, kind, text });
    switch (event.type) {
      case 'trial-enqueued':
        enqueued = event.origin;
        say('begin', `Enqueued: ${originWords(event.origin, event.hparams, trials)}. It waits to be started.`);
        break;
      case 'trial-started': {
        const origin = event.origin ?? enqueued;
        const drawn = `its hyperparameters drawn by ${info.sampler}`;
        const from = origin === undefined ? drawn : originWords(origin, event.hparams, trials);
        say('begin', `Started${placeWords(event.slot)}: ${from}.`);
        break;
      }
      case 'trial-paused':
        say('pause', `Paused after epoch ${event.epoch} by ${askerWords(event.by)}.`);
        break;
      case 'trial-waits':
        say('resume', `To go on as soon as there is a place, asked for by ${askerWords(event.by)}.`);
        break;
      case 'trial-resumed':
        say('resume', `Runs again${placeWords(event.slot)}, from epoch ${event.epoch}.`);
        break;
      case 'trial-reported': {
        const { report } = event;
        for (const { kind, of, layerName, norm, step, advice } of report.health ?? []) {
          const size = `root mean square ${metric(norm)} at step ${step}`;
          say('finding', `The ${of}s of layer ${layerName} are ${kind} (${size}): ${advice}.`);
        }
        const value: unknown = report.metrics[info.objective.metric];
        const better =
          typeof value === 'number' &&
          Number.isFinite(value) &&
          (best === undefined || (info.objective.direction === 'maximize' ? value > best : value < best));
        if (better) best = value;
        say(better ? 'better' : 'report', reportWords(report, info, better));
        break;
      }
      case 'trial-finished':
        say('end', endWords(event));
    }
  }
  return lines;
}

const placeWords = (slot: number | undefined) => (slot === undefined ? '' : ` at place ${slot + 1}`);

function originWords(origin: TrialOrigin, hparams: HParams, trials: ReadonlyMap<number, TrialRecord>): string {
  const { kind, of } = origin;
  if (kind === 'enqueued' || of === undefined) return 'somebody gave its hyperparameters';
  if (kind === 'retry') return `the hyperparameters of trial ${of} once more`;
  const changes = changesOf(trials.get(of)?.hparams, hparams);
  return `a clone of trial ${of}${changes === '' ? '' : `, with ${changes}`}`;
}

function changesOf(before: HParams | undefined, after: HParams): string {
  if (before === undefined) return '';
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const shown = (of: HParams, name: string) => (Object.hasOwn(of, name) ? hyperparameter(of[name] ?? null) : 'absent');
  return names
    .filter(name => shown(before, name) !== shown(after, name))
    .map(name => `${name} ${shown(before, name)} → ${shown(after, name)}`)
    .join(', ');
}

function reportWords(report: PlainReport, { objective }: StudyInfo, better: boolean): string {
  const { epoch, metrics, fold, checkpoint } = report;
  const names = Object.keys(metrics).sort((a, b) => Number(b === objective.metric) - Number(a === objective.metric));
  // What was NaN is null after its way through JSON.
  const numbers = names.map(name => `${name} ${metric(metrics[name] ?? Number.NaN)}`).join(', ');
  const what = fold === undefined ? `Epoch ${epoch}` : `Fold ${fold} is over`;
  return `${what}: ${numbers}${better ? ', the best so far' : ''}${checkpoint === undefined ? '' : '; stored'}.`;
}

function endWords({ state, stop, epochs }: Extract<StudyEvent, { readonly type: 'trial-finished' }>): string {
  const { by, reason, threshold, against, value, metric: name, restoredEpoch } = stop;
  const became = { complete: 'Complete', pruned: 'Pruned', failed: 'Failed' }[state];
  if (by === 'epochs') return `${became}: ${reason || `it ran all ${epochs} epochs`}.`;
  const who = by === 'error' ? 'with an error' : by === 'user' ? 'by hand' : `by ${by}`;
  // What the reason says already is not said twice.
  const told = against !== undefined && reason.includes(against);
  const compared =
    against === undefined || told
      ? ''
      : `; ${name ?? 'value'}${value === undefined ? '' : ` ${metric(value)}`} against ${metric(threshold)}, the ${against}`;
  const restored =
    restoredEpoch === undefined || reason.includes('restored')
      ? ''
      : `; its weights are again those of epoch ${restoredEpoch}`;
  return `${became} ${who} at epoch ${stop.epoch}: ${reason}${compared}${restored}.`;
}
