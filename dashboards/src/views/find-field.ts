import { element } from '../element.js';
import type { Link } from '../link.js';

/** A field for a part of a name, which stands in the address. */
export interface FindField {
  readonly element: HTMLInputElement;
  /** What is looked for, in small letters; empty for anything. */
  readonly wanted: string;
  /** Follows the address, which a person may have changed by the browser's buttons. */
  follow(): void;
}

/** A search field with this label, whose text is `key` of the link; `changed` after each letter. */
export function findField(link: Link, key: string, label: string, changed: () => void): FindField {
  const input = element('input', { type: 'search', placeholder: label, 'aria-label': label });
  const follow = () => {
    const asked = link.get(key) ?? '';
    if (input.value !== asked) input.value = asked;
  };
  follow();
  input.addEventListener('input', () => {
    link.set(key, input.value || undefined);
    changed();
  });
  return {
    element: input,
    get wanted() {
      return input.value.trim().toLowerCase();
    },
    follow,
  };
}
