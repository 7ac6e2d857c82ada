import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { concat, from, NEVER, type Observable } from 'rxjs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { serveLive } from '../../src/live/serve-live.js';
import type { StudyEvent } from '../../src/tune/events.js';
import { madeUpStudy } from './made-up-study.js';
import { choose, inLink, pill, place, points, rowCount, seq } from './page-content.js';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const dashboards = fileURLToPath(new URL('../../dist/dashboards', import.meta.url));
const missing = [CHROMIUM, dashboards].filter(path => !existsSync(path));
if (missing.length > 0 && !process.env.CI)
  console.warn(`skipped the tests of the curves: there is no ${missing.join(', no ')}`);

const events = [...madeUpStudy({ trials: 20, epochs: 18 })];

describe.skipIf(missing.length > 0 && !process.env.CI)('the charts of the overview', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  });
  afterAll(() => browser?.close());
  const open: { close(): Promise<unknown> }[] = [];
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });
  async function visit(events$: Observable<StudyEvent>, hash = ''): Promise<Page> {
    const server = await serveLive(events$, { dashboards, limits: { closeWithin: 200 } });
    const page = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
    open.push(page, server);
    await page.goto(server.url + hash);
    await expect.poll(() => page.locator('#curves').getAttribute('data-drawn')).toBe('');
    return page;
  }
  const window = async (page: Page) =>
    (await inLink(page, 'curves.x'))?.split('..').map(Number) as [number, number] | undefined;
  const left = async (page: Page) => (await window(page))?.[0];
  const width = async (page: Page) => {
    const [low, high] = (await window(page)) ?? [0, 0];
    return high - low;
  };
  const label = (page: Page) => page.locator('#curves').getAttribute('aria-label');
  const plot = async (page: Page) => {
    const box = await page.locator('#curves .u-over').boundingBox();
    if (box === null) throw new Error('there is no chart');
    return (x: number, y: number) => ({ x: box.x + x * box.width, y: box.y + y * box.height });
  };

  test('zoom to what is brushed, by the wheel and by keys, and back; the link holds it', async () => {
    const page = await visit(from(events));
    const at = await plot(page);
    const drag = async (a: { x: number; y: number }, b: { x: number; y: number }) => {
      await page.mouse.move(a.x, a.y);
      await page.mouse.down();
      await page.mouse.move((a.x + b.x) / 2, b.y, { steps: 3 });
      await page.mouse.move(b.x, b.y);
      await page.mouse.up();
    };
    await drag(at(0.25, 0.3), at(0.75, 0.6));
    // The axis goes from epoch 1 to 18.
    await expect.poll(() => left(page)).toBeCloseTo(1 + 17 * 0.25, 0);
    const brushed = await width(page);
    expect(brushed).toBeCloseTo(17 * 0.5, 0);
    // Dragging is no click.
    expect(await inLink(page, 'trial')).toBeNull();
    await expect.poll(() => label(page)).toMatch(/from \d.* to \d/);

    await page.mouse.move(at(0.5, 0.5).x, at(0.5, 0.5).y);
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -100);
    await page.keyboard.up('Control');
    await expect.poll(() => width(page)).toBeCloseTo(0.8 * brushed, 1);
    await page.getByRole('button', { name: 'Show all' }).click();
    await expect.poll(() => window(page)).toBeUndefined();

    await page.locator('#curves').focus();
    await page.keyboard.press('+');
    await expect.poll(() => left(page)).toBeCloseTo(1 + 1.7, 1);
    const [low, high] = (await window(page)) as [number, number];
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => left(page)).toBeGreaterThan(low);
    expect(await width(page)).toBeCloseTo(high - low, 3);
    await page.keyboard.press('-');
    await page.keyboard.press('0');
    await expect.poll(() => window(page)).toBeUndefined();
    await drag(at(0.2, 0.3), at(0.4, 0.6));
    await expect.poll(() => window(page)).toBeDefined();
    await page.mouse.dblclick(at(0.5, 0.02).x, at(0.5, 0.02).y);
    await expect.poll(() => window(page)).toBeUndefined();
  });

  test('show what their link says, and keep in the link what is chosen', async () => {
    const page = await visit(
      from(events),
      '&curves.metric=valAccuracy&curves.by=samples&curves.log=1&curves.hide=failed,pruned&progress.by=time',
    );
    await expect.poll(() => label(page)).toContain('Learning curves: valAccuracy by samples');
    expect(await page.getByLabel('Log').isChecked()).toBe(true);
    expect(
      await page
        .locator('.panel-curves .legend')
        .getByLabel(/^\s*pruned/)
        .isChecked(),
    ).toBe(false);
    await page.getByRole('heading', { name: 'Best value over time' }).waitFor();
    await page.getByLabel('Horizontal axis').selectOption('seconds');
    await expect.poll(() => label(page)).toContain('valAccuracy by time');
    await choose(page.getByLabel('Linear'));
    await page.getByLabel('Smoothing').selectOption('5');
    await choose(page.getByLabel('Trials', { exact: true }));
    await page.getByRole('heading', { name: 'Best value over trials' }).waitFor();
    const keys = ['curves.by', 'curves.log', 'curves.mean', 'curves.hide', 'progress.by'];
    expect(await Promise.all(keys.map(key => inLink(page, key)))).toEqual([
      'seconds',
      null,
      '5',
      'failed,pruned',
      null,
    ]);
    await page.getByLabel('Metric').selectOption('valLoss');
    expect(await inLink(page, 'curves.metric')).toBeNull();
  });

  test('name the trial beneath the pointer and who stopped it and why; a click pins it, one with Shift selects', async () => {
    const page = await visit(from(events));
    const at = await plot(page);
    const tip = page.locator('#tooltip');
    let stopped: string | null = null;
    for (let y = 0.02; y < 1 && stopped === null; y += 0.02) {
      await page.mouse.move(at(0.002, y).x, at(0.002, y).y);
      const text = (await tip.isVisible()) ? await tip.textContent() : null;
      if (text?.includes('successiveHalving at epoch 1')) stopped = text;
    }
    expect(stopped).toMatch(
      /^#\d+ pruned.*valLoss [\d.]+ at epoch 1.*is worse than [\d.]+, the best third of \d+ trials/,
    );
    const number = /^#(\d+)/.exec(stopped ?? '')?.[1];
    await page.mouse.down();
    await page.mouse.up();
    await expect.poll(() => inLink(page, 'trial')).toBe(number);
    await page.keyboard.down('Shift');
    await page.mouse.down();
    await page.mouse.up();
    await page.keyboard.up('Shift');
    await expect.poll(() => inLink(page, 'selected')).toBe(number);
  });

  test('can be gone through by keys: trials from top to bottom, by number, pinned and selected', async () => {
    const page = await visit(from(events));
    await page.locator('#curves').focus();
    await page.keyboard.press('ArrowDown');
    const first = await page.locator('#tooltip strong').textContent();
    await page.keyboard.press('ArrowDown');
    const second = await page.locator('#tooltip strong').textContent();
    expect(second).not.toBe(first);
    await page.keyboard.press('Enter');
    await page.keyboard.press(' ');
    expect([await inLink(page, 'trial'), await inLink(page, 'selected')]).toEqual([second?.slice(1), second?.slice(1)]);
    await expect
      .poll(() => page.locator('.panel-curves > [role=status]').textContent())
      .toMatch(new RegExp(`^${second}, \\w+: valLoss [\\d.]+ at epoch \\d+`));
    await page.locator('#progress').focus();
    await expect.poll(() => page.locator('#tooltip').isVisible()).toBe(false);
    // From the pinned one on; several can be selected without the mouse.
    await page.keyboard.press('ArrowRight');
    const third = await page.locator('#tooltip strong').textContent();
    expect(third).not.toBe(second);
    await expect
      .poll(() => page.locator('.panel-progress > [role=status]').textContent())
      .toMatch(new RegExp(`^${third}, \\w+: best valLoss [\\d.]+ at epoch \\d+`));
    await page.keyboard.press(' ');
    expect([await inLink(page, 'trial'), await inLink(page, 'selected')]).toEqual([
      second?.slice(1),
      `${second?.slice(1)},${third?.slice(1)}`,
    ]);
  });

  test('name selected trials also at the right end of the axis', async () => {
    const ran = events.find(event => event.type === 'trial-finished' && event.stop?.by === 'epochs');
    const number = ran?.type === 'trial-finished' ? ran.trial : Number.NaN;
    const page = await visit(from(events), `&selected=${number}`);
    const inked = await page.locator('#curves .plot-over').evaluate(it => {
      const canvas = it as HTMLCanvasElement;
      const right = (canvas.parentElement as HTMLElement).clientWidth * devicePixelRatio + 8;
      const { data } = canvas.getContext('2d')!.getImageData(right, 0, canvas.width - right, canvas.height);
      return data.filter((alpha, i) => i % 4 === 3 && alpha > 200).length;
    });
    expect(inked).toBeGreaterThan(20);
  });

  test('show only what passes the filter', async () => {
    const page = await visit(from(events), '&where=state%3Dcomplete');
    const at = await plot(page);
    const states = new Set<string | null>();
    for (let y = 0.02; y < 1; y += 0.06) {
      await page.mouse.move(at(0.002, y).x, at(0.002, y).y);
      if (await page.locator('#tooltip').isVisible()) states.add(await page.locator('#tooltip .state').textContent());
    }
    expect([...states]).toEqual(['complete']);
  });

  test('a study can be played again: any moment, event by event, at any speed, and back to the present', async () => {
    const page = await visit(concat(from(events.slice(0, 220)), NEVER));
    await page.getByRole('button', { name: 'Replay' }).click();
    const slider = page.getByLabel('Moment', { exact: true });
    await expect.poll(() => slider.isEnabled()).toBe(true);
    await expect.poll(() => pill(page)).toBe('As it was');
    expect(await seq(page)).toBe(219);
    await slider.evaluate(input => {
      (input as HTMLInputElement).value = String(Number((input as HTMLInputElement).max) / 2);
      input.dispatchEvent(new Event('input'));
      input.dispatchEvent(new Event('change'));
    });
    await expect.poll(() => seq(page)).toBeLessThan(150);
    const middle = await seq(page);
    await expect.poll(() => inLink(page, 't')).toBe(String(middle));
    // Curves, table and header show that moment.
    const reports = events
      .slice(0, middle + 1)
      .filter(event => event.type === 'trial-reported' && Number.isFinite(event.report.metrics.valLoss));
    await expect.poll(() => points(page)).toBe(reports.length);
    await place(page, 'Trials');
    const started = events.slice(0, middle + 1).filter(({ type }) => type === 'trial-started');
    await expect.poll(() => rowCount(page)).toBe(started.length);
    await place(page, 'Overview');

    await slider.focus();
    await page.keyboard.press('ArrowLeft');
    await expect.poll(() => seq(page)).toBe(middle - 1);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => seq(page)).toBe(middle + 1);

    await page.getByLabel('Speed').selectOption('100');
    await page.getByRole('button', { name: 'Play', exact: true }).click();
    await expect.poll(() => seq(page)).toBe(219);
    await expect.poll(() => page.getByRole('button', { name: 'Play', exact: true }).isVisible()).toBe(true);

    // The link shows the same.
    await page.evaluate(() => {
      location.hash = location.hash.replace(/t=\d+/, 't=57');
    });
    await page.reload();
    await expect.poll(() => seq(page)).toBe(57);
    await page.getByRole('button', { name: 'To the present' }).click();
    await expect.poll(() => seq(page)).toBe(219);
    await expect.poll(() => pill(page)).toBe('Live');
    await expect.poll(() => inLink(page, 't')).toBeNull();
  });
});
