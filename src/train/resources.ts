/** Something that must be freed. */
export interface Disposable {
  dispose(): void;
}

/** What somebody has opened and will close. */
export interface Resources {
  /** Hands over something to free at `close`, the last one first; after `close` it is freed at once. */
  own<T extends Disposable>(resource: T): T;
  close(): void;
}

/** An empty set of resources; every one is freed even if freeing another throws, and the first such error is thrown. */
export function openResources(): Resources {
  const owned: Disposable[] = [];
  let closed = false;
  return {
    own(resource) {
      if (closed) resource.dispose();
      else owned.push(resource);
      return resource;
    },
    close() {
      closed = true;
      disposeAll(owned);
    },
  };
}

/** Frees the last first and empties the list. */
export function disposeAll(owned: Disposable[]): void {
  let failure: { readonly error: unknown } | undefined;
  for (let resource = owned.pop(); resource !== undefined; resource = owned.pop()) {
    try {
      resource.dispose();
    } catch (error) {
      failure ??= { error };
    }
  }
  if (failure !== undefined) throw failure.error;
}
