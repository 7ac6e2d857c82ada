import { asapScheduler, defer, type Observable, subscribeOn, tap } from 'rxjs';
import { InputError } from '../errors.js';
import type { Network } from '../nn/network.js';

const inTraining = new WeakSet<Network>();

/**
 * A training that has its network for itself, from the subscription to the end. The stream of a second one errors with an `InputError`; it
 * looks again a microtask later, because who hears the end of a training, or leaves it, may begin the next one before the first is torn down.
 */
export function oneTraining<T>(net: Network, begin: () => Observable<T>): Observable<T> {
  const begun = defer(() => {
    if (inTraining.has(net)) {
      throw new InputError(
        'train: the network is being trained already, by another subscription; wait for its end, or train another network',
      );
    }
    inTraining.add(net);
    let mine = true;
    const release = () => {
      if (mine) inTraining.delete(net);
      mine = false;
    };
    try {
      // Before whoever listens hears of the end.
      return begin().pipe(tap({ complete: release, error: release, finalize: release }));
    } catch (error) {
      release();
      throw error;
    }
  });
  return defer(() => (inTraining.has(net) ? begun.pipe(subscribeOn(asapScheduler)) : begun));
}
