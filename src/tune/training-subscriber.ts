import { type Observer, Subscriber, Subscription, type TeardownLogic } from 'rxjs';
import type { Report } from '../train/report.js';

/**
 * A subscriber for a user's training. A training that emits all at once is torn down while it is being subscribed to, and
 * RxJS drops what its teardown throws then; here it goes to `failed`. Only what throws beneath two or more operators stays unknown:
 * the operators in between drop it.
 */
export function trainingSubscriber(observer: Observer<Report>, failed: (error: unknown) => void): Subscriber<Report> {
  let completed = false;
  const subscriber = new Subscriber<Report>({
    ...observer,
    complete() {
      completed = true;
      observer.complete();
    },
  });
  return Object.assign(subscriber, {
    // The teardown of a subscriber that is closed already runs here.
    add(teardown: TeardownLogic) {
      try {
        Subscription.prototype.add.call(subscriber, teardown);
      } catch (error) {
        failed(error);
      }
    },
    // What is thrown beneath an operator comes as an error, after the completion.
    error(error: unknown) {
      if (completed) failed(error);
      else Subscriber.prototype.error.call(subscriber, error);
    },
  });
}
