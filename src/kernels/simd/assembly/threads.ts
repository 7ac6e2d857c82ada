import { SHARED_MAP, SHARED_PRODUCT } from '../opcodes';

// One product or MAP is cut into parts that any thread may take. The thread that runs the program takes parts like the others, so
// it never waits for one that has not begun; what a part computes does not depend on who takes it.

/** The words of the block by which threads meet. */
const TICKETS: usize = 0;
const DONE: usize = 4;
const JOBS: usize = 8;
const SLEEPING: usize = 12;
const STOP: usize = 16;
const PARTS: usize = 20;
const INSTRUCTION: usize = 24;
const TABLE: usize = 28;
/** Parts that were taken by other threads than the program's own. */
const HELPED: usize = 32;

/** Milliseconds since some moment. */
// @ts-ignore: decorator
@external('env', 'now')
declare function now(): f64;

/** Parts for each thread: some may be late. */
const PARTS_A_THREAD: i32 = 4;

/** How often a thread without work looks for some before it sleeps: longer than a step of a large network goes without shared work, as waking takes long. */
const LOOKS: i32 = 200_000;

/** Milliseconds that sharing may have cost more than it gave, before this thread works alone for a while. */
const PATIENCE: f64 = 0.1;
/** Milliseconds that sharing must have given for its failures to be forgotten: several times as long as a thread that is interrupted is away. */
const ENOUGH: f64 = 20;
/** Milliseconds that waking threads costs which then take no part: they look for some where this thread could run. */
const WAKE: f64 = 0.1;
/** Milliseconds that this thread works alone the first time, and at most: much longer than it loses when it shares again to no avail. */
const SHORTEST_REST: f64 = 1;
const LONGEST_REST: f64 = 128;

let meeting: usize = 0;
/** Until when this thread works alone, 0 if it does not, and for how many milliseconds the last time. */
let alone: f64 = 0;
let rest: f64 = 0;
/** Milliseconds that sharing has given beyond what it cost since this thread last worked alone, `ENOUGH` at most. */
let balance: f64 = 0;
let threads: i32 = 1;

/** States where threads meet and how many there are, this one included. */
export function meetAt(at: usize, count: i32): void {
  meeting = at;
  threads = count;
}

/** How many parts were taken by other threads. */
export function helpedParts(): i32 {
  return meeting == 0 ? 0 : atomic.load<i32>(meeting, HELPED);
}

/** Whether a product of so many multiplications is divided. */
// @ts-ignore: decorator
@inline
export function sharesProduct(m: i32, n: i32, k: i32): bool {
  return threads > 1 && <i64>m * n * k >= SHARED_PRODUCT && isTurn();
}

/** Whether a MAP is divided. */
// @ts-ignore: decorator
@inline
export function sharesMap(size: i32, many: i32): bool {
  return threads > 1 && <i64>size * many >= SHARED_MAP && isTurn();
}

/** False for a while when sharing has cost more than it gave, as where cores are busy with other things and threads that have begun a part are late. */
function isTurn(): bool {
  if (alone > 0 && now() < alone) return false;
  alone = 0;
  return true;
}

/** Has every part of an instruction, which can be cut into so many parts at most, run by some thread, and returns when all are done. */
export function share(
  pc: usize,
  table: usize,
  most: i32,
  run: (pc: usize, table: usize, part: i32, parts: i32) => void,
): void {
  const from = now();
  const parts = min(threads * PARTS_A_THREAD, most);
  store<i32>(meeting, parts, PARTS);
  store<i32>(meeting, <i32>pc, INSTRUCTION);
  store<i32>(meeting, <i32>table, TABLE);
  atomic.store<i32>(meeting, 0, DONE);
  // Whoever takes a ticket from here on finds what is written above.
  atomic.store<i32>(meeting, parts, TICKETS);
  atomic.add<i32>(meeting, 1, JOBS);
  const wakes = atomic.load<i32>(meeting, SLEEPING) > 0;
  if (wakes) atomic.notify(meeting + JOBS, -1);
  let others = parts;
  let shortest = Infinity;
  let last = now();
  for (let ticket = atomic.sub<i32>(meeting, 1, TICKETS); ticket > 0; ticket = atomic.sub<i32>(meeting, 1, TICKETS)) {
    run(pc, table, ticket - 1, parts);
    atomic.add<i32>(meeting, 1, DONE);
    others--;
    const at = now();
    shortest = min(shortest, at - last);
    last = at;
  }
  while (atomic.load<i32>(meeting, DONE) < parts) {}
  weigh(others, parts, shortest, now() - from, wakes);
}

/**
 * Notes what sharing has given: the time of all parts, each as long as the shortest of this thread's own, less the time that it took.
 * Threads that take turns on one core give nothing, however many parts they take.
 */
function weigh(others: i32, parts: i32, shortest: f64, took: f64, wakes: bool): void {
  let gain: f64 = wakes ? -WAKE : 0;
  if (others == parts) gain = -took;
  else if (others > 0) gain = <f64>parts * shortest - took;
  balance = min(balance + gain, ENOUGH);
  if (balance < -PATIENCE) {
    rest = min(max(2 * rest, SHORTEST_REST), LONGEST_REST);
    alone = now() + rest;
    balance = 0;
  } else if (balance == ENOUGH) {
    rest = 0;
  }
}

/** Takes parts until `stop` is called on another thread. */
export function serveThread(run: (pc: usize, table: usize, part: i32, parts: i32) => void): void {
  for (;;) {
    const jobs = atomic.load<i32>(meeting, JOBS);
    for (let ticket = takeTicket(); ticket > 0; ticket = takeTicket()) {
      const parts = load<i32>(meeting, PARTS);
      run(<usize>load<i32>(meeting, INSTRUCTION), <usize>load<i32>(meeting, TABLE), ticket - 1, parts);
      atomic.add<i32>(meeting, 1, HELPED);
      atomic.add<i32>(meeting, 1, DONE);
    }
    if (atomic.load<i32>(meeting, STOP) != 0) return;
    let looks = LOOKS;
    while (looks > 0 && atomic.load<i32>(meeting, JOBS) == jobs) looks--;
    if (looks > 0) continue;
    atomic.add<i32>(meeting, 1, SLEEPING);
    atomic.wait<i32>(meeting + JOBS, jobs, -1);
    atomic.sub<i32>(meeting, 1, SLEEPING);
  }
}

/** A part's number and 1, or less than 1 if there is none left; not taken where there is none, so that the count stays small. */
// @ts-ignore: decorator
@inline
function takeTicket(): i32 {
  return atomic.load<i32>(meeting, TICKETS) > 0 ? atomic.sub<i32>(meeting, 1, TICKETS) : 0;
}

/** Ends `serve` of every thread. */
export function stopThreads(): void {
  atomic.store<i32>(meeting, 1, STOP);
  atomic.add<i32>(meeting, 1, JOBS);
  atomic.notify(meeting + JOBS, -1);
}
