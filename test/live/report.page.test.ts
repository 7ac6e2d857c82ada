import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { from } from 'rxjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reportHtml } from '../../src/live/report-html.js';
import { serveLive } from '../../src/live/serve-live.js';
import type { StudyEvent } from '../../src/tune/events.js';
import { madeUpStudy } from './made-up-study.js';
import { content, pill, place, rowCount, seq } from './page-content.js';
import { writtenJournal } from './stored-reading.js';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const dist = fileURLToPath(new URL('../../dist', import.meta.url));
const missing = [CHROMIUM, join(dist, 'report/template.html')].filter(path => !existsSync(path));
if (missing.length > 0 && !process.env.CI)
  console.warn(`skipped the tests of reports: there is no ${missing.join(', no ')}`);

describe.skipIf(missing.length > 0 && !process.env.CI)('a report as one file', () => {
  let browser: Browser;
  let template: string;
  const folder = mkdtempSync(join(tmpdir(), 'rxnn-report-'));
  beforeAll(async () => {
    template = readFileSync(join(dist, 'report/template.html'), 'utf8');
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });

  /** Opens a report from disk, with all that went wrong and all that was asked for. */
  async function opened(html: string, hash = ''): Promise<{ page: Page; wrong: string[]; asked: string[] }> {
    const file = join(folder, 'report.html');
    writeFileSync(file, html);
    const page = await browser.newPage({ viewport: { width: 1280, height: 2400 } });
    const wrong: string[] = [];
    const asked: string[] = [];
    page.on('pageerror', error => wrong.push(error.message));
    page.on('console', message => message.type() === 'error' && wrong.push(message.text()));
    page.on('request', request => asked.push(request.url()));
    await page.goto(`${pathToFileURL(file)}${hash}`);
    return { page, wrong, asked: asked.filter(url => !url.startsWith('data:')) };
  }

  test('shows from disk, without a network, all that the live page shows', async () => {
    const events = [...madeUpStudy({ trials: 25, epochs: 12 })];
    const { html, note } = await reportHtml(writtenJournal(folder, events), { template });
    expect(note).toBeUndefined();
    const { page, wrong, asked } = await opened(html);
    await expect.poll(() => pill(page)).toBe('Finished');
    const live = await serveLive(from(events), { dashboards: join(dist, 'dashboards') });
    const beside = await browser.newPage({ viewport: { width: 1280, height: 2400 } });
    await beside.goto(live.url);
    await expect.poll(() => pill(beside)).toBe('Finished');
    const wanted = await content(beside);
    await expect.poll(() => content(page)).toEqual(wanted);
    await live.close();

    // It can be played again, and its links hold what is shown.
    await page.getByRole('button', { name: 'Replay' }).click();
    await page.getByLabel('Moment', { exact: true }).focus();
    await page.keyboard.press('Home');
    // What happened in the same millisecond: the study began, and four trials were started.
    await expect.poll(() => seq(page)).toBe(4);
    await page.keyboard.press('ArrowLeft');
    await expect.poll(() => seq(page)).toBe(3);
    await expect.poll(() => page.evaluate(() => location.href)).toMatch(/^file:.*#t=3$/);
    expect(wrong).toEqual([]);
    expect(asked).toHaveLength(1);
    await beside.close();
    await page.close();
  });

  test('a study that was interrupted is shown as far as it came', async () => {
    const events = [...madeUpStudy({ trials: 12, epochs: 9 })].slice(0, 60);
    const { page, wrong } = await opened((await reportHtml(writtenJournal(folder, events), { template })).html);
    await expect.poll(() => seq(page)).toBe(59);
    expect(await pill(page)).toBe('Report');
    expect(wrong).toEqual([]);
    await page.close();
  });

  test('hostile names and reasons are text in it, and end no script', async () => {
    const hostile =
      '</script><script>document.title="taken"</script><!--<img src=x onerror="document.title=\'taken\'">';
    const events = Array.from(
      madeUpStudy({ trials: 3, epochs: 4, name: hostile, words: { hparam: hostile } }),
      (event): StudyEvent =>
        event.type === 'trial-finished' ? { ...event, stop: { ...event.stop, reason: hostile } } : event,
    );
    const { page, wrong } = await opened((await reportHtml(writtenJournal(folder, events), { template })).html);
    await expect.poll(() => page.locator('h1').textContent()).toBe(hostile);
    await place(page, 'Trials');
    expect(await page.locator('#trials tbody').textContent()).toContain(hostile);
    expect(await page.locator('main img').count()).toBe(0);
    expect(await page.title()).not.toBe('taken');
    expect(wrong).toEqual([]);
    await page.close();
  });

  test('a large one is thinned until it fits, and says so; its trials and their values stay', async () => {
    const events = [...madeUpStudy({ trials: 40, epochs: 60 })];
    const limit = template.length + 60_000;
    const { html, note } = await reportHtml(writtenJournal(folder, events), { template, limit });
    expect(html.length).toBeLessThanOrEqual(limit + 1000);
    expect(note).toMatch(/^This study is large: \d+ of its \d+ reports are in this file/);
    const { page, wrong } = await opened(html);
    await expect.poll(() => page.locator('#notice').textContent()).toBe(note);
    await place(page, 'Trials');
    await expect.poll(() => rowCount(page)).toBe(40);
    const end = events.at(-1);
    const best = end?.type === 'study-finished' ? end.best?.value : undefined;
    await place(page, 'Overview');
    expect(Number(await page.locator('.best-value').getAttribute('data-value'))).toBe(best);
    expect(wrong).toEqual([]);
    await page.close();
  });
});
