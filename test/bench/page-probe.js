// What is measured in the page itself: when something that it heard was to be seen, how long frames and tasks took.
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** A browser with the switches that memory and frames are measured with; undefined where there is none. */
export async function openBrowser() {
  if (!existsSync(CHROMIUM)) throw new Error(`there is no browser at ${CHROMIUM}`);
  return chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--js-flags=--expose-gc', '--enable-precise-memory-info'],
  });
}

/** A page that keeps count of itself, from before its first script. */
export async function openProbe(browser) {
  const page = await browser.newPage({ viewport: { width: 1360, height: 900 } });
  const problems = [];
  page.on('pageerror', error => problems.push(error.message));
  await page.addInitScript(() => {
    const probe = { tasks: [], frames: [], seen: [], painted: undefined, counting: false, bytes: 0 };
    Object.assign(globalThis, { probe });
    new PerformanceObserver(list => {
      for (const { startTime, duration } of list.getEntries()) probe.tasks.push([startTime, duration]);
    }).observe({ entryTypes: ['longtask'] });
    let before = 0;
    const frame = time => {
      if (probe.counting) probe.frames.push(time - before);
      before = time;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    const watch = () => {
      const main = document.getElementById('page');
      if (main === null) return;
      new MutationObserver(() => {
        const seq = Number(main.dataset.seq);
        // The next frame begins when this one has been shown.
        requestAnimationFrame(() => {
          probe.painted ??= main.hidden ? undefined : performance.now();
          probe.seen.push([seq, performance.timeOrigin + performance.now()]);
        });
      }).observe(main, { attributes: true, attributeFilter: ['data-seq', 'hidden'] });
    };
    addEventListener('DOMContentLoaded', watch);
    const { WebSocket: Socket } = globalThis;
    globalThis.WebSocket = class extends Socket {
      constructor(...given) {
        super(...given);
        this.addEventListener('message', ({ data }) => {
          probe.bytes += typeof data === 'string' ? data.length : data.byteLength;
        });
      }
    };
  });
  return { page, problems };
}

/** The share-th of the values, from 0 to 1. */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** For each report, milliseconds until a frame with it was shown. */
export function latencies(made, seen) {
  let i = 0;
  return made.flatMap(([seq, time]) => {
    while (i < seen.length && seen[i][0] < seq) i++;
    return i < seen.length ? [seen[i][1] - time] : [];
  });
}
