import { Observable, type Subscription } from 'rxjs';
import type { Report } from '../train/report.js';
import { type ObjectiveResult, streamOf } from './objective-result.js';
import { trainingSubscriber } from './training-subscriber.js';

/** Who is told of the end of a training. */
export interface Teardown {
  /** What a teardown of the training threw. */
  leaked(error: unknown): void;
  /** All teardowns have run. */
  tornDown(): void;
}

/** A user's training as a stream that tells when it is torn down, and whether that went well. What `open` throws is its error. */
export function watchedTraining(open: () => ObjectiveResult, { leaked, tornDown }: Teardown): Observable<Report> {
  return new Observable<Report>(receiver => {
    const training = trainingSubscriber(
      {
        next: report => receiver.next(report),
        error: error => receiver.error(error),
        complete: () => receiver.complete(),
      },
      leaked,
    );
    // Before it is subscribed to: an endless training that emits all at once only ends here.
    receiver.add(() => unsubscribe(training, leaked));
    try {
      streamOf(open()).subscribe(training);
    } catch (error) {
      training.error(error);
    }
    return tornDown;
  });
}

/** Unsubscribes; what that throws goes to `leaked`. */
export function unsubscribe(subscription: Subscription, leaked: (error: unknown) => void): void {
  try {
    subscription.unsubscribe();
  } catch (error) {
    leaked(error);
  }
}
