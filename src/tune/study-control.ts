import { InputError } from '../errors.js';
import type { HParams } from './events.js';

/** What a running study can be told; plain JSON. */
export type StudyCommand =
  /** The trial gives its place to others until it is resumed; it goes on from its last checkpoint. */
  | { readonly type: 'pause-trial'; readonly trial: number }
  | { readonly type: 'resume-trial'; readonly trial: number }
  /** Ends a trial that runs, waits or is paused; `outcome` is what becomes of it, `pruned` unless stated. */
  | {
      readonly type: 'stop-trial';
      readonly trial: number;
      readonly reason?: string | undefined;
      readonly outcome?: 'complete' | 'pruned' | 'failed' | undefined;
    }
  /** The hyperparameters of a trial once more, as a new trial. */
  | { readonly type: 'retry-trial'; readonly trial: number }
  /** Those of a trial with some of them changed, as a new trial. */
  | { readonly type: 'clone-trial'; readonly trial: number; readonly hparams: HParams }
  /** A new trial; what `hparams` leaves out is drawn. */
  | { readonly type: 'enqueue'; readonly hparams: HParams }
  /** How many trials run at a time, and how many there will be in all. */
  | { readonly type: 'set'; readonly parallel?: number | undefined; readonly trials?: number | undefined }
  /** No new trial is started until `resume`; those that run go on. */
  | { readonly type: 'pause' }
  | { readonly type: 'resume' }
  /** Ends the study: running trials are stopped. */
  | { readonly type: 'stop'; readonly reason?: string | undefined };

/** What came of a command: the number of the trial that was made, if one was, and what it will try. */
export interface CommandAnswer {
  readonly trial?: number | undefined;
  readonly hparams?: HParams | undefined;
}

/** The handle to a study: `tune({ control })` listens to it while it runs. */
export interface StudyControl {
  /**
   * Tells the study; what it does about it is said in its events.
   *
   * @param by who asks, for the record: `code` unless stated
   * @throws InputError when the study does not run, or cannot do that.
   */
  send(command: StudyCommand, by?: string): CommandAnswer;
  /** For the study: it takes commands until the returned function is called. */
  listen(take: (command: StudyCommand, by: string) => CommandAnswer): () => void;
}

/**
 * Makes a handle for one study at a time.
 *
 * @example
 * const control = studyControl();
 * tune({ …, control }).subscribe(…);
 * control.send({ type: 'stop-trial', trial: 3, reason: 'it oscillates' });
 */
export function studyControl(): StudyControl {
  let taker: ((command: StudyCommand, by: string) => CommandAnswer) | undefined;
  return {
    send(command, by = 'code') {
      if (taker === undefined) throw new InputError('the study is not running, so it takes no commands');
      return taker(command, by);
    },
    listen(take) {
      if (taker !== undefined) throw new InputError('the control belongs to a study that is still running');
      taker = take;
      return () => {
        taker = undefined;
      };
    },
  };
}
