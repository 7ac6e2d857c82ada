import { existsSync } from 'node:fs';
import { createServer, connect as dial, type Server, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium } from 'playwright-core';
import { concat, from, NEVER, Subject } from 'rxjs';
import { afterEach, describe, expect, test } from 'vitest';
import { serveLive } from '../../src/live/serve-live.js';
import { random } from '../../src/random.js';
import type { StudyEvent } from '../../src/tune/events.js';
import { madeUpStudy } from './made-up-study.js';
import { content, pill, seq } from './page-content.js';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const dashboards = fileURLToPath(new URL('../../dist/dashboards', import.meta.url));
const missing = [CHROMIUM, dashboards].filter(path => !existsSync(path));
if (missing.length > 0 && !process.env.CI)
  console.warn(`skipped the tests of the page after breaks: there is no ${missing.join(', no ')}`);

const token = 'ab'.repeat(16);

/** A wire between browser and server that can be cut. */
async function wire(): Promise<{ readonly port: number; to: number; cut(): number; close(): void }> {
  const open = new Set<Socket>();
  const made = { port: 0, to: 0, cut, close: () => void server.close() };
  const server: Server = createServer(near => {
    const far = dial(made.to, '127.0.0.1');
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        open.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far);
    far.pipe(near);
  });
  function cut(): number {
    const count = open.size;
    for (const socket of open) socket.resetAndDestroy();
    return count;
  }
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  made.port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  return made;
}

describe.skipIf(missing.length > 0 && !process.env.CI)('the page after breaks', () => {
  const open: { close(): unknown }[] = [];
  afterEach(async () => {
    for (const one of open.splice(0).reverse()) await one.close();
  });

  test('equals a fresh one: cut twenty times while the study goes on, the server restarted twice, the tab asleep', async () => {
    const events = [...madeUpStudy({ trials: 90, epochs: 27, parallel: 6 })];
    const cable = await wire();
    open.push(cable);
    const events$ = new Subject<StudyEvent>();
    let told = 0;
    const begin = () =>
      serveLive(concat(from(events.slice(0, told)), events$), {
        dashboards,
        token,
        port: cable.to,
        limits: { closeWithin: 200, flushEvery: 20 },
      });
    let server = await begin();
    cable.to = server.port;
    // The browser asks for the server, and is led through the wire.
    const browser: Browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ['--no-sandbox', `--host-resolver-rules=MAP 127.0.0.1:${server.port} 127.0.0.1:${cable.port}`],
    });
    open.push(browser, { close: () => server.close() });
    const page = await browser.newPage({ viewport: { width: 1280, height: 4200 } });
    const wrong: string[] = [];
    page.on('pageerror', error => wrong.push(error.message));
    await page.goto(`${server.url}&curves.metric=loss`);
    const cdp = await page.context().newCDPSession(page);

    const draw = random(5, 'breaks', 0);
    const tell = (count: number) => {
      for (const event of events.slice(told, told + count)) events$.next(event);
      told = Math.min(events.length, told + count);
    };
    const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));
    const share = Math.floor(events.length / 26);
    let cuts = 0;
    for (let i = 0; i < 20; i++) {
      // Pieces of any size, so that a cut comes in the middle of what is sent.
      for (let j = 0; j < 3; j++) {
        tell(draw.int(0, Math.floor((2 * share) / 3)));
        await pause(draw.int(0, 60));
      }
      cuts += cable.cut() > 0 ? 1 : 0;
      if (i % 5 === 2) await expect.poll(() => pill(page), { timeout: 10_000 }).toBe('Live');
      // The next cut may come before the page is back, or while it asks.
      else await pause(draw.int(0, 400));
      if (i === 6 || i === 13) {
        await server.close();
        tell(draw.int(1, share));
        server = await begin();
      }
      if (i === 10) {
        await cdp.send('Page.setWebLifecycleState', { state: 'frozen' });
        tell(share);
        await pause(1000);
        await cdp.send('Page.setWebLifecycleState', { state: 'active' });
      }
    }
    expect(cuts).toBeGreaterThan(10);
    tell(events.length);
    await expect.poll(() => seq(page), { timeout: 20_000 }).toBe(events.length - 1);
    const fresh = await browser.newPage({ viewport: { width: 1280, height: 4200 } });
    await fresh.goto(`${server.url}&curves.metric=loss`);
    await expect.poll(() => seq(fresh)).toBe(events.length - 1);
    const wanted = await content(fresh);
    await expect.poll(() => content(page)).toEqual(wanted);
    // And both equal what the events say.
    const reports = events.filter(event => event.type === 'trial-reported');
    expect(Number(wanted.points)).toBe(reports.filter(({ report }) => Number.isFinite(report.metrics.loss)).length);
    expect(wanted.table.count).toBe(90);
    expect(wrong).toEqual([]);
  }, 60_000);

  test('lacks nothing when the server comes back with a study that is shorter than what the page has', async () => {
    const events = [...madeUpStudy({ trials: 12, epochs: 9 })];
    const first = await serveLive(concat(from(events.slice(0, 70)), NEVER), { dashboards, token });
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
    open.push(browser);
    const page = await browser.newPage();
    await page.goto(first.url);
    await expect.poll(() => seq(page)).toBe(69);
    await first.close();
    const second = await serveLive(concat(from(events.slice(0, 40)), NEVER), { dashboards, token, port: first.port });
    open.push(second);
    await expect.poll(() => seq(page), { timeout: 15_000 }).toBe(39);
    const fresh = await browser.newPage();
    await fresh.goto(second.url);
    await expect.poll(() => seq(fresh)).toBe(39);
    const wanted = await content(fresh);
    expect(wanted.table.rows.length).toBeGreaterThan(3);
    await expect.poll(() => content(page)).toEqual(wanted);
  }, 30_000);
});
