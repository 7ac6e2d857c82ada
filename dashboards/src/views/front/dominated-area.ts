/** A point of the plane; less is better in both. */
export type Point = readonly [number, number];

/**
 * How much of the plane the first one, two, … of some points dominate, up to a reference point: the hypervolume of two objectives
 * over trials. Costs a look at the front for each point.
 */
export function dominatedArea(points: readonly Point[], [xEnd, yEnd]: Point): Float64Array {
  // From left to right, and so from above to below: x grows, y falls.
  const front: [number, number][] = [];
  let area = 0;
  return Float64Array.from(points, ([x, y]) => {
    if (!(x < xEnd && y < yEnd)) return area;
    let at = front.findIndex(one => one[0] >= x);
    if (at < 0) at = front.length;
    if ((front[at - 1]?.[1] ?? Number.POSITIVE_INFINITY) <= y) return area;
    if (front[at]?.[0] === x && (front[at]?.[1] as number) <= y) return area;
    // Column by column from the point's own x to where a lower one begins, what lies between it and the steps so far.
    let left = x;
    let above = Math.min(yEnd, front[at - 1]?.[1] ?? yEnd);
    let end = at;
    for (; end < front.length && (front[end] as [number, number])[1] >= y; end++) {
      const [right, lower] = front[end] as [number, number];
      area += (right - left) * (above - y);
      [left, above] = [right, lower];
    }
    area += ((front[end]?.[0] ?? xEnd) - left) * (above - y);
    front.splice(at, end - at, [x, y]);
    return area;
  });
}

/** The corners of the line that bounds what some points dominate: from the first point, by steps, to the last; from left to right. */
export function steppedLine(points: readonly Point[]): readonly Point[] {
  const sorted = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const corners: Point[] = [];
  for (const [x, y] of sorted) {
    const last = corners.at(-1);
    if (last !== undefined && y >= last[1]) continue;
    if (last !== undefined) corners.push([x, last[1]]);
    corners.push([x, y]);
  }
  return corners;
}
