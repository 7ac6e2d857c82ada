import type { Output } from './io.js';

/** The columns that a line may take: those of the terminal, or what `COLUMNS` says; without either any number, as nothing wraps in a file or a pipe. */
export function lineWidth({ columns }: Output, env: Readonly<Record<string, string | undefined>>): number {
  if (columns !== undefined && columns > 0) return columns;
  const stated = Number(env.COLUMNS);
  return Number.isSafeInteger(stated) && stated > 0 ? stated : Number.POSITIVE_INFINITY;
}
