/** A clock that stands still until it is told to go to the next thing that is due, and what is due when. */
export interface VirtualTime {
  /** Milliseconds since its beginning. */
  now(): number;
  /** Has something done at a time; of things that are due at the same time, the one of the lower rank comes first. Returns how to call it off. */
  at(time: number, rank: number, action: () => void): () => void;
  /** The time of what is due next; undefined when nothing is. */
  next(): number | undefined;
  /** Goes to what is due next and does it; false when nothing is. */
  step(): boolean;
  /** Goes to a time that is not after what is due next. */
  goTo(time: number): void;
}

interface Due {
  readonly time: number;
  readonly rank: number;
  action: (() => void) | undefined;
}

/** Time without timers: as fast as what is done in it, and the same at every run. */
export function virtualTime(): VirtualTime {
  // A heap: each is due no later than the two at 2i + 1 and 2i + 2.
  const heap: Due[] = [];
  let now = 0;

  const sooner = (a: Due, b: Due) => a.time < b.time || (a.time === b.time && a.rank < b.rank);
  const settle = (due: Due, from: number): void => {
    let place = from;
    for (let child = 2 * place + 1; child < heap.length; child = 2 * place + 1) {
      const right = heap[child + 1];
      if (right !== undefined && sooner(right, heap[child] as Due)) child++;
      if (!sooner(heap[child] as Due, due)) break;
      heap[place] = heap[child] as Due;
      place = child;
    }
    heap[place] = due;
  };
  const take = (): void => {
    const last = heap.pop();
    if (heap.length > 0) settle(last as Due, 0);
  };
  const first = (): Due | undefined => {
    while (heap.length > 0 && heap[0]?.action === undefined) take();
    return heap[0];
  };

  return {
    now: () => now,
    at(time, rank, action) {
      const due: Due = { time, rank, action };
      let place = heap.push(due) - 1;
      while (place > 0) {
        const parent = (place - 1) >> 1;
        if (!sooner(due, heap[parent] as Due)) break;
        heap[place] = heap[parent] as Due;
        place = parent;
      }
      heap[place] = due;
      return () => {
        due.action = undefined;
      };
    },
    next: () => first()?.time,
    step() {
      const due = first();
      if (due === undefined) return false;
      take();
      now = due.time;
      due.action?.();
      return true;
    },
    goTo(time) {
      now = time;
    },
  };
}
