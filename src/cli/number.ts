/** A metric for a person: four significant digits, `0.08123`, `97.31`, `1.23e-9`; `–` when there is none. */
export function metric(value: number | undefined | null): string {
  if (value === undefined || value === null) return '–';
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '∞' : '-∞';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e6)) return value.toExponential(2);
  return size >= 1000 ? value.toFixed(0) : value.toFixed(size >= 100 ? 1 : size >= 10 ? 2 : 4);
}

/** A hyperparameter's value for a person: numbers to four significant digits, text as it is. */
export function hyperparameter(value: number | string | boolean | null): string {
  if (typeof value !== 'number') return String(value);
  if (Number.isInteger(value) && Math.abs(value) < 1e9) return String(value);
  return String(Number(value.toPrecision(4)));
}

/** How many: `1,234` up to a hundred thousand, then `123 k`, `4.6 M`. */
export function count(value: number): string {
  if (value >= 1e9) return `${(value / 1e9).toFixed(1)} G`;
  if (value >= 1e6) return `${(value / 1e6).toFixed(1)} M`;
  if (value >= 1e5) return `${Math.round(value / 1e3)} k`;
  if (value < 10 && !Number.isInteger(value)) return String(Number(value.toFixed(1)));
  // By hand: a page that grows calls this a thousand times a second, and locales take their time.
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** A count with its noun: `1 trial`, `2 trials`. */
export function counted(n: number, noun: string): string {
  return `${count(n)} ${noun}${n === 1 ? '' : 's'}`;
}

const bars = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

/** The last `width` values as bars between their own extremes, by their logarithms when all are positive; what is not a number is a gap. */
export function sparkline(values: readonly number[], width: number): string {
  const finite = values.filter(Number.isFinite);
  const scale = finite.every(value => value > 0) ? Math.log : (value: number) => value;
  const low = scale(Math.min(...finite));
  const span = scale(Math.max(...finite)) - low;
  return (width > 0 ? values.slice(-width) : [])
    .map(value => (Number.isFinite(value) ? bars[span > 0 ? Math.round(((scale(value) - low) / span) * 7) : 0] : ' '))
    .join('');
}
