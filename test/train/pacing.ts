import { macrotask, type Yield } from '../../src/train/macrotask.js';

/** A macrotask that knows how many wait for it, and when none may any more. */
export function countedYield(): { readonly yieldTo: Yield; pending(): number } {
  let pending = 0;
  return {
    yieldTo(resume) {
      pending++;
      let waits = true;
      const over = () => {
        if (waits) pending--;
        waits = false;
      };
      const cancel = macrotask(() => {
        over();
        resume();
      });
      return () => {
        over();
        cancel();
      };
    },
    pending: () => pending,
  };
}

/** A clock that goes on by `ms` whenever somebody looks at it. */
export function steppingClock(ms: number): () => number {
  let now = 0;
  return () => {
    now += ms;
    return now;
  };
}

/** Lets the event loop go round `turns` times. */
export async function turns(n: number): Promise<void> {
  for (let i = 0; i < n; i++) await new Promise<void>(resolve => setImmediate(resolve));
}
