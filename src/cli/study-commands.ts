import { InputError } from '../errors.js';
import { hparamsFrom, settingsFrom } from './command-arguments.js';
import type { ExitCode } from './exit-code.js';
import type { Io } from './io.js';
import { steerCommand } from './steer-command.js';

/** What every command to a running study may be asked. */
export interface SteerOptions {
  readonly json?: true;
}

/** What `rxnn stop` may be asked; an outcome only about a trial. */
export interface StopOptions extends SteerOptions {
  readonly reason?: string;
  readonly outcome?: 'complete' | 'pruned' | 'failed';
}

/** What `rxnn enqueue` may be asked. */
export interface EnqueueOptions extends SteerOptions {
  /** The number of a trial whose other hyperparameters the new one has. */
  readonly like?: number;
}

/** `rxnn pause`: a trial gives its place to others; of a whole study no new trial is started. */
export function pauseCommand(
  study: string,
  trial: number | undefined,
  options: SteerOptions,
  io: Io,
): Promise<ExitCode> {
  return steerCommand(study, trial === undefined ? { type: 'pause' } : { type: 'pause-trial', trial }, options, io);
}

/** `rxnn resume`: what was paused goes on. */
export function resumeCommand(
  study: string,
  trial: number | undefined,
  options: SteerOptions,
  io: Io,
): Promise<ExitCode> {
  return steerCommand(study, trial === undefined ? { type: 'resume' } : { type: 'resume-trial', trial }, options, io);
}

/** `rxnn stop`: ends a trial, or the run of a study. */
export async function stopCommand(
  study: string,
  trial: number | undefined,
  options: StopOptions,
  io: Io,
): Promise<ExitCode> {
  const { reason, outcome } = options;
  if (trial !== undefined) return steerCommand(study, { type: 'stop-trial', trial, reason, outcome }, options, io);
  if (outcome !== undefined) throw new InputError('--outcome is for a trial that is stopped; state its number');
  return steerCommand(study, { type: 'stop', ...(reason !== undefined && { reason }) }, options, io);
}

/** `rxnn retry`: the hyperparameters of a trial once more. */
export function retryCommand(study: string, trial: number, options: SteerOptions, io: Io): Promise<ExitCode> {
  return steerCommand(study, { type: 'retry-trial', trial }, options, io);
}

/** `rxnn enqueue`: a new trial, of which some hyperparameters are stated; the others are drawn, or another trial's. */
export async function enqueueCommand(
  study: string,
  values: readonly string[],
  options: EnqueueOptions,
  io: Io,
): Promise<ExitCode> {
  const hparams = hparamsFrom(values);
  const { like } = options;
  const command =
    like === undefined
      ? ({ type: 'enqueue', hparams } as const)
      : ({ type: 'clone-trial', trial: like, hparams } as const);
  return steerCommand(study, command, options, io);
}

/** `rxnn set`: how many trials run at a time, and how many there will be. */
export async function setCommand(
  study: string,
  changes: readonly string[],
  options: SteerOptions,
  io: Io,
): Promise<ExitCode> {
  return steerCommand(study, { type: 'set', ...settingsFrom(changes) }, options, io);
}
