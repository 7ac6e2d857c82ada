/** Milliseconds of each frame that all work together may take. */
const budget = 7;

const jobs = new Set<() => boolean>();
let waiting = false;

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
  const end = performance.now() + budget;
  do {
    for (const step of jobs) {
      if (!step()) jobs.delete(step);
      if (performance.now() >= end) break;
    }
  } while (jobs.size > 0 && performance.now() < end);
  waiting = jobs.size > 0;
  if (waiting) requestAnimationFrame(work);
}
