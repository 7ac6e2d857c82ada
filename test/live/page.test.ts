import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { concat, connectable, from, map, NEVER, type Observable, Subject, take, throwError, timer } from 'rxjs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { median } from '../../src/early-stopping/median.js';
import { protocolName, tokenProtocol } from '../../src/live/protocol.js';
import { serveLive } from '../../src/live/serve-live.js';
import type { LiveOptions, LiveServer } from '../../src/live/server.js';
import type { Report } from '../../src/train/report.js';
import { choice, float } from '../../src/tune/distributions.js';
import type { StudyEvent } from '../../src/tune/events.js';
import { tune } from '../../src/tune/tune.js';
import { madeUpStudy } from './made-up-study.js';
import { choose, content, pill, place, points, rowCount, rows, seq } from './page-content.js';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const dashboards = fileURLToPath(new URL('../../dist/dashboards', import.meta.url));
const missing = [CHROMIUM, dashboards].filter(path => !existsSync(path));
if (missing.length > 0 && !process.env.CI)
  console.warn(`skipped the tests of the page: there is no ${missing.join(', no ')}`);

/** A study whose trainings take their time: loss falls towards a floor that the learning rate decides. */
function realStudy(trials = 6): Observable<StudyEvent> {
  return tune({
    name: 'a real study',
    space: { learningRate: float(0.001, 1, { log: true }), activation: choice(['relu', 'tanh']) },
    objective: ({ learningRate }, { trial }) =>
      trial === 1
        ? throwError(() => new Error('this trial throws'))
        : timer(0, 80).pipe(
            take(12),
            map((i): Report => {
              const valLoss = Math.abs(Math.log10(learningRate) + 2) + Math.exp(-i / 3);
              return {
                epoch: i + 1,
                step: i + 1,
                samples: 100 * (i + 1),
                seconds: i / 40,
                metrics: { loss: valLoss / 2, valLoss },
              };
            }),
          ),
    minimize: 'valLoss',
    trials,
    parallel: 2,
    earlyStopping: ({ study }) => median(study, { warmup: 3 }),
    info: { epochs: 12, rules: ['median'], device: 'webasm' },
  });
}

