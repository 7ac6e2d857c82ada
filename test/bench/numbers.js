// Numbers of rounds, and how they are written.

/** The middle value; the mean of the middle two. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The mean; NaN of none. */
export const mean = values => values.reduce((sum, value) => sum + value, 0) / values.length;

/** `1.23 M`, `45.6 k`, `789`: three digits. */
export function rate(value) {
  if (!Number.isFinite(value)) return '–';
  if (value >= 999_500) return `${digits(value / 1e6)} M`;
  return value >= 999.5 ? `${digits(value / 1e3)} k` : digits(value);
}

/** Three significant digits, without an exponent. */
export function digits(value) {
  if (!Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  return value.toFixed(size >= 99.95 ? 0 : size >= 9.995 ? 1 : size >= 0.9995 || size === 0 ? 2 : 3);
}

/** `12.3×` */
export const times = value => (Number.isFinite(value) ? `${digits(value)}×` : '–');
