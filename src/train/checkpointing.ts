import { concatMap, from, type Observable, of, tap } from 'rxjs';
import type { Tensor } from '../kernels/device.js';
import type { Network, Weights } from '../nn/network.js';
import type { HealthRow } from './layer-health.js';
import { requireFromZero, requireInteger } from './require-integer.js';
import { requireOwnState, STATE_FORMAT, type StateOwner, type TrainingState } from './training-state.js';

/** Seconds of training between two states that are stored, unless stated. */
const SECONDS = 10;

/** A state that is asked for by seconds is not stored again before so many times as long as storing the last one took. */
const PATIENCE = 20;

/** When the state of a training is stored: once one of them has gone by since the last time. */
export interface CheckpointEvery {
  /** Of training; 10, unless `epochs` is given. Storing then takes a twentieth of the time at most. 0: after every epoch, whatever it takes. */
  readonly seconds?: number | undefined;
  readonly epochs?: number | undefined;
}

/** How a training is stored, and gone on with. */
export interface Checkpointing {
  /**
   * The state to go on from, or what finds it when the training is subscribed to, given what it must belong to; undefined: from the start.
   * The reports are then those of the epochs after it, the same to the bit as without the interruption.
   */
  readonly from?: TrainingState | ((owner: StateOwner) => TrainingState | undefined) | undefined;
  /** Stores a state, whose arrays nobody else has; what it returns is the report's `checkpoint`. The training waits for a promise. */
  save?(state: TrainingState): string | undefined | PromiseLike<string | undefined>;
  /** When; or a function that is asked after every epoch, given how long the last time took. */
  readonly every?: CheckpointEvery | CheckpointDue | undefined;
}

/** Whether the state after an epoch is to be stored, at so many seconds of training; `cost` is how many the last time took, 0 before. */
export type CheckpointDue = (epoch: number, seconds: number, cost: number) => boolean;

/** What one subscription to a training that is stored or gone on with knows: its stages take from it, and put there, what is theirs. */
export interface TrainingMemory {
  /** Where the training goes on from. */
  readonly from: TrainingState | undefined;
  /** The optimizer's state on the device: given by `update`. */
  optimizer: (() => readonly Tensor[]) | undefined;
  /** Given by `gradientHealth`. */
  health: (() => readonly HealthRow[]) | undefined;
  /** Stores the state, if it is due, and says where: asked by `epochs`, while the batch is held. A training that is left stores nothing more. */
  store(position: Position, clock: () => number): Observable<string | undefined> | undefined;
}

/** Where a training is. */
export type Position = Pick<TrainingState, 'epoch' | 'step' | 'samples' | 'seconds'>;

/** Puts the network where the state to go on from says, if there is one. Throws an `InputError` for one of another training. */
export function openMemory(net: Network, owner: StateOwner, options: Checkpointing): TrainingMemory {
  const start = typeof options.from === 'function' ? options.from(owner) : options.from;
  if (start !== undefined) {
    requireOwnState(start, owner);
    net.load(start.parameters);
  }
  const due = typeof options.every === 'function' ? options.every : dueAfter(options.every, start);
  let cost = 0;
  const memory: TrainingMemory = {
    from: start,
    optimizer: undefined,
    health: undefined,
    store(position, clock) {
      if (options.save === undefined || !due(position.epoch, position.seconds, cost)) return undefined;
      const begun = clock();
      return from(readState(net, owner, memory, position)).pipe(
        concatMap(state => {
          const place = options.save?.(state);
          return typeof place === 'object' ? from(place) : of(place);
        }),
        tap(() => {
          cost = (clock() - begun) / 1000;
        }),
      );
    },
  };
  return memory;
}

/** Throws an `InputError` for an `every` that is none. */
export function requireEvery({ every }: Checkpointing): void {
  if (typeof every !== 'object') return;
  if (every.seconds !== undefined) requireFromZero('checkpoint.every.seconds', every.seconds);
  if (every.epochs !== undefined) requireInteger('checkpoint.every.epochs', every.epochs, 1);
}

/** Says when a state is due, of a training that was last stored at `last`, or has just begun. */
export function dueAfter(every: CheckpointEvery = {}, last?: Pick<Position, 'epoch' | 'seconds'>): CheckpointDue {
  const { epochs = Number.POSITIVE_INFINITY } = every;
  const seconds = every.seconds ?? (every.epochs === undefined ? SECONDS : Number.POSITIVE_INFINITY);
  let { epoch: storedEpoch, seconds: storedAt } = last ?? { epoch: 0, seconds: 0 };
  const pause = (cost: number) => (seconds === 0 ? 0 : Math.max(seconds, PATIENCE * cost));
  return (epoch, now, cost) => {
    if (epoch - storedEpoch < epochs && now - storedAt < pause(cost)) return false;
    storedEpoch = epoch;
    storedAt = now;
    return true;
  };
}

async function readState(
  net: Network,
  owner: StateOwner,
  memory: TrainingMemory,
  { epoch, step, samples, seconds }: Position,
): Promise<TrainingState> {
  // All are asked for before any is waited for: nobody else's commands come in between.
  const reading = [net.tensors(), memory.optimizer?.() ?? []].map(tensors => Promise.all(tensors.map(valuesOf)));
  const health = memory.health?.() ?? [];
  const [values, optimizer] = (await Promise.all(reading)) as [Float32Array[], Float32Array[]];
  const parameters: Weights = Object.fromEntries(
    net.parameters.map(({ name }, i) => [name, values[i] as Float32Array]),
  );
  return { format: STATE_FORMAT, of: owner, epoch, step, samples, seconds, parameters, optimizer, health };
}

/** A copy of a tensor's values, of this moment. */
function valuesOf(tensor: Tensor): Float32Array | Promise<Float32Array> {
  if (tensor.device.synchronous) return tensor.readSync().slice();
  return tensor.read().then(values => values.slice());
}
