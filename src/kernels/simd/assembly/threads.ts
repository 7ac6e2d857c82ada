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

/** Parts for each thread: some may be late. */
const PARTS_A_THREAD: i32 = 4;

/** How often a thread without work looks for some before it sleeps: longer than a step of a large network goes without shared work, as waking takes long. */
const LOOKS: i32 = 200_000;

/** Multiplications that a thread makes while another one looks once, at least. */
const WORK_A_LOOK: i64 = 16;
/** Looks that waking sleeping threads takes, about. */
const WAKE: i64 = 4000;
/** Looks that sharing may have cost more than it gave, before this thread works alone for a while. */
const PATIENCE: i64 = 30_000;
/** Looks that sharing must have given for its failures to be forgotten: several times as long as a thread that is interrupted is away. */
const ENOUGH: i64 = 20_000_000;
const LONGEST_REST: i32 = 1024;

let meeting: usize = 0;
/** Jobs that this thread does alone before it shares one again, and how many those were the last time. */
let alone: i32 = 0;
let rest: i32 = 0;
/** Looks that sharing has given beyond what it cost since this thread last worked alone, `ENOUGH` at most. */
let balance: i64 = 0;
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
  if (alone == 0) return true;
  alone--;
  return false;
}

/** Has every part of an instruction, which takes as long as `work` multiplications, run by some thread, and returns when all are done. */
export function share(
  pc: usize,
  table: usize,
  work: i64,
  run: (pc: usize, table: usize, part: i32, parts: i32) => void,
): void {
  const parts = threads * PARTS_A_THREAD;
  store<i32>(meeting, parts, PARTS);
  store<i32>(meeting, <i32>pc, INSTRUCTION);
  store<i32>(meeting, <i32>table, TABLE);
  atomic.store<i32>(meeting, 0, DONE);
  // Whoever takes a ticket from here on finds what is written above.
  atomic.store<i32>(meeting, parts, TICKETS);
  atomic.add<i32>(meeting, 1, JOBS);
  let cost: i64 = 0;
  if (atomic.load<i32>(meeting, SLEEPING) > 0) {
    atomic.notify(meeting + JOBS, -1);
    cost = WAKE;
  }
  let others = parts;
  for (let ticket = atomic.sub<i32>(meeting, 1, TICKETS); ticket > 0; ticket = atomic.sub<i32>(meeting, 1, TICKETS)) {
    run(pc, table, ticket - 1, parts);
    atomic.add<i32>(meeting, 1, DONE);
    others--;
  }
  while (atomic.load<i32>(meeting, DONE) < parts) cost++;
  balance = min(balance + (work / parts / WORK_A_LOOK) * others - cost, ENOUGH);
  if (balance < -PATIENCE) {
    rest = min(max(2 * rest, 8), LONGEST_REST);
    alone = rest;
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
