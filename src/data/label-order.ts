import { numberOf } from './cell.js';

/** The distinct labels in an order that no locale changes: by number when all are numbers, else by UTF-16 code units. */
export function distinctLabels(labels: Iterable<string>): string[] {
  const distinct = [...new Set(labels)];
  if (distinct.every(label => numberOf(label) !== undefined)) {
    return distinct.sort((a, b) => (numberOf(a) as number) - (numberOf(b) as number) || compareText(a, b));
  }
  return distinct.sort(compareText);
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
