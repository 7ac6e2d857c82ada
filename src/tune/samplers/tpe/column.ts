/** The places of observations on one dimension, in the order in which they came (the rows) and sorted. */
export interface Column {
  readonly size: number;
  /** By row; as long as there is room. */
  readonly places: Float64Array;
  /** The rows by their place, of equal ones the older first. */
  readonly order: Uint32Array;
  /** Where a row is in that order. */
  position(row: number): number;
  push(place: number): void;
  /** Takes out all. */
  clear(): void;
}

/** A column without observations. */
export function column(): Column {
  let places = new Float64Array(16);
  let order = new Uint32Array(16);
  let size = 0;
  /** How many come before an observation that is or would be in that row. */
  const position = (row: number, place: number) => {
    let low = 0;
    for (let high = size; low < high; ) {
      const middle = (low + high) >>> 1;
      const other = order[middle] as number;
      const otherPlace = places[other] as number;
      if (otherPlace < place || (otherPlace === place && other < row)) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return {
    get places() {
      return places;
    },
    get order() {
      return order;
    },
    get size() {
      return size;
    },
    position: row => position(row, places[row] as number),
    push(place) {
      if (size === places.length) {
        const [more, moreOrder] = [new Float64Array(2 * size), new Uint32Array(2 * size)];
        more.set(places);
        moreOrder.set(order);
        [places, order] = [more, moreOrder];
      }
      const at = position(size, place);
      order.copyWithin(at + 1, at, size);
      order[at] = size;
      places[size++] = place;
    },
    clear() {
      size = 0;
    },
  };
}
