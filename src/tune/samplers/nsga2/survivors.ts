import type { Objective } from '../../events.js';
import { fronts, type Losses, lossesOf } from '../../pareto.js';
import type { TrialRecord } from '../../study-state.js';

/** A finished trial among others. */
export interface Ranked {
  readonly record: TrialRecord;
  /** 0 for the trials that none beats, 1 for those that only they beat, … */
  readonly front: number;
  /** How far its neighbours on the front are apart; infinite at the ends. */
  readonly room: number;
}

/** The best `count` trials: whole fronts, and of the last one those with the most room around them. */
export function survivors(
  records: readonly TrialRecord[],
  objectives: readonly Pick<Objective, 'direction'>[],
  count: number,
): readonly Ranked[] {
  const ranked: Ranked[] = [];
  let front = 0;
  // Complete trials, then pruned ones, then those that failed or lack a number.
  const tiers: { record: TrialRecord; losses: Losses }[][] = [[], [], []];
  for (const record of records) {
    const losses = lossesOf(record, objectives);
    const tier = losses === undefined || record.state === 'failed' ? 2 : record.state === 'pruned' ? 1 : 0;
    tiers[tier]?.push({ record, losses: tier === 2 ? objectives.map(() => 0) : (losses as Losses) });
  }
  for (const tier of tiers) {
    for (const indices of fronts(tier.map(({ losses }) => losses))) {
      const members = indices.map(i => tier[i] as { record: TrialRecord; losses: Losses });
      const rooms = crowdingDistances(members.map(({ losses }) => losses));
      for (const [i, { record }] of members.entries()) ranked.push({ record, front, room: rooms[i] as number });
      front++;
    }
  }
  return ranked
    .sort((a, b) => a.front - b.front || compareRooms(b.room, a.room) || a.record.number - b.record.number)
    .slice(0, count);
}

/** The crowding distance of every point of a front: the sum over the objectives of the gap between its neighbours, as a share of the range. */
export function crowdingDistances(points: readonly Losses[]): Float64Array {
  const rooms = new Float64Array(points.length);
  for (let m = 0; m < (points[0]?.length ?? 0); m++) {
    const value = (i: number | undefined) => (points[i as number] as Losses)[m] as number;
    const order = [...points.keys()].sort((a, b) => value(a) - value(b));
    const range = value(order.at(-1)) - value(order[0]);
    for (const [place, i] of order.entries()) {
      const inner = place > 0 && place < order.length - 1;
      const gap = inner && range > 0 ? (value(order[place + 1]) - value(order[place - 1])) / range : 0;
      rooms[i] = (rooms[i] as number) + (inner ? gap : Number.POSITIVE_INFINITY);
    }
  }
  return rooms;
}

/** ∞ − ∞ is no number. */
function compareRooms(a: number, b: number): number {
  return a === b ? 0 : a - b;
}
