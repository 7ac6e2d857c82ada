import { UnsubscriptionError } from 'rxjs';
import { DeviceError, InputError, type Place } from '../../errors.js';

/** An error as it goes from thread to thread: cloning one loses its class and name. */
export interface ErrorOnWire {
  readonly name: string;
  readonly message: string;
  readonly stack?: string | undefined;
  /** Of an `InputError`. */
  readonly input?: { readonly problem: string; readonly place: Place } | undefined;
}

/** Whatever was thrown, as plain data. */
export function toWire(error: unknown): ErrorOnWire {
  if (error instanceof UnsubscriptionError) return toWire(error.errors[0]);
  if (!(error instanceof Error)) return { name: 'Error', message: text(error) };
  const { name, message, stack } = error;
  return {
    name,
    message,
    stack,
    ...(error instanceof InputError && { input: { problem: error.problem, place: error.place } }),
  };
}

/** An error that says the same as the one that was sent, of the same class if it is one of ours. */
export function fromWire({ name, message, stack, input }: ErrorOnWire): Error {
  if (input !== undefined) return new InputError(input.problem, input.place);
  if (name === 'DeviceError') return new DeviceError(message);
  const error = new Error(message);
  error.name = name;
  if (stack !== undefined) error.stack = stack;
  return error;
}

function text(value: unknown): string {
  try {
    return String(value);
  } catch {
    return 'something that cannot be shown was thrown';
  }
}
