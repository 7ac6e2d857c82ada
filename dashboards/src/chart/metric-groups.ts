import type { Objective } from '../../../src/tune/events.js';

/** Metrics that belong in one chart: a validation metric leads the same one over the training rows. Those of the objectives come first. */
export function metricGroups(
  metrics: readonly string[],
  objectives: readonly Objective[],
): readonly (readonly string[])[] {
  const taken = new Set<string>();
  const goals = objectives.map(({ metric }) => metric);
  const all = [...goals.filter(name => metrics.includes(name)), ...metrics.filter(name => !goals.includes(name))];
  const partnerOf = (name: string) =>
    name.startsWith('val') && name.length > 3 ? `${name.charAt(3).toLowerCase()}${name.slice(4)}` : undefined;
  const led = new Set(all.flatMap(name => partnerOf(name) ?? []));
  return all.flatMap(name => {
    // A training metric waits for the one that leads it, unless it is a goal itself.
    if (taken.has(name) || (led.has(name) && !goals.includes(name) && all.some(other => partnerOf(other) === name))) {
      return [];
    }
    taken.add(name);
    const partner = partnerOf(name);
    if (partner === undefined || !metrics.includes(partner) || taken.has(partner)) return [[name]];
    taken.add(partner);
    return [[name, partner]];
  });
}
