// The live page in headless Chromium, served by another process: how soon, how smooth, how much memory.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { startChild } from '../child.js';
import { digits } from '../numbers.js';
import { latencies, openBrowser, openProbe, quantile } from '../page-probe.js';

export const name = 'dashboard';
export const title = 'The live page';
export const about =
  'In headless Chromium, which draws with the processor, the study served by another process. The time to the pixel goes from the report in the trainer to the frame after the one that draws it, with eight trials running. Frames are measured with a thousand trials running at once. What is done with the large study is measured from the event to the frame after it.';

const folder = fileURLToPath(new URL('../../../dist/dashboards', import.meta.url));

/** What is measured, its unit, and below what it must be. */
const LIMITS = {
  'report to pixel, p95': ['ms', 100],
  'received, steady': ['kB/s', 60],
  'first paint of a large study': ['ms', 2000],
  'all curves of it drawn': ['ms', undefined],
  'first paint of a stored large study, never opened': ['ms', undefined],
  'first paint of a stored large study': ['ms', 2000],
  'hover, worst': ['ms', 100],
  'filter, worst': ['ms', 100],
  'sort, worst': ['ms', 100],
  'another place, worst': ['ms', 100],
  'seek in the replay, worst': ['ms', 300],
  'memory with a large study': ['MB', 300],
  'frame, p95': ['ms', 25],
  'longest task once loaded': ['ms', 50],
  'weight of the page': ['kB', 150],
};

export async function measure(options, emit, progress) {
  const results = [];
  const say = (what, value) => {
    const [unit, limit] = LIMITS[what];
    const result = { part: name, what, value, unit, limit };
    results.push(result);
    emit(result);
  };
  const child = startChild('serve-dashboard.js', {});
  const browser = await openBrowser();
  try {
    say('weight of the page', weight() / 1000);
    progress('from the report to the pixel');
    await pixel(browser, child, options, say);
    progress('a large study');
    await large(browser, child, options, say);
    progress('a large study that is stored');
    await stored(browser, child, options, say);
    progress('a thousand trials at once');
    await crowd(browser, child, options, say);
  } finally {
    await browser.close();
    child.end();
  }
  return results;
}

/** What a browser loads, compressed. */
function weight() {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && entry.name !== 'report-template.html')
    .reduce((sum, entry) => sum + gzipSync(readFileSync(`${entry.parentPath}/${entry.name}`)).length, 0);
}

async function pixel(browser, child, { quick }, say) {
  const url = await child.ask('open');
  const { page } = await openProbe(browser);
  await page.goto(url);
  await page.waitForTimeout(1000);
  const bytesBefore = await page.evaluate(() => globalThis.probe.bytes);
  const begin = performance.now();
  const made = await child.ask('run', 16, quick ? 20 : 100, 100);
  const seconds = (performance.now() - begin) / 1000;
  await page.waitForFunction(seq => Number(document.getElementById('page')?.dataset.seq) >= seq, made.at(-1)[0]);
  await page.waitForTimeout(200);
  const { seen, bytes } = await page.evaluate(() => globalThis.probe);
  say('report to pixel, p95', quantile(latencies(made, seen), 0.95));
  say('received, steady', (bytes - bytesBefore) / seconds / 1000);
  await page.close();
}

