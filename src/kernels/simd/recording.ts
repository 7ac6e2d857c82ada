import type { Copied, Repeat } from '../device.js';
import type { Store } from './store.js';

/** A run of a program. */
interface Run {
  readonly instructions: number;
  /** Where the addresses of its matrices stand, and how many there are. */
  readonly table: number;
  readonly matrices: number;
}

/** What a device is asked to do from the beginning of a recording on. */
export interface Recording {
  copied(values: Copied['values'], address: number): void;
  ran(run: Run): void;
  /** What was asked cannot be done again by the same addresses. */
  spoil(): void;
  /** Ends it. Undefined where that was asked which cannot be done again as it stands. */
  end(): Repeat | undefined;
}

/**
 * Begins to note copies and runs. A run leaves its addresses in the program's table, so it is done again by executing the program: as
 * long as each program ran once, and no buffer was one thing first and a copy's place later. The buffers between are free by the
 * end. They are so again whenever what is alive is what was alive then: what was made since must be gone, and its programs may
 * have run on other buffers meanwhile.
 */
export function record(store: Store): Recording {
  const { kernels, heap } = store;
  const copies: { readonly values: Copied['values']; readonly address: number }[] = [];
  const runs: Run[] = [];
  let whole = true;

  const reads = (run: Run, address: number) => {
    const { i32 } = heap.views;
    const from = run.table >>> 2;
    for (let i = from; i < from + run.matrices; i++) if (i32[i] === address) return true;
    return false;
  };
  return {
    copied(values, address) {
      for (const run of runs) if (reads(run, address)) whole = false;
      for (const copy of copies) if (copy.address === address) whole = false;
      copies.push({ values, address });
    },
    ran(run) {
      for (const { table } of runs) if (table === run.table) whole = false;
      runs.push(run);
    },
    spoil() {
      whole = false;
    },
    end() {
      if (!whole) return undefined;
      const { f32, i32 } = heap.views;
      const changes = ++store.changes;
      store.recorded = store.made;
      store.newer = 0;
      let { executed } = store;
      const isCurrent = () => store.changes === changes && store.newer === 0 && heap.views.f32 === f32 && !store.closed;
      const addresses = runs.map(({ table, matrices }) => i32.slice(table >>> 2, (table >>> 2) + matrices));
      return {
        copies: copies.map(({ values, address }) => ({
          values,
          target: f32.subarray(address >>> 2, (address >>> 2) + values.length),
        })),
        isCurrent,
        run() {
          if (store.executed !== executed) {
            for (let i = 0; i < runs.length; i++) i32.set(addresses[i] as Int32Array, (runs[i] as Run).table >>> 2);
            executed = store.executed;
          }
          for (let i = 0; i < runs.length; i++) {
            const { instructions, table } = runs[i] as Run;
            kernels.execute(instructions, table);
          }
        },
      };
    },
  };
}
