import { dayAndSecond } from '../time-words.js';

/** What a study can be told by. */
export interface Named {
  readonly key: string;
  readonly name: string;
  readonly folder?: string | undefined;
  /** Milliseconds since 1970. */
  readonly startedAt?: number | undefined;
}

/** A study's name among others: `part` tells it from those that have the same name. */
export interface StudyName {
  readonly name: string;
  readonly part: string | undefined;
  /** Both, as one text. */
  readonly label: string;
}

/** The names of studies by their keys; where names coincide, with the last part of the folder, the time of start, or the key. */
export function studyNames(studies: readonly Named[]): ReadonlyMap<string, StudyName> {
  const names = new Map<string, StudyName>();
  const groups = new Map<string, Named[]>();
  for (const study of studies) groups.set(study.name, [...(groups.get(study.name) ?? []), study]);
  for (const same of groups.values()) {
    const parts = same.length === 1 ? [] : partsOf(same);
    for (const [i, { key, name }] of same.entries()) {
      const part = parts[i];
      names.set(key, { name, part, label: part === undefined ? name : `${name} · ${part}` });
    }
  }
  return names;
}

/** A name for the end of a line: short, and with what tells it from the others. */
export function shortName({ name, part }: Pick<StudyName, 'name' | 'part'>): string {
  if (part === undefined) return name.length > 14 ? `${name.slice(0, 13)}…` : name;
  const [first, last] = [
    name.length > 10 ? `${name.slice(0, 9)}…` : name,
    // Folders of one search differ at their ends.
    part.length > 20 ? `…${part.slice(-19)}` : part,
  ];
  return `${first} · ${last}`;
}

function partsOf(same: readonly Named[]): readonly string[] {
  const ways: readonly ((study: Named) => string | undefined)[] = [
    ({ folder }) => folder?.split(/[/\\]/).findLast(part => part !== ''),
    ({ startedAt }) => (startedAt === undefined ? undefined : dayAndSecond(startedAt)),
  ];
  for (const way of ways) {
    const parts = same.map(way).filter(part => part !== undefined);
    if (new Set(parts).size === same.length) return parts;
  }
  return same.map(({ key }) => key);
}
