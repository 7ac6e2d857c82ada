import { Observable, type Observer, type OperatorFunction, type Subscriber, type Subscription } from 'rxjs';

type Handlers<T> = Partial<Observer<T>> | ((value: T) => void) | null | undefined;

/**
 * A source for a user's operator. What the handlers that it subscribes throw goes to `failed`, and they are asked no more;
 * RxJS would throw it at the process. The same holds behind `pipe`.
 */
export function guarded<T>(source: Observable<T>, failed: (error: unknown) => void): Observable<T> {
  const guard = new Observable<T>(subscriber => source.subscribe(subscriber));
  const subscribe = guard.subscribe.bind(guard);
  return Object.assign(guard, {
    subscribe(given?: Handlers<T>, error?: (error: unknown) => void, complete?: () => void): Subscription {
      // RxJS's own operators bring subscribers, which pass errors on.
      if (isSubscriber(given)) return subscribe(given);
      const observer = typeof given === 'function' ? { next: given, error, complete } : (given ?? { error, complete });
      let broken = false;
      const attempt = (call: () => void) => {
        if (broken) return;
        try {
          call();
        } catch (thrown) {
          broken = true;
          failed(thrown);
        }
      };
      return subscribe({
        next: value => attempt(() => observer.next?.(value)),
        complete: () => attempt(() => observer.complete?.()),
        ...(observer.error && { error: reason => attempt(() => observer.error?.(reason)) }),
      });
    },
    pipe: (...operators: OperatorFunction<unknown, unknown>[]) =>
      operators.reduce<Observable<unknown>>((piped, operator) => guarded(operator(piped), failed), guard),
  }) as Observable<T>;
}

function isSubscriber<T>(given: unknown): given is Subscriber<T> {
  const { next, add, unsubscribe } = (given ?? {}) as Partial<Subscriber<T>>;
  return [next, add, unsubscribe].every(method => typeof method === 'function');
}
