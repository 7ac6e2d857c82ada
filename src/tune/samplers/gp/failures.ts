// Trials that failed have no value. Where those around a failed trial succeeded, it may have failed for a reason of its own, such as a
// machine that was gone, and what it says of the loss is doubted; only its closest surroundings are left alone, which get smaller with
// every trial that succeeds nearer to it. Where others have failed too, it counts as the worst.

/** What failed trials say. */
export interface Failures {
  /** [n]: the variance by which each observation is doubted. */
  readonly doubt: Float64Array;
  /** Whether a point is closer to a doubted failure than half of the way from there to the nearest success. */
  near(at: Float64Array): boolean;
  /** The point, moved off such surroundings in its real features. */
  away(at: Float64Array, direction: () => number): Float64Array;
}

const DOUBT = 1;
/** A failure is believed when at least this many of as many nearest trials failed as well. */
const NEAREST = 3;
const BELIEVED = 2;

/** @param x [n, d], row after row; `failed` [n]; `real` says which features can be moved */
export function failures(
  x: Float64Array,
  failed: readonly boolean[],
  categorical: Uint8Array,
  real: readonly boolean[],
): Failures {
  const d = categorical.length;
  const n = failed.length;
  const doubt = new Float64Array(n);
  const row = (i: number) => x.subarray(i * d, i * d + d);
  const apart = (a: Float64Array, b: Float64Array) => {
    let sum = 0;
    for (let j = 0; j < d; j++) {
      const gap = (a[j] as number) - (b[j] as number);
      sum += categorical[j] ? Number(gap !== 0) : gap * gap;
    }
    return Math.sqrt(sum);
  };
  const places: { readonly at: Float64Array; readonly radius: number }[] = [];
  for (let i = 0; i < n; i++) {
    if (!failed[i]) continue;
    const at = row(i);
    const others = [...failed.keys()]
      .filter(k => k !== i)
      .map(k => ({ bad: failed[k] as boolean, distance: apart(at, row(k)) }))
      .sort((a, b) => a.distance - b.distance);
    const success = others.find(({ bad }) => !bad)?.distance ?? 0;
    if (others.slice(0, NEAREST).filter(({ bad }) => bad).length >= BELIEVED) continue;
    doubt[i] = DOUBT;
    places.push({ at, radius: success / 2 });
  }
  return {
    doubt,
    near: at => places.some(place => apart(at, place.at) < place.radius),
    away(at, direction) {
      let moved = at;
      for (const place of places) {
        if (apart(moved, place.at) >= place.radius) continue;
        const way = moved.map((value, j) => (real[j] ? value - (place.at[j] as number) : 0));
        if (way.every(gap => gap === 0)) for (const j of way.keys()) way[j] = real[j] ? direction() : 0;
        const length = Math.hypot(...way) || 1;
        moved = moved.map((value, j) =>
          real[j]
            ? Math.min(1, Math.max(0, (place.at[j] as number) + (1.01 * place.radius * (way[j] as number)) / length))
            : value,
        );
      }
      return moved;
    },
  };
}
