import { combineLatest, map } from 'rxjs';
import type { Shelf, ShelvedStudy } from './shelf.js';

/**
 * Several shelves as one, in their order. A study that is on more than one of them, by its folder, is taken from the first; one
 * whose key is taken gets another.
 */
export function shelves(...all: readonly Shelf[]): Shelf {
  return {
    studies$: combineLatest(all.map(({ studies$ }) => studies$)).pipe(
      map(lists => {
        const folders = new Set<string>();
        const keys = new Set<string>();
        return lists.flat().flatMap((study): ShelvedStudy[] => {
          if (study.folder !== undefined && folders.has(study.folder)) return [];
          if (study.folder !== undefined) folders.add(study.folder);
          let { key } = study;
          for (let number = 2; keys.has(key); number++) key = `${study.key}.${number}`;
          keys.add(key);
          return [key === study.key ? study : { ...study, key }];
        });
      }),
    ),
  };
}
