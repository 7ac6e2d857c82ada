const [MINUS, POINT, ZERO, NINE] = [45, 46, 48, 57];

/** Powers of ten that a float64 has exactly. */
export const POWERS = Float64Array.from({ length: 23 }, (_, power) => 10 ** power);

/** Digits that a float64 has exactly, and how many more are looked at. */
const [FIRST, MORE] = [15, 4];

/**
 * The float64 next to the decimal number in these bytes, as `Number` of their text, in a fraction of the time for numbers of up to 19 digits,
 * as most metrics are.
 */
export function exactDecimal(bytes: Uint8Array, begin: number, end: number): number {
  const negative = bytes[begin] === MINUS;
  let [high, low, digits, places] = [0, 0, 0, 0];
  let point = false;
  for (let i = negative ? begin + 1 : begin; i < end; i++) {
    const letter = bytes[i] as number;
    if (letter === POINT && !point) point = true;
    else if (letter < ZERO || letter > NINE) return Number(textOf(bytes, begin, end));
    else {
      if (point) places++;
      if (digits === 0 && letter === ZERO) continue;
      if (digits < FIRST) high = high * 10 + (letter - ZERO);
      else low = low * 10 + (letter - ZERO);
      digits++;
    }
  }
  const after = Math.max(0, digits - FIRST);
  const value = after <= MORE && places < POWERS.length ? quotient(high, after, low, places) : Number.NaN;
  if (Number.isNaN(value)) return Number(textOf(bytes, begin, end));
  return negative ? -value : value;
}

/**
 * (high · 10^after + low) / 10^places, rounded once, or NaN where that is too close to call. Dekker's products (A floating-point
 * technique for extending the available precision, 1971) tell what a product's and a quotient's rounding leaves.
 */
function quotient(high: number, after: number, low: number, places: number): number {
  const [scale, divisor] = [POWERS[after] as number, POWERS[places] as number];
  const whole = high * scale;
  const rest = low + productError(high, scale, whole);
  const first = whole / divisor;
  const back = first * divisor;
  const left = whole - back - productError(first, divisor, back) + rest;
  const correction = left / divisor;
  // The exact correction is between these two, and so is what it rounds to.
  const [less, more] = [first + correction * (1 - MARGIN), first + correction * (1 + MARGIN)];
  return less === more ? less : Number.NaN;
}

const MARGIN = 2 ** -45;
const SPLITTER = 2 ** 27 + 1;

/** a · b − product, exactly. */
function productError(a: number, b: number, product: number): number {
  const [aHigh, bHigh] = [SPLITTER * a - (SPLITTER * a - a), SPLITTER * b - (SPLITTER * b - b)];
  const [aLow, bLow] = [a - aHigh, b - bHigh];
  return aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
}

/** The text of bytes that are ASCII. */
export function textOf(bytes: Uint8Array, begin: number, end: number): string {
  let text = '';
  for (let i = begin; i < end; i++) text += String.fromCharCode(bytes[i] as number);
  return text;
}
