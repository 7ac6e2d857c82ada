import type { JsonObject } from './read-json.js';

/** Whether a search file has an objective of its own, a module, and a `space` for it, instead of a training. */
export function isModuleSearch({ objective, space }: JsonObject): boolean {
  const names = typeof objective === 'object' && objective !== null && Object.hasOwn(objective, 'module');
  return names || space !== undefined;
}
