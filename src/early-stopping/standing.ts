/** Values in order. */
export interface Standing {
  /** How many numbers there are. */
  readonly size: number;
  /** How many values are NaN; they are in no order and count in nothing else. */
  readonly nans: number;
  /** The number at a place from 0, smallest first; NaN where there is none. */
  at(place: number): number;
  /** How many numbers are less than this one. */
  below(value: number): number;
  /** How many numbers are greater than this one. */
  above(value: number): number;
}

/** Values in order, to which more may be added: O(log n) to find a place, and one move of memory to make room. */
export interface OpenStanding extends Standing {
  add(value: number): void;
}

/** Values in order, of those there are so far. */
export function openStanding(first: readonly number[] = []): OpenStanding {
  const numbers = first.filter(value => !Number.isNaN(value));
  let sorted = Float64Array.from(numbers).sort();
  let size = numbers.length;
  let nans = first.length - size;

  /** How many are less than the value, or not greater if `equal`. */
  const count = (value: number, equal: boolean): number => {
    let low = 0;
    let high = size;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const there = sorted[middle] as number;
      if (there < value || (equal && there === value)) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  return {
    get size() {
      return size;
    },
    get nans() {
      return nans;
    },
    at: place => (place >= 0 && place < size ? (sorted[place] ?? Number.NaN) : Number.NaN),
    below: value => count(value, false),
    above: value => size - count(value, true),
    add(value) {
      if (Number.isNaN(value)) {
        nans++;
        return;
      }
      if (size === sorted.length) {
        const larger = new Float64Array(Math.max(16, 2 * size));
        larger.set(sorted);
        sorted = larger;
      }
      const place = count(value, true);
      sorted.copyWithin(place + 1, place, size);
      sorted[place] = value;
      size++;
    },
  };
}

/** The same without one value that is in it. */
export function without(standing: Standing, value: number): Standing {
  if (Number.isNaN(value)) return { ...methods(standing), size: standing.size, nans: standing.nans - 1 };
  const gap = standing.below(value);
  return {
    size: standing.size - 1,
    nans: standing.nans,
    at: place => standing.at(place < gap ? place : place + 1),
    below: limit => standing.below(limit) - (value < limit ? 1 : 0),
    above: limit => standing.above(limit) - (value > limit ? 1 : 0),
  };
}

/** The same with every NaN in it as `worst`, an infinity. */
export function nansAs(worst: number, standing: Standing): Standing {
  const { nans } = standing;
  if (nans === 0) return standing;
  // Before all others when the worst is the smallest.
  const shift = worst < 0 ? nans : 0;
  const size = standing.size + nans;
  return {
    size,
    nans: 0,
    at: place => {
      if (place < 0 || place >= size) return Number.NaN;
      const inner = place - shift;
      return inner < 0 || inner >= standing.size ? worst : standing.at(inner);
    },
    below: value => standing.below(value) + (worst < value ? nans : 0),
    above: value => standing.above(value) + (worst > value ? nans : 0),
  };
}

function methods({ at, below, above }: Standing): Pick<Standing, 'at' | 'below' | 'above'> {
  return { at, below, above };
}
