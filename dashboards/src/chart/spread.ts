import { bearing } from './bearing.js';

/** Milliseconds of each frame that all work together may take, at least and at most. */
const [least, most] = [1, 7];
/** A frame that came later than this after the last one was late. */
const late = 26;

/** A small piece of work: says how many things it drew, none if it only computed, and nothing when nothing is left. */
export type Step = () => number | undefined;

const jobs = new Set<Step>();
const bears = bearing();
let waiting = false;
let budget = most;
let before = Number.NEGATIVE_INFINITY;

/**
 * Does work in small steps spread over frames, so that none is late: `step` is called again and again, by turns with the other
 * work of the page, until nothing is left. Returns how to drop it.
 */
export function spread(step: Step): () => void {
  jobs.add(step);
  if (!waiting) {
    waiting = true;
    requestAnimationFrame(work);
  }
  return () => void jobs.delete(step);
}

function work(): void {
  const begin = performance.now();
  budget = Math.min(
    most,
    Math.max(least, begin - before > late && Number.isFinite(before) ? budget * 0.7 : budget * 1.15),
  );
  before = begin;
  const end = begin + budget;
  let drawable = bears.next();
  for (const step of jobs) {
    // To the end of the line, which this loop comes to again.
    jobs.delete(step);
    const drawn = step();
    if (drawn !== undefined) jobs.add(step);
    drawable -= drawn ?? 0;
    if (drawable <= 0 || performance.now() >= end) break;
  }
  waiting = jobs.size > 0;
  if (waiting) requestAnimationFrame(work);
  else before = Number.NEGATIVE_INFINITY;
}
