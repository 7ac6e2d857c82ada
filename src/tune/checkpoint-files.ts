import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type CheckpointEvery, type Checkpointing, dueAfter } from '../train/checkpointing.js';
import { foreign, type StateOwner, type TrainingState } from '../train/training-state.js';
import { decodeState, encodeState } from './checkpoint-bytes.js';
import type { CheckpointTask } from './checkpoint-task.js';

/** States of a trial that are kept: two may be ahead of what is recorded. */
const KEPT = 3;

/** Where the states of a training are. */
export interface CheckpointPlace {
  readonly folder: string;
  readonly trial: number;
  /** From 0, in a cross-validation: each fold has its own. */
  readonly fold?: number | undefined;
}

/** Options of `checkpointFiles`. */
export interface CheckpointFilesOptions extends CheckpointPlace {
  /** Every 10 seconds of training unless stated. */
  readonly every?: CheckpointEvery | undefined;
  /** The last epoch that it may go on from: later states are removed. 0: from the start; the newest state unless stated. */
  readonly upTo?: number | undefined;
  /** Is told, once a folder, when a state could not be stored; a warning of the process unless stated. */
  readonly note?: ((sentence: string) => void) | undefined;
}

/**
 * Stores a training in files `trial-<n>-epoch-<e>.ckpt` of a folder, whole or not at all, of which the last three are kept, and has it go on
 * from the newest one that is whole and its own. Where a state cannot be stored, as on a full disk, the training goes on without.
 *
 * @example train({ …, checkpoint: checkpointFiles({ folder: 'checkpoints', trial: 3 }) })
 */
export function checkpointFiles(options: CheckpointFilesOptions): Checkpointing {
  const { upTo = Number.POSITIVE_INFINITY, every } = options;
  return {
    every,
    from(owner) {
      removeAfter(options, upTo);
      return latestCheckpoint(options, upTo, state => foreign(state, owner) === undefined);
    },
    save: state => store(options, state),
  };
}

/** How a trial is stored, for `train`: what its objective's `context.checkpoint` says; undefined if it says nothing. */
export function fileCheckpoint(task: CheckpointTask | undefined): Checkpointing | undefined {
  return task && checkpointFiles({ ...task, every: { seconds: task.seconds } });
}

/**
 * The same for the trainings of a cross-validation, one for each fold: they are stored at the same epochs, and go on from the last one
 * that all of them have. To be made anew for every run.
 *
 * @example
 * const stored = foldCheckpoints(context.checkpoint, folds.length);
 * return crossValidate(folds.map(({ train: data, validation }, i) => train({ …, checkpoint: stored[i] })));
 */
export function foldCheckpoints(
  task: CheckpointTask | undefined,
  folds: number,
): readonly (Checkpointing | undefined)[] {
  const places = Array.from({ length: folds }, (_, fold) => task && { ...task, fold });
  let states: readonly TrainingState[] | undefined;
  let decided = { epoch: 0, due: false };
  let due: ReturnType<typeof dueAfter> | undefined;
  const find = (task: CheckpointTask, owner: StateOwner) => {
    const all = places.flatMap(place => place ?? []);
    for (const place of all) removeAfter(place, task.upTo);
    return latestOfAll(all, task.upTo, owner) ?? [];
  };
  return places.map((place, fold): Checkpointing | undefined => {
    if (place === undefined) return undefined;
    return {
      from(owner) {
        states ??= find(place, owner);
        return states[fold];
      },
      // The first fold to end an epoch decides for all.
      every(epoch, seconds, cost) {
        due ??= dueAfter({ seconds: place.seconds }, states?.[0]);
        if (epoch !== decided.epoch) decided = { epoch, due: due(epoch, seconds, folds * cost) };
        return decided.due;
      },
      save: state => store(place, state) && join(place.folder, fileName({ ...place, fold: '*' }, state.epoch)),
    };
  });
}

/**
 * The newest state of a training that is whole and wanted, of an epoch up to `upTo`; undefined if there is none. Damaged files are passed
 * over, and nothing is thrown for them.
 */
export function latestCheckpoint(
  place: CheckpointPlace,
  upTo: number,
  wanted: (state: TrainingState) => boolean = () => true,
): TrainingState | undefined {
  for (const epoch of epochsOf(place).filter(epoch => epoch <= upTo)) {
    const state = read(place, epoch);
    if (state !== undefined && wanted(state)) return state;
  }
  return undefined;
}

