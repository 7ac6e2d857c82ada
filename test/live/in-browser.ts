import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll } from 'vitest';
import type { LiveServer } from '../../src/live/server.js';

const executable = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** The built page, as the server takes it. */
export const builtPage = fileURLToPath(new URL('../../dist/dashboards', import.meta.url));

/** Whether there is no browser or no built page here, which is said; never in CI, where the tests must run. */
export function noBrowser(what: string): boolean {
  const missing = [executable, builtPage].filter(path => !existsSync(path));
  if (missing.length === 0 || process.env.CI) return false;
  console.warn(`skipped the tests of ${what}: there is no ${missing.join(', no ')}`);
  return true;
}

/** A page, with all that went wrong in it. */
export interface Visit {
  readonly page: Page;
  readonly wrong: readonly string[];
}

/** A headless browser for the tests of a file; what was opened for a test is closed after it. */
export function inBrowser(): {
  keep(server: LiveServer): LiveServer;
  visit(url: string, options?: BrowserContextOptions): Promise<Visit>;
} {
  let browser: Browser;
  const open: { close(): Promise<unknown> }[] = [];
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: executable, args: ['--no-sandbox'] });
  });
  afterAll(() => browser?.close());
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });
  return {
    keep(server) {
      open.push(server);
      return server;
    },
    async visit(url, options = {}) {
      const page = await browser.newPage(options);
      page.setDefaultTimeout(10_000);
      open.unshift(page);
      const wrong: string[] = [];
      page.on('pageerror', error => wrong.push(error.message));
      page.on('console', message => {
        if (message.type() === 'error') wrong.push(message.text());
      });
      await page.goto(url);
      return { page, wrong };
    },
  };
}
