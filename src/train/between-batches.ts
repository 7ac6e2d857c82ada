let visit = () => {};

/** Called between batches by every training of this thread. */
export function betweenBatches(): void {
  visit();
}

/**
 * Has `listen` called between the batches of all trainings of this thread: a worker hears there what another thread wants of it,
 * without waiting for its event loop. It may unsubscribe from the training, which then makes no further batch.
 */
export function listenBetweenBatches(listen: () => void): void {
  visit = listen;
}
