/** The gradients of first batches that an `update` has used: a later stage that changes these comes too late. */
export const usedGradients = new WeakSet<object>();
