import { InputError } from '../errors.js';
import type { StopDecision } from '../train/report.js';
import type { HParams, StudyStop, TrialOrigin, UnstampedEvent } from './events.js';
import type { CommandAnswer, StudyCommand } from './study-control.js';
import type { StudyState, TrialRecord } from './study-state.js';
import type { TrialCommand } from './trial.js';
import { stoppedByUser } from './trial-stops.js';

/** What commands can do to a running study. */
export interface Steering {
  readonly state: () => StudyState;
  tell(event: UnstampedEvent): void;
  /** To a trial that runs. */
  toTrial(trial: number, wish: TrialCommand): void;
  /** Ends a trial that does not run. */
  finish(record: TrialRecord, stop: StopDecision): void;
  /** Throws an `InputError` for a point that the space does not have, and if some of what is `meant`, all of it, is not in it. */
  enqueue(hparams: HParams, origin: TrialOrigin, meant?: HParams): number;
  setTrials(trials: number): void;
  setParallel(parallel: number): void;
  stop(stopped: StudyStop): void;
}

/**
 * Does what a command asks, or says why it cannot be done.
 *
 * @throws InputError
 */
export function answerCommand(command: StudyCommand, by: string, steering: Steering): CommandAnswer {
  const { state, tell, toTrial, enqueue } = steering;
  const recordOf = (number: number): TrialRecord => {
    const { trials } = state();
    const record = trials.get(number);
    if (record !== undefined) return record;
    throw new InputError(`there is no trial ${number}; the last one is ${trials.size - 1}`);
  };
  /** With what was drawn for it. */
  const made = (trial: number): CommandAnswer => ({ trial, hparams: recordOf(trial).hparams });
  const refuse = ({ number, state }: TrialRecord, wanted: string): never => {
    throw new InputError(`trial ${number} is ${state}; only a trial that ${wanted}`);
  };

  switch (command.type) {
    case 'pause-trial': {
      const record = recordOf(command.trial);
      if (record.state !== 'running') refuse(record, 'is running can be paused');
      toTrial(command.trial, { pause: by });
      return {};
    }
    case 'resume-trial': {
      const record = recordOf(command.trial);
      if (record.state !== 'paused') refuse(record, 'is paused can be resumed');
      tell({ type: 'trial-waits', trial: command.trial, by });
      return {};
    }
    case 'stop-trial': {
      const record = recordOf(command.trial);
      const stop = { ...stoppedByUser(record.epochs, command.reason, command.outcome), origin: by };
      if (record.state === 'running') toTrial(command.trial, { stop });
      else if (record.state === 'paused' || record.state === 'waiting') steering.finish(record, stop);
      else refuse(record, 'has not ended can be stopped');
      return {};
    }
    case 'retry-trial':
      return made(enqueue(recordOf(command.trial).hparams, { kind: 'retry', of: command.trial, by }));
    case 'clone-trial': {
      const { hparams } = recordOf(command.trial);
      const edited = { ...hparams, ...command.hparams };
      return made(enqueue(edited, { kind: 'clone', of: command.trial, by }, command.hparams));
    }
    case 'enqueue':
      return made(enqueue(command.hparams, { kind: 'enqueued', by }));
    case 'set':
      return set(command, by, steering);
    case 'pause':
    case 'resume': {
      const paused = command.type === 'pause';
      if (state().paused === paused) throw new InputError(`the study is ${paused ? 'paused already' : 'not paused'}`);
      tell({ type: 'study-changed', paused, by });
      return {};
    }
    case 'stop':
      steering.stop({ by, ...(command.reason !== undefined && { reason: command.reason }) });
      return {};
  }
}

function set(
  { parallel, trials }: Extract<StudyCommand, { type: 'set' }>,
  by: string,
  { state, tell, setParallel, setTrials }: Steering,
): CommandAnswer {
  const begun = state().trials.size;
  requireWhole('parallel', parallel, 1, 1024);
  requireWhole('trials', trials, begun, 1e9);
  if (parallel === undefined && trials === undefined) throw new InputError('set: expected `parallel` or `trials`');
  if (parallel !== undefined) setParallel(parallel);
  if (trials !== undefined) setTrials(trials);
  tell({
    type: 'study-changed',
    ...(parallel !== undefined && { parallel }),
    ...(trials !== undefined && { trials }),
    by,
  });
  return {};
}

function requireWhole(name: string, value: number | undefined, from: number, to: number): void {
  if (value === undefined || (Number.isSafeInteger(value) && value >= from && value <= to)) return;
  const range = to === Number.MAX_SAFE_INTEGER ? `from ${from} up` : `from ${from} to ${to}`;
  throw new InputError(`set: expected \`${name}\` to be a whole number ${range}, got ${String(value)}`);
}
