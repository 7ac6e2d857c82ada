/** The trial that a person looks at, shared by all views: the hovered one, else the pinned one. */
export interface Focus {
  readonly trial: number | undefined;
  readonly pinned: number | undefined;
  hover(trial: number | undefined): void;
  /** Pins a trial, or lets go of it if it is the pinned one; `undefined` lets go. */
  pin(trial: number | undefined): void;
  onChange(listener: () => void): void;
}

/** Nothing hovered, nothing pinned. */
export function focus(): Focus {
  let hovered: number | undefined;
  let pinned: number | undefined;
  const listeners: (() => void)[] = [];
  const tell = () => {
    for (const listener of listeners) listener();
  };
  return {
    get trial() {
      return hovered ?? pinned;
    },
    get pinned() {
      return pinned;
    },
    hover(trial) {
      if (trial === hovered) return;
      hovered = trial;
      tell();
    },
    pin(trial) {
      pinned = trial === pinned ? undefined : trial;
      tell();
    },
    onChange(listener) {
      listeners.push(listener);
    },
  };
}
