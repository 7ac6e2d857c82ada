/** Milliseconds of each frame that all work together may take, at least and at most. */
const [least, most] = [1, 7];
/** A frame that came later than this after the last one was late. */
const late = 26;

const jobs = new Set<() => boolean>();
let waiting = false;
let budget = most;
let before = Number.NEGATIVE_INFINITY;

/**
 * Does work in small steps spread over frames, so that none is late: `step` is called again and again, by turns with the other
 * work of the page, until it returns that nothing is left. Returns how to drop it.
 */
export function spread(step: () => boolean): () => void {
  jobs.add(step);
  if (!waiting) {
    waiting = true;
    requestAnimationFrame(work);
  }
  return () => jobs.delete(step);
}

function work(): void {
  const begin = performance.now();
  // What is drawn costs again when the browser fills in the pixels, which no clock here sees: only that frames are late.
  budget = Math.min(
    most,
    Math.max(least, begin - before > late && Number.isFinite(before) ? budget * 0.7 : budget * 1.15),
  );
  before = begin;
  const end = begin + budget;
  do {
    for (const step of jobs) {
      if (!step()) jobs.delete(step);
      if (performance.now() >= end) break;
    }
  } while (jobs.size > 0 && performance.now() < end);
  waiting = jobs.size > 0;
  if (waiting) requestAnimationFrame(work);
  else before = Number.NEGATIVE_INFINITY;
}