/** Removes all that is stored of a trial, of its folds too. */
export function removeCheckpoints(folder: string, trial: number): void {
  for (const name of namesIn(folder)) if (trialOf(name) === trial) remove(join(folder, name));
}

/** The newest states of one epoch that all folds have; rows may differ from fold to fold. */
function latestOfAll(
  places: readonly CheckpointPlace[],
  upTo: number,
  { parameters, optimizer, batches }: StateOwner,
): readonly TrainingState[] | undefined {
  const [first, ...others] = places.map(epochsOf);
  for (const epoch of first ?? []) {
    if (epoch > upTo || !others.every(epochs => epochs.includes(epoch))) continue;
    const states = places.flatMap(place => read(place, epoch) ?? []);
    const own = ({ of }: TrainingState): StateOwner => ({
      parameters,
      optimizer,
      batches: { ...batches, rows: of.batches.rows, size: of.batches.size },
    });
    if (states.length === places.length && states.every(state => foreign(state, own(state)) === undefined))
      return states;
  }
  return undefined;
}

const noted = new Set<string>();

function store(
  place: CheckpointPlace & Pick<CheckpointFilesOptions, 'note'>,
  state: TrainingState,
): string | undefined {
  const path = join(place.folder, fileName(place, state.epoch));
  const temporary = `${path}.tmp`;
  try {
    mkdirSync(place.folder, { recursive: true });
    writeDurably(temporary, encodeState(state));
    renameSync(temporary, path);
    for (const epoch of epochsOf(place).slice(KEPT)) remove(join(place.folder, fileName(place, epoch)));
    return path;
  } catch (error) {
    remove(temporary);
    if (noted.has(place.folder)) return undefined;
    noted.add(place.folder);
    const note = place.note ?? (sentence => process.emitWarning(sentence));
    note(
      `The state of trial ${place.trial} cannot be stored in ${place.folder} (${reasonOf(error)}): trials go on without.`,
    );
    return undefined;
  }
}

/** The bytes are on the disk, not only on their way, when it returns. */
function writeDurably(path: string, bytes: Uint8Array): void {
  const file = openSync(path, 'w');
  try {
    writeFileSync(file, bytes);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Removes the states of later epochs, and what an interrupted writing has left. */
function removeAfter(place: CheckpointPlace, upTo: number): void {
  for (const epoch of epochsOf(place)) if (epoch > upTo) remove(join(place.folder, fileName(place, epoch)));
  const prefix = fileName(place, '');
  const own = prefix.slice(0, -'.ckpt'.length);
  for (const name of namesIn(place.folder)) {
    if (name.startsWith(own) && name.endsWith('.tmp')) remove(join(place.folder, name));
  }
}

function read(place: CheckpointPlace, epoch: number): TrainingState | undefined {
  try {
    const state = decodeState(readFileSync(join(place.folder, fileName(place, epoch))));
    return state?.epoch === epoch ? state : undefined;
  } catch {
    return undefined;
  }
}

const fileName = (
  { trial, fold }: { readonly trial: number; readonly fold?: number | '*' | undefined },
  epoch: number | '',
): string => `trial-${trial}-${fold === undefined ? '' : `fold-${fold}-`}epoch-${epoch}.ckpt`;

/** The epochs of which there are files, the newest first. */
function epochsOf(place: CheckpointPlace): readonly number[] {
  const epochs = namesIn(place.folder).flatMap(name => {
    const epoch = Number(/-epoch-(\d+)\.ckpt$/.exec(name)?.[1]);
    return name === fileName(place, epoch) ? [epoch] : [];
  });
  return epochs.sort((a, b) => b - a);
}

const trialOf = (name: string): number =>
  Number(/^trial-(\d+)-(?:fold-\d+-)?epoch-\d+\.ckpt(?:\.tmp)?$/.exec(name)?.[1]);

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function remove(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // Whoever cannot remove it finds it again; it does no harm.
  }
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const reasons: Readonly<Record<string, string>> = {
    ENOSPC: 'the disk is full',
    EACCES: 'permission denied',
    EROFS: 'it is read-only',
    ENOTDIR: 'it is not a directory',
    EEXIST: 'it is not a directory',
  };
  return reasons[code ?? ''] ?? message;
}
