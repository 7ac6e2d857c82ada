/** What the address says after its #, beside the token: which place is open and how its views are set, so that a link shows the same. */
export interface Link {
  get(key: string): string | undefined;
  /** Changes the address without a new entry in the browser's history; `undefined` takes the key out. */
  set(key: string, value: string | undefined): void;
  /** Goes somewhere, so that the browser's way back leads here. */
  go(changes: Readonly<Record<string, string | undefined>>): void;
  /** The address with these changes, for an `href`; it has the token only if this address has it. */
  href(changes: Readonly<Record<string, string | undefined>>): string;
  /** Called when the address was changed by the browser's buttons, by `go` or by hand, with the keys that have another value now. */
  onChange(listener: (keys: ReadonlySet<string>) => void): void;
}

/** The link of this page. */
export function pageLink(): Link {
  const listeners: ((keys: ReadonlySet<string>) => void)[] = [];
  const read = () => new URLSearchParams(location.hash.slice(1));
  let known = read();
  const tell = () => {
    const now = read();
    const keys = new Set([...known.keys(), ...now.keys()].filter(key => known.get(key) !== now.get(key)));
    known = now;
    for (const listener of listeners) listener(keys);
  };
  const changed = (changes: Readonly<Record<string, string | undefined>>): string => {
    const all = read();
    for (const [key, value] of Object.entries(changes)) {
      if (value === undefined) all.delete(key);
      else all.set(key, value);
    }
    return `#${all}`;
  };
  addEventListener('popstate', tell);
  addEventListener('hashchange', tell);
  return {
    get: key => read().get(key) ?? undefined,
    set(key, value) {
      if ((read().get(key) ?? undefined) === value) return;
      history.replaceState(null, '', changed({ [key]: value }));
      known = read();
    },
    go(changes) {
      history.pushState(null, '', changed(changes));
      tell();
    },
    href: changed,
    onChange(listener) {
      listeners.push(listener);
    },
  };
}
