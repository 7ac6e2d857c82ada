import { defer, finalize, map, type OperatorFunction } from 'rxjs';
import { openResources, type Resources } from './resources.js';

/**
 * An operator that maps each value with what `open` prepares anew for every subscription; what it hands to `resources`
 * is freed when the subscription ends, after the source.
 */
export function stage<T, R>(open: (resources: Resources) => (value: T) => R): OperatorFunction<T, R> {
  return source =>
    defer(() => {
      const resources = openResources();
      try {
        return source.pipe(map(open(resources)), finalize(resources.close));
      } catch (error) {
        resources.close();
        throw error;
      }
    });
}
