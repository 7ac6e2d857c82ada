/** The most batches that go by between two looks at the clock. */
const MOST_UNSEEN = 8;

/** A slice of time on the thread. */
export interface TimeSlice {
  begin(): void;
  /** Whether it is over; asked after each batch. */
  over(): boolean;
  /** The same, with a look at the clock in any case: the thread may have done something else meanwhile. */
  overNow(): boolean;
}

/**
 * Slices of `sliceMs` milliseconds by `clock`. A look at the clock takes as long as a stage of a small network, so while batches
 * are short some go by without: as many as fill a quarter of what is left of the slice, eight at most.
 */
export function timeSlice(clock: () => number, sliceMs: number): TimeSlice {
  let start = 0;
  let seen = 0;
  let batches = 0;
  let unseen = 0;
  const look = (): boolean => {
    const now = clock();
    const left = sliceMs - (now - start);
    const each = (now - seen) / batches;
    unseen = Math.min(MOST_UNSEEN, Math.floor(left / 4 / each));
    seen = now;
    batches = 0;
    return left <= 0;
  };
  return {
    begin() {
      start = clock();
      seen = start;
      batches = 0;
      unseen = 0;
    },
    over() {
      batches++;
      return batches > unseen && look();
    },
    overNow() {
      batches++;
      return look();
    },
  };
}
