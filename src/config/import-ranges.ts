// The distributions that other programs name, as search files write them.

/** A distribution as JSON, or a value itself. */
export type Drawn = unknown;

/** What a range is made of: its ends, and how it is spread. */
export interface RangeForm {
  readonly low: number;
  readonly high: number;
  readonly log?: boolean | undefined;
  /** Only multiples of it. */
  readonly q?: number | undefined;
  readonly int?: boolean | undefined;
}

/** Where a value stands, and whom to tell what gets lost. */
export interface Teller {
  readonly name: string;
  note(sentence: string): void;
}

/** A parameter's key, which must not be the word for a distribution. */
export function keyFrom(key: string, { name, note }: Teller): string {
  if (!['float', 'int', 'choice', 'ordinal'].includes(key)) return key;
  note(`${name}: the name is the word for a distribution here; it becomes ${key}_`);
  return `${key}_`;
}

/** A range, or its only value; undefined, and a note, for what is none. */
export function rangeFrom({ low, high, log = false, q, int = false }: RangeForm, { name, note }: Teller): Drawn {
  if (![low, high].every(Number.isFinite) || low > high || (log && low <= 0)) {
    note(`${name}: the range from ${low} to ${high} is none, and is left out`);
    return undefined;
  }
  if (low === high) return low;
  const whole = int || (q !== undefined && Number.isInteger(q) && [low, high].every(Number.isInteger));
  const kind = whole && [low, high].every(Number.isSafeInteger) ? 'int' : 'float';
  const range = { [kind]: [low, high] };
  const step = q === undefined || !(q > 0) || (kind === 'int' && q === 1) ? undefined : q;
  if (log) {
    if (step !== undefined) note(`${name}: a log range has no step here; ${step} is left out`);
    return { ...range, log: true };
  }
  if (step === undefined) return range;
  if (step > high - low) {
    note(`${name}: the step ${step} is wider than its range; it is left out`);
    return range;
  }
  const start = low / step;
  if (Math.abs(start - Math.round(start)) > 1e-9)
    note(`${name}: its steps begin at ${low}, not at a multiple of ${step}`);
  return { ...range, step };
}

/** Three deviations around the mean, evenly: a normal distribution has no ends, and search files have no other kind. */
export function normalFrom(
  mean: number,
  deviation: number,
  form: Omit<RangeForm, 'low' | 'high'>,
  teller: Teller,
): Drawn {
  const { log = false } = form;
  const ends = [mean - 3 * deviation, mean + 3 * deviation].map(end => rounded(log ? Math.exp(end) : end));
  teller.note(
    `${teller.name}: a ${log ? 'log-normal' : 'normal'} distribution becomes an even one, three deviations wide`,
  );
  return rangeFrom({ ...form, low: ends[0] as number, high: ends[1] as number }, teller);
}

/** e raised to an exponent, without the noise of the fifteenth digit. */
export function power(exponent: number): number {
  return rounded(Math.exp(exponent));
}

function rounded(value: number): number {
  return Number(value.toPrecision(12));
}
