import { defer, EMPTY, from, ignoreElements, type Observable } from 'rxjs';
import type { Device } from '../kernels/device.js';
import type { Batch } from './batch.js';

/** How many steps go by between two waits: between one and two times as many are queued on the device. */
const STEPS_IN_FLIGHT = 8;

/** Keeps a source from running ahead of an asynchronous device. */
export interface KeepUp {
  /** To be called for each step: now and then holds its batch until the steps before are done; throws what has failed there. */
  step(batch: Batch, device: Device): void;
  /** Completes when the device has done everything asked of it, or errors with the first failure. */
  readonly end: Observable<never>;
}

/** The state of one subscription. On a synchronous device both do nothing. */
export function keepUp(): KeepUp {
  let used: Device | undefined;
  let count = 0;
  let earlier: Promise<void> | undefined;
  let failure: { readonly error: unknown } | undefined;
  const fail = (error: unknown) => {
    failure ??= { error };
  };
  return {
    step(batch, device) {
      used = device;
      if (device.synchronous) return;
      if (failure !== undefined) throw failure.error;
      if (++count % STEPS_IN_FLIGHT !== 0) return;
      if (earlier !== undefined) {
        const release = batch.hold();
        // A failure is thrown at the next step, or at the end if there is none.
        earlier.then(release, release);
      }
      earlier = device.settled();
      earlier?.catch(fail);
    },
    end: defer(() => {
      if (failure !== undefined) throw failure.error;
      const settled = used?.settled();
      return settled === undefined ? EMPTY : from(settled).pipe(ignoreElements());
    }),
  };
}
