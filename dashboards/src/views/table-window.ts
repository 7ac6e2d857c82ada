/** Which rows of a long list are to be there. */
export interface RowWindow {
  readonly first: number;
  /** The one after the last. */
  readonly end: number;
}

/**
 * The rows in sight and a few around them, so that scrolling does not show a gap.
 *
 * @param top where the first row's top is, and `from`, `to` the part of the screen that shows rows; all in pixels
 */
export function rowsInSight(
  rows: number,
  height: number,
  { top, from, to }: { readonly top: number; readonly from: number; readonly to: number },
  around = 6,
): RowWindow {
  const clamp = (row: number) => Math.min(rows, Math.max(0, row));
  const first = clamp(Math.floor((from - top) / height) - around);
  return { first, end: Math.max(first, clamp(Math.ceil((to - top) / height) + around)) };
}
