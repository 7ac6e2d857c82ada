import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';

/** Numbers that the learning curves show. */
export const points = (page: Page): Promise<number> =>
  page.locator('#curves').evaluate(chart => Number(chart.dataset.points ?? 0));

/** How the page says that it stands with the server. */
export const pill = (page: Page): Promise<string | null> => page.locator('#connection').textContent();

/** The sequence number of the last event that is shown. */
export const seq = (page: Page): Promise<number> =>
  page.locator('#page').evaluate(main => Number(main.dataset.seq ?? -1));

/** What the address says after its #, as the page itself has it: the browser tells of a change only later. */
export const inLink = (page: Page, key: string): Promise<string | null> =>
  page.evaluate(name => new URLSearchParams(location.hash.slice(1)).get(name), key);

/** Opens a place by its tab, and waits until it is drawn, which is a frame later. */
export async function place(page: Page, name: string): Promise<void> {
  const tab = page.locator('#places').getByRole('link', { name, exact: true });
  await tab.click();
  await page.locator('[aria-current]').and(tab).waitFor();
  await page.locator('.place[data-drawn]:not([hidden])').waitFor({ state: 'attached' });
}

/** Chooses what is shown by its label, as its input is not in sight, or lets go of it. */
export async function choose(input: Locator, on = true): Promise<void> {
  await input.locator('xpath=..').click();
  await expect.poll(() => input.isChecked()).toBe(on);
}

/** The rows of the table that are in sight, by column. */
export const rows = async (page: Page): Promise<Content['table']['rows']> => (await table(page)).rows;

/** The table of trials: its rows in sight, by column, and how many it has at the same moment. */
const table = (page: Page): Promise<Content['table']> =>
  page.locator('#trials').evaluate(box => ({
    rows: [...box.querySelectorAll('tbody tr')].map(row =>
      Object.fromEntries(
        [...row.querySelectorAll<HTMLElement>('[data-column]')].map(cell => [
          cell.dataset.column as string,
          (cell.textContent ?? '').replace('⋯', ''),
        ]),
      ),
    ),
    count: Number(box.dataset.rows ?? 0),
  }));

/** How many trials the table has. */
export const rowCount = (page: Page): Promise<number> =>
  page.locator('#trials').evaluate(table => Number(table.dataset.rows ?? 0));

/** What a person can read, and how much is drawn. */
export interface Content {
  readonly header: string | null | undefined;
  readonly best: string | null | undefined;
  readonly points: string | undefined;
  readonly curves: string | null | undefined;
  readonly health: string | null | undefined;
  readonly table: { readonly rows: readonly Readonly<Record<string, string>>[]; readonly count: number };
}

/** Looks at the overview and the table, once everything that was asked for is there. Rows change their order a moment after their values. */
export async function content(page: Page): Promise<Content> {
  await place(page, 'Overview');
  await expect.poll(() => page.locator('#curves').getAttribute('data-drawn')).toBe('');
  const overview = await page.evaluate(() => ({
    header: document.querySelector('.study-state')?.textContent,
    best: document.getElementById('best')?.textContent,
    points: document.getElementById('curves')?.dataset.points,
    curves: document.getElementById('curves')?.getAttribute('aria-label'),
    health: document.getElementById('health')?.textContent,
  }));
  await place(page, 'Trials');
  const seen = { ...overview, table: await table(page) };
  await place(page, 'Overview');
  return seen;
}