describe.skipIf(missing.length > 0 && !process.env.CI)('the page in headless Chromium', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  });
  afterAll(() => browser?.close());

  const open: { close(): Promise<unknown> }[] = [];
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });
  async function serve(events$: Observable<StudyEvent>, options: LiveOptions = {}): Promise<LiveServer> {
    const server = await serveLive(events$, { dashboards, ...options, limits: { closeWithin: 300 } });
    open.push(server);
    return server;
  }
  /** A page in a context of its own, with all that went wrong in it. */
  async function visit(
    url: string,
    options: Parameters<Browser['newPage']>[0] = {},
  ): Promise<{ page: Page; wrong: string[] }> {
    const page = await browser.newPage(options);
    open.unshift(page);
    const wrong: string[] = [];
    page.on('pageerror', error => wrong.push(error.message));
    page.on('console', message => {
      if (message.type() === 'error') wrong.push(message.text());
    });
    await page.goto(url);
    return { page, wrong };
  }

  test('shows curves that grow while a study runs, then its result, and the same after a reload', async () => {
    const study$ = connectable(realStudy());
    const server = await serve(study$);
    const { page, wrong } = await visit(server.url);
    await page.getByText('Waiting for the study to begin').waitFor();
    // The chart is made with the study's first event.
    study$.connect();
    await page.locator('#curves[data-points]').waitFor();
    // The page itself keeps count: who asks it from outside sees little of it on a busy machine.
    await page.evaluate(() => {
      const chart = document.getElementById('curves') as HTMLElement;
      const seen: number[] = [];
      Object.assign(globalThis, { seen });
      new MutationObserver(() => seen.push(Number(chart.dataset.points))).observe(chart, {
        attributeFilter: ['data-points'],
      });
    });
    await expect.poll(() => pill(page), { timeout: 20_000 }).toBe('Finished');
    const seen = await page.evaluate(() => (globalThis as unknown as { seen: number[] }).seen);
    // At least a beginning, a middle and the end.
    expect(new Set(seen).size).toBeGreaterThan(2);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));

    await expect.poll(async () => (await content(page)).table.count).toBe(6);
    const before = await content(page);
    expect(before.table.rows).toHaveLength(6);
    expect(before.header).toMatch(/^Finished \(all trials are done\)/);
    const thrown = before.table.rows.find(({ number }) => number?.includes('#1'));
    expect([thrown?.state, thrown?.ending]).toEqual(['failed', 'Error this trial throws']);
    const drawn = before.table.rows.reduce((sum, { epochs }) => sum + Number(epochs?.split('/')[0]), 0);
    expect(Number(before.points)).toBe(drawn);
    const best = Number(await page.locator('.best-value').getAttribute('data-value'));
    expect(best).toBeGreaterThan(0);

    await page.reload();
    await expect.poll(() => pill(page)).toBe('Finished');
    await expect.poll(() => content(page)).toEqual(before);
    // The token was in the address and is in the tab: the page without it in the address comes back too.
    await page.goto(new URL('/', server.url).href);
    await expect.poll(() => pill(page)).toBe('Finished');
    expect(wrong).toEqual([]);
  });

  test('draws what it counts: the canvas changes as epochs arrive', async () => {
    const events = [...madeUpStudy({ trials: 3, epochs: 10 })];
    const events$ = new Subject<StudyEvent>();
    const server = await serve(events$);
    const { page } = await visit(server.url);
    await expect.poll(() => pill(page)).toBe('Live');
    const inked = () =>
      page
        .locator('#curves canvas')
        .first()
        .evaluate(canvas => {
          const { width, height } = canvas as HTMLCanvasElement;
          const { data } = (canvas as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height);
          let colored = 0;
          for (let i = 0; i < data.length; i += 4) {
            const [r, g, b] = [data[i]!, data[i + 1]!, data[i + 2]!];
            if (Math.max(r, g, b) - Math.min(r, g, b) > 60) colored++;
          }
          return colored;
        });
    const reports = (upTo: number) => events.slice(0, upTo).filter(({ type }) => type === 'trial-reported').length;
    for (const event of events.slice(0, 8)) events$.next(event);
    await expect.poll(() => points(page)).toBe(reports(8));
    await expect.poll(inked).toBeGreaterThan(20);
    const few = await inked();
    for (const event of events.slice(8, 20)) events$.next(event);
    await expect.poll(() => points(page)).toBe(reports(20));
    await expect.poll(inked).toBeGreaterThan(few);
  });

  test('comes back by itself after a restart of the server, and lacks nothing', async () => {
    const events = [...madeUpStudy({ trials: 8, epochs: 10 })];
    const token = 'cd'.repeat(16);
    const first = await serve(concat(from(events.slice(0, 40)), NEVER), { token });
    const { page } = await visit(first.url);
    await expect.poll(() => seq(page)).toBe(39);
    await first.close();
    await expect.poll(() => pill(page)).toBe('Reconnecting');
    await place(page, 'Trials');
    await expect.poll(() => rowCount(page)).toBeGreaterThan(3);
    const server = await serve(from(events), { token, port: first.port });
    await expect.poll(() => pill(page), { timeout: 15_000 }).toBe('Finished');
    const { page: fresh } = await visit(server.url);
    await expect.poll(() => pill(fresh)).toBe('Finished');
    const wanted = await content(fresh);
    expect(wanted.table.count).toBe(8);
    await expect.poll(() => content(page)).toEqual(wanted);
    await page.reload();
    await expect.poll(() => pill(page)).toBe('Finished');
    await expect.poll(() => content(page)).toEqual(wanted);
  });

  test('of a finished study whose server is gone says so, also where details and history cannot be had', async () => {
    const server = await serve(from(madeUpStudy({ trials: 8, epochs: 10 })));
    const { page } = await visit(server.url);
    await expect.poll(() => pill(page)).toBe('Finished');
    await server.close();
    const notice = page.locator('#notice');
    await expect.poll(() => notice.textContent(), { timeout: 15_000 }).toContain('The command that served this page');
    await page.evaluate(() => {
      location.hash = '#at=trial&trial=3';
    });
    await expect.poll(() => page.locator('.empty', { hasText: 'was not loaded before' }).count()).toBeGreaterThan(2);
    expect(await page.locator('.skeleton').count()).toBe(0);
    await page.locator('#replay-opener').click();
    await expect.poll(() => page.locator('.replay-label').textContent()).toContain('the history cannot be read');
    expect(await notice.textContent()).toContain('The command that served this page');
  });

  test('forgets the former study when the server comes back with another', async () => {
    const token = 'ef'.repeat(16);
    const first = await serve(concat(from(madeUpStudy({ trials: 8, epochs: 10 })), NEVER), { token });
    const { page } = await visit(first.url);
    await expect.poll(() => page.locator('h1').textContent()).toBe('digits');
    await first.close();
    await serve(from(madeUpStudy({ trials: 3, epochs: 5, name: 'iris' })), { token, port: first.port });
    await expect.poll(() => page.locator('h1').textContent(), { timeout: 15_000 }).toBe('iris');
    await place(page, 'Trials');
    await expect.poll(() => rowCount(page)).toBe(3);
  });

  test('with a wrong token, or none, shows nothing of the study and says what to do', async () => {
    const server = await serve(concat(from(madeUpStudy({ trials: 3 })), NEVER));
    for (const hash of ['', `#token=${'0'.repeat(32)}`, '#token=not%20a%20token']) {
      const { page } = await visit(`http://127.0.0.1:${server.port}/${hash}`);
      await expect.poll(() => pill(page)).toBe('Not allowed');
      await page.getByText('open the address that the command printed').waitFor();
      expect(await page.locator('tbody tr').count()).toBe(0);
    }
    expect(server.clients()).toBe(0);
  });

  test('of another origin is refused, even with the token', async () => {
    const server = await serve(concat(from(madeUpStudy({ trials: 3 })), NEVER));
    const foreign: Server = createServer((_, response) => response.end('<!doctype html><title>foreign</title>'));
    await new Promise<void>(resolve => foreign.listen(0, '127.0.0.1', resolve));
    open.push({ close: () => new Promise(resolve => foreign.close(resolve)) });
    const address = foreign.address();
    const { page } = await visit(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`);
    const outcome = await page.evaluate(
      ({ port, protocols }) =>
        new Promise<string>(resolve => {
          const socket = new WebSocket(`ws://127.0.0.1:${port}/live`, protocols);
          socket.onopen = () => resolve('open');
          socket.onclose = ({ code }) => resolve(`closed ${code}`);
        }),
      { port: server.port, protocols: [protocolName, tokenProtocol(server.token)] },
    );
    expect(outcome).toBe('closed 1006');
    const read = await page.evaluate(
      port =>
        fetch(`http://127.0.0.1:${port}/access`).then(
          answer => answer.text(),
          error => (error as Error).name,
        ),
      server.port,
    );
    expect(read).toBe('TypeError');
    expect(server.clients()).toBe(0);
  });

  test('shows hostile names as text and runs nothing', async () => {
    const hostile = '<img src=x onerror="document.title=\'taken\'"><script>document.title="taken"</script>';
    const stamp = (seq: number) => ({ seq, time: 1.76e12 + seq });
    const [started] = madeUpStudy({ trials: 1 });
    if (started?.type !== 'study-started') throw new Error('the first event is not the start');
    const stop = { by: hostile, reason: hostile, outcome: 'complete' as const, epoch: 1, against: hostile };
    const health = [
      {
        kind: 'exploding' as const,
        of: 'gradient' as const,
        layer: 0,
        layerName: hostile,
        norm: 1,
        limit: 1,
        steps: 1,
        step: 1,
        advice: hostile,
      },
    ];
    const server = await serve(
      from<StudyEvent[]>([
        {
          ...started,
          study: {
            ...started.study,
            name: hostile,
            data: hostile,
            space: [{ name: hostile, kind: 'choice', options: [hostile] }],
          },
        },
        { ...stamp(1), type: 'trial-started', trial: 0, hparams: { [hostile]: hostile, ['__proto__']: hostile } },
        {
          ...stamp(2),
          type: 'trial-reported',
          trial: 0,
          report: { epoch: 1, step: 1, samples: 1, seconds: 1, metrics: { valLoss: 1, [hostile]: 2 }, health },
        },
        {
          ...stamp(3),
          type: 'trial-finished',
          trial: 0,
          state: 'complete',
          value: 1,
          bestEpoch: 1,
          epochs: 1,
          seconds: 1,
          stop,
        },
      ]),
    );
    const { page, wrong } = await visit(server.url);
    await expect.poll(() => seq(page)).toBe(3);
    const plot = page.locator('#curves .u-over');
    await plot.hover({ position: { x: 2, y: ((await plot.boundingBox())?.height ?? 0) / 2 } });
    await page.locator('#tooltip').waitFor();
    for (const where of ['h1', '.facts', '#best', '#health', '#tooltip']) {
      expect(await page.locator(where).textContent(), where).toContain(hostile);
    }
    expect(await page.getByLabel('Metric').textContent()).toContain(hostile);
    await place(page, 'Trials');
    for (const where of ['#trials thead', '#trials tbody']) {
      expect(await page.locator(where).textContent(), where).toContain(hostile);
    }
    expect(await page.locator('img, main script').count()).toBe(0);
    expect(await page.title()).not.toBe('taken');
    await page.setViewportSize({ width: 380, height: 720 });
    // Charts follow the page's width a frame later.
    await expect
      .poll(() => page.evaluate(() => document.documentElement.scrollWidth), { message: 'at 380 pixels' })
      .toBe(380);
    expect(wrong).toEqual([]);
  });

  test('says of a finished study without a complete trial which came nearest', async () => {
    const events = Array.from(
      madeUpStudy({ trials: 12 }),
      (event): StudyEvent => (event.type === 'trial-finished' ? { ...event, state: 'pruned' } : event),
    );
    const server = await serve(from(events));
    const { page } = await visit(server.url);
    await expect.poll(() => seq(page)).toBe(events.at(-1)?.seq);
    expect(await page.locator('#best').textContent()).toMatch(
      /^No trial was completed\.The nearest is #\d+, with valLoss [\d.]+\.$/,
    );
  });

  test('sorts its table by any column, by mouse and by keyboard, and tells assistive technology', async () => {
    const server = await serve(from(madeUpStudy({ trials: 12 })));
    const { page } = await visit(server.url);
    await place(page, 'Trials');
    await expect.poll(() => rowCount(page)).toBe(12);
    const column = async (key: string) => (await rows(page)).map(row => row[key] ?? '');
    expect((await column('number'))[0]).toBe('#11');
    await page.locator('#trials thead button', { hasText: /^valLoss$/ }).click();
    const values = (await column('value')).filter(text => text !== '').map(Number);
    expect(values).toEqual([...values].sort((a, b) => a - b));
    expect(await page.locator('#trials [aria-sort="ascending"]').textContent()).toBe('valLoss');
    await page.keyboard.press('Enter');
    const reversed = (await column('value')).filter(text => text !== '').map(Number);
    expect(reversed).toEqual([...values].reverse());
    await page.locator('#trials tr[data-trial="3"] [data-column="state"]').click();
    await page.locator('#trials tr[data-trial="3"][data-pinned]').waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => page.locator('#trials tr[data-pinned]').count()).toBe(0);
  });

  test('shows another metric and hides trials as asked', async () => {
    const server = await serve(from(madeUpStudy({ trials: 12 })));
    const { page } = await visit(server.url);
    await expect.poll(() => pill(page)).toBe('Finished');
    expect(await page.getByLabel('Metric').locator('option').allTextContents()).toEqual([
      'valLoss',
      'loss',
      'valAccuracy',
    ]);
    await page.getByLabel('Metric').selectOption('valAccuracy');
    await expect.poll(() => page.locator('#curves').getAttribute('aria-label')).toContain('valAccuracy');
    await choose(page.getByLabel('Log'));
    await choose(page.locator('.panel-curves').getByLabel(/pruned/), false);
    await expect.poll(() => points(page)).toBeGreaterThan(50);
  });

  test.each([
    ['before the study', 0],
    ['with one trial', 6],
    ['with sixty trials', 900],
  ])('has no horizontal scroll bar at 380 pixels, %s', async (_, count) => {
    const server = await serve(concat(from([...madeUpStudy({ trials: 60 })].slice(0, count)), NEVER));
    const { page, wrong } = await visit(server.url, { viewport: { width: 380, height: 720 }, colorScheme: 'dark' });
    await expect.poll(() => seq(page)).toBe(count - 1);
    await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBe(380);
    expect(wrong).toEqual([]);
  });

  test('stays usable with a thousand trials', async () => {
    const events = [...madeUpStudy({ trials: 1000 })];
    const server = await serve(from(events));
    const { page } = await visit(server.url);
    await expect.poll(() => seq(page), { timeout: 20_000 }).toBe(events.length - 1);
    await place(page, 'Trials');
    await expect.poll(() => rowCount(page)).toBe(1000);
    await page.locator('#trials thead button', { hasText: /^valLoss$/ }).click();
    await place(page, 'Overview');
    expect(Number(await page.locator('.best-value').getAttribute('data-value'))).toBeCloseTo(
      Number((events.at(-1) as { best?: { value: number } }).best?.value),
      12,
    );
  });
});
