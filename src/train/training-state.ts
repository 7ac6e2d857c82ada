import { InputError } from '../errors.js';
import { type Shape, shapeText, sizeOf } from '../kernels/graph.js';
import type { Network, Weights } from '../nn/network.js';
import type { Optimizer } from '../nn/optimizers/optimizer.js';
import type { HealthRow } from './layer-health.js';

/** The format of the states that this version writes, and reads. */
export const STATE_FORMAT = 1;

/** What a state belongs to: a training that differs in any of it cannot go on from there. */
export interface StateOwner {
  readonly parameters: readonly { readonly name: string; readonly shape: Shape }[];
  readonly optimizer: { readonly name: string; readonly shapes: readonly Shape[] };
  /** How the rows are cut into batches; `size` as the batches have it. */
  readonly batches: { readonly rows: number; readonly size: number; readonly seed: number; readonly shuffle: boolean };
}

/**
 * A training after an epoch, as plain data (numbers, texts and typed arrays), from which it goes on to the bit. Everything
 * random is drawn from the seed and the position, so the position is the random state.
 */
export interface TrainingState {
  readonly format: number;
  readonly of: StateOwner;
  /** Epochs that are finished. */
  readonly epoch: number;
  /** Optimizer steps taken. */
  readonly step: number;
  /** Rows seen. */
  readonly samples: number;
  /** Seconds of training. */
  readonly seconds: number;
  readonly parameters: Weights;
  /** The optimizer's state, in its order. */
  readonly optimizer: readonly Float32Array[];
  /** What `gradientHealth` has counted for the layers; empty without. */
  readonly health: readonly HealthRow[];
}

/** What the states of a training belong to. */
export function stateOwner(net: Network, optimizer: Optimizer, batches: StateOwner['batches']): StateOwner {
  const { rows, size, seed, shuffle } = batches;
  return {
    parameters: net.parameters.map(({ name, shape }) => ({ name, shape: [...shape] })),
    optimizer: {
      name: optimizer.name,
      shapes: optimizer.init(net.parameters.map(({ shape }) => shape)).map(({ shape }) => [shape[0], shape[1]]),
    },
    batches: { rows, size, seed, shuffle },
  };
}

/**
 * Throws an `InputError` unless a state is whole and belongs to this training. How many epochs there are, learning rates, the loss and
 * what is validated may differ.
 */
export function requireOwnState(state: TrainingState, owner: StateOwner): void {
  const problem = foreign(state, owner);
  if (problem !== undefined) throw new InputError(`the state to go on from ${problem}`);
}

/** What is wrong with a state for this training, as the rest of a sentence; undefined when it may go on from there. */
export function foreign(state: TrainingState, owner: StateOwner): string | undefined {
  if (typeof state !== 'object' || state === null) return `must be a TrainingState, got ${String(state)}`;
  if (state.format !== STATE_FORMAT) return `has the format ${state.format}, and this version reads ${STATE_FORMAT}`;
  const { parameters, optimizer, batches } = state.of;
  const texts = parameters.map(({ name, shape }) => `${name} ${shapeText(shape)}`);
  const own = owner.parameters.map(({ name, shape }) => `${name} ${shapeText(shape)}`);
  const at = own.findIndex((text, i) => text !== texts[i]);
  if (at >= 0 || texts.length !== own.length) {
    const place = at >= 0 ? at : own.length;
    return `belongs to another network: it has the parameter ${texts[place] ?? 'no more'} where this one has ${own[place] ?? 'no more'}`;
  }
  const shapes = (of: StateOwner['optimizer']) => `${of.name} [${of.shapes.map(shapeText).join(', ')}]`;
  if (shapes(optimizer) !== shapes(owner.optimizer)) {
    return `belongs to another optimizer: ${shapes(optimizer)}, and this one is ${shapes(owner.optimizer)}`;
  }
  for (const key of ['rows', 'size', 'seed', 'shuffle'] as const) {
    if (batches[key] === owner.batches[key]) continue;
    return `belongs to other batches: its ${NAMES[key]} was ${batches[key]}, and this one's is ${owner.batches[key]}`;
  }
  const whole =
    [state.epoch, state.step, state.samples].every(count => Number.isSafeInteger(count) && count >= 0) &&
    state.seconds >= 0 &&
    owner.parameters.every(({ name, shape }) => state.parameters[name]?.length === sizeOf(shape)) &&
    owner.optimizer.shapes.every((shape, i) => state.optimizer[i]?.length === sizeOf(shape)) &&
    Array.isArray(state.health);
  return whole ? undefined : 'is not whole: numbers are missing';
}

const NAMES = { rows: 'number of rows', size: 'batch size', seed: 'seed', shuffle: '`shuffle`' } as const;
