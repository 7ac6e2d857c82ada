import type { Page } from 'playwright-core';
import { expect } from 'vitest';

/** Numbers that the learning curves show. */
export const points = (page: Page): Promise<number> =>
  page.locator('#curves').evaluate(chart => Number(chart.dataset.points ?? 0));

/** How the page says that it stands with the server. */
export const pill = (page: Page): Promise<string | null> => page.locator('#connection').textContent();

/** The sequence number of the last event that is shown. */
export const seq = (page: Page): Promise<number> =>
  page.locator('#page').evaluate(main => Number(main.dataset.seq ?? -1));

/** Opens a place by its tab. */
export const place = (page: Page, name: string): Promise<void> =>
  page.locator('#places').getByRole('link', { name, exact: true }).click();

/** The rows of the table that are in sight, by column. */
export const rows = (page: Page): Promise<Record<string, string>[]> =>
  page
    .locator('#trials tbody tr')
    .evaluateAll(all =>
      all.map(row =>
        Object.fromEntries(
          [...row.querySelectorAll<HTMLElement>('[data-column]')].map(cell => [
            cell.dataset.column as string,
            (cell.textContent ?? '').replace('⋯', ''),
          ]),
        ),
      ),
    );

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

/** Looks at the overview and the table. */
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
  const table = { rows: await rows(page), count: await rowCount(page) };
  await place(page, 'Overview');
  return { ...overview, table };
}