async function large(browser, child, { quick }, say) {
  const study = { trials: quick ? 2000 : 10_000, epochs: 100, parallel: 8 };
  const url = await child.ask('madeUp', study);
  const { page, problems } = await openProbe(browser);
  await page.goto(url);
  await page.waitForFunction(() => globalThis.probe.painted !== undefined, undefined, { timeout: 60_000 });
  say('first paint of a large study', await page.evaluate(() => globalThis.probe.painted));
  const drawn = await page.waitForFunction(
    () => document.getElementById('curves')?.dataset.drawn === '' && performance.now(),
    undefined,
    { timeout: 120_000 },
  );
  say('all curves of it drawn', await drawn.jsonValue());
  await page.waitForTimeout(1000);

  // From the event to the frame after the one that shows what came of it.
  const timed = (act, ...given) =>
    page.evaluate(
      ([text, args]) =>
        new Promise(resolve => {
          const start = performance.now();
          // Trusted Types allow no code from text: what is done is named.
          globalThis.acts[text](...args);
          requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now() - start)));
        }),
      [act, given],
    );
  await page.evaluate(() => {
    const go = changes => {
      const all = new URLSearchParams(location.hash.slice(1));
      for (const [key, value] of Object.entries(changes)) value === null ? all.delete(key) : all.set(key, value);
      history.pushState(null, '', `#${all}`);
      dispatchEvent(new PopStateEvent('popstate'));
    };
    globalThis.acts = {
      hover(share) {
        const over = document.querySelector('#curves .u-over');
        const { left, top, width, height } = over.getBoundingClientRect();
        const at = { clientX: left + width * share, clientY: top + height * share, bubbles: true };
        over.dispatchEvent(new MouseEvent('mouseenter', at));
        over.dispatchEvent(new MouseEvent('mousemove', at));
      },
      go,
      sort: () => document.querySelector('#trials thead button').click(),
      seek(share) {
        const slider = document.querySelector('#replay input');
        slider.value = String(Number(slider.max) * share);
        slider.dispatchEvent(new Event('input'));
      },
    };
  });
  const worst = async (what, acts) => {
    const times = [];
    for (const [act, ...given] of acts) {
      times.push(await timed(act, ...given));
      await page.waitForTimeout(300);
    }
    say(what, Math.max(...times));
  };
  await timed('hover', 0.1);
  await worst(
    'hover, worst',
    [0.2, 0.35, 0.5, 0.65, 0.8].map(share => ['hover', share]),
  );
  await worst('filter, worst', [
    ['go', { where: 'state=pruned' }],
    ['go', { where: 'value=0.1..0.4' }],
    ['go', { where: null }],
  ]);
  // Each for the first time, and again.
  const places = ['trials', null, 'parameters', 'runs', 'study', null, 'parameters', 'runs', 'study', 'trials'];
  await worst(
    'another place, worst',
    places.map(at => ['go', { at }]),
  );
  await worst('sort, worst', [['sort'], ['sort']]);
  await page.evaluate(() => globalThis.acts.go({ at: null }));
  await page.evaluate(() => globalThis.gc?.());
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('HeapProfiler.collectGarbage');
  const { usedSize, backingStorageSize = 0 } = await cdp.send('Runtime.getHeapUsage');
  say('memory with a large study', (usedSize + backingStorageSize) / 1e6);
  await page.click('#replay-opener');
  await page.waitForFunction(() => document.querySelector('#replay input')?.disabled === false, undefined, {
    timeout: 120_000,
  });
  await worst(
    'seek in the replay, worst',
    [0.9, 0.2, 0.7, 0.05].map(share => ['seek', share]),
  );
  if (problems.length > 0) throw new Error(`the page failed: ${problems[0]}`);
  await page.close();
}

async function stored(browser, child, { quick }, say) {
  await child.ask('store', { trials: quick ? 2000 : 10_000, epochs: 100, parallel: 8 });
  for (const what of ['first paint of a stored large study, never opened', 'first paint of a stored large study']) {
    const url = await child.ask('view');
    const { page, problems } = await openProbe(browser);
    await page.goto(url);
    await page.waitForFunction(() => globalThis.probe.painted !== undefined, undefined, { timeout: 120_000 });
    say(what, await page.evaluate(() => globalThis.probe.painted));
    await child.ask('cached');
    if (problems.length > 0) throw new Error(`the page failed: ${problems[0]}`);
    await page.close();
  }
}

async function crowd(browser, child, { quick }, say) {
  const study = { trials: 1000, epochs: 100, parallel: 1000, epochTime: 1000 };
  const url = await child.ask('madeUp', study, 2000);
  const { page, problems } = await openProbe(browser);
  await page.goto(url);
  await page.waitForFunction(() => document.getElementById('curves')?.dataset.drawn === '', undefined, {
    timeout: 30_000,
  });
  await page.waitForTimeout(500);
  const loaded = await page.evaluate(() => {
    globalThis.probe.counting = true;
    return performance.now();
  });
  await child.ask('tell', quick ? 20_000 : 80_000, 60);
  const { frames, tasks } = await page.evaluate(() => globalThis.probe);
  say('frame, p95', quantile(frames, 0.95));
  say('longest task once loaded', Math.max(0, ...tasks.filter(([at]) => at > loaded).map(([, long]) => long)));
  if (problems.length > 0) throw new Error(`the page failed: ${problems[0]}`);
  await page.close();
}

const measured = ({ value, unit }) => `${digits(value)} ${unit}`;

export const tables = results => [
  { columns: ['', 'measured'], rows: results.map(result => [result.what, measured(result)]) },
];

/** There is nothing beside it to compare with. */
export const ratios = tables;

export const goals = results =>
  results
    .filter(({ limit }) => limit !== undefined)
    .map(result => ({
      goal: `${result.what}: under ${result.limit} ${result.unit}`,
      got: measured(result),
      reached: result.value < result.limit,
    }));

export const failures = () => [];
