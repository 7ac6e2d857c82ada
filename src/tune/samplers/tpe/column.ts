/** The places of observations on one dimension, in the order in which they came and sorted. */
export interface Column {
  /** As long as there is room; the first `size` are in use. */
  readonly places: Float64Array;
  /** The observations by their place, of equal ones the older first. */
  readonly order: Uint32Array;
  readonly size: number;
  push(place: number): void;
}

/** A column without observations. */
export function column(): Column {
  let places = new Float64Array(16);
  let order = new Uint32Array(16);
  let size = 0;
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
    push(place) {
      if (size === places.length) {
        const [more, moreOrder] = [new Float64Array(2 * size), new Uint32Array(2 * size)];
        more.set(places);
        moreOrder.set(order);
        [places, order] = [more, moreOrder];
      }
      let low = 0;
      for (let high = size; low < high; ) {
        const middle = (low + high) >>> 1;
        if ((places[order[middle] as number] as number) <= place) low = middle + 1;
        else high = middle;
      }
      order.copyWithin(low + 1, low, size);
      order[low] = size;
      places[size++] = place;
    },
  };
}
