import { ABSENT, type ReportRows } from '../tune/report-rows.js';
import { exactDecimal, POWERS, textOf } from './exact-decimal.js';

/** Reads reports of numbers from lines of a journal into columns, without making objects or text of them. */
export interface RowReader {
  /** What was read since `clear`; good until then. */
  readonly rows: ReportRows;
  /** Some of these reports have more than numbers: what only the detail of a trial has (`norms`, `predictions`, `checkpoint`). */
  readonly heavy: boolean;
  /**
   * Where the norms and predictions of each row are, from the line's first byte: the same twice where there are none, and the second before
   * the first where something else is between them.
   */
  readonly norms: { readonly from: Uint32Array; readonly to: Uint32Array };
  /**
   * Reads the object in the bytes from `begin` to `end`, its last brace excluded, if it is a report of numbers with this
   * sequence number, in the form in which reports are written. False for all else, of which nothing is read.
   */
  add(bytes: Uint8Array, begin: number, end: number, seq: number): boolean;
  clear(): void;
}

const [QUOTE, PLUS, COMMA, MINUS, POINT, ZERO, NINE] = [34, 43, 44, 45, 46, 48, 57];
const [SMALL_E, LARGE_E, BACKSLASH, OPEN, CLOSE, OPEN_LIST, CLOSE_LIST] = [101, 69, 92, 123, 125, 91, 93];

const ascii = (text: string) => Uint8Array.from(text, letter => letter.charCodeAt(0));

/** What stands before each number of a report, up to its metrics. */
const PARTS = [
  '{"seq":',
  ',"time":',
  ',"type":"trial-reported","trial":',
  ',"report":{"epoch":',
  ',"step":',
  ',"samples":',
  ',"seconds":',
].map(ascii);
const METRICS = ascii(',"metrics":{');
/** Numbers that JSON does not have, as `withExactNumbers` writes them. */
const NUMBER = ascii('{"$number":"');
const NULL = ascii('null');
const NORMS = [',"norms":', ',"predictions":'].map(ascii);
const CHECKPOINT = ascii(',"checkpoint":');

/** The most names of metrics that rows have in common. */
const NAMES = 256;
const COUNTS = 2 ** 32;

/** A reader of up to so many rows at a time. */
export function rowReader(capacity: number): RowReader {
  const column = () => new Float64Array(capacity);
  const fixed = [column(), column(), column(), column(), column(), column(), column()] as const;
  const [seqs, times, trials, epochs, steps, samples, seconds] = fixed;
  const norms = { from: new Uint32Array(capacity), to: new Uint32Array(capacity) };
  let length = 0;
  let heavy = false;
  let names: string[] = [];
  /** `"name":` of each. */
  let labels: Uint8Array[] = [];
  const metrics: Float64Array[] = [];

  let bytes: Uint8Array = new Uint8Array();
  let start = 0;
  let at = 0;
  let limit = 0;

  /** Goes past these bytes, if they are the next. */
  const skip = (text: Uint8Array): boolean => {
    for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text[i]) return false;
    at += text.length;
    return true;
  };
  /** The next number; NaN where there is none. */
  const number = (): number => {
    const begin = at;
    const negative = bytes[at] === MINUS;
    if (negative) at++;
    let value = 0;
    const first = at;
    let digit = (bytes[at] as number) - ZERO;
    while (digit >= 0 && digit <= 9) {
      value = value * 10 + digit;
      digit = (bytes[++at] as number) - ZERO;
    }
    if (at === first) return Number.NaN;
    let places = 0;
    if (bytes[at] === POINT) {
      const point = ++at;
      digit = (bytes[at] as number) - ZERO;
      while (digit >= 0 && digit <= 9) {
        value = value * 10 + digit;
        digit = (bytes[++at] as number) - ZERO;
      }
      places = at - point;
    }
    const letter = bytes[at];
    // Two numbers that a float64 has exactly: their quotient is the float64 next to the decimal number.
    if (value <= Number.MAX_SAFE_INTEGER && places < POWERS.length && letter !== SMALL_E && letter !== LARGE_E) {
      value /= POWERS[places] as number;
      return negative ? -value : value;
    }
    while (isOfNumber(bytes[at] as number)) at++;
    return exactDecimal(bytes, begin, at);
  };
  /** The next metric: NaN for a number that is not finite. Undefined for what is none. */
  const metric = (): number | undefined => {
    const letter = bytes[at];
    if (letter === MINUS || ((letter as number) >= ZERO && (letter as number) <= NINE)) {
      const value = number();
      return Number.isFinite(value) ? value : Number.NaN;
    }
    if (skip(NULL)) return Number.NaN;
    if (!skip(NUMBER)) return undefined;
    const begin = at;
    while (at < limit && bytes[at] !== QUOTE) at++;
    const zero = textOf(bytes, begin, at) === '-0';
    at++;
    if (bytes[at++] !== CLOSE) return undefined;
    return zero ? -0 : Number.NaN;
  };
  /** The place of the next metric's name among the names, after the one before; −1 for none. */
  const place = (before: number): number => {
    const next = before + 1;
    if (next < labels.length && skip(labels[next] as Uint8Array)) return next;
    if (bytes[at] !== QUOTE) return -1;
    const begin = at++;
    while (at < limit && bytes[at] !== QUOTE) {
      const letter = bytes[at++] as number;
      if (letter === BACKSLASH || letter >= 128) return -1;
    }
    at += 2;
    const name = textOf(bytes, begin + 1, at - 2);
    const known = names.indexOf(name);
    if (known >= 0) return known > before ? known : -1;
    if (names.length >= NAMES || name === '__proto__') return -1;
    names.push(name);
    labels.push(bytes.slice(begin, at));
    const mine = names.length - 1;
    metrics[mine] ??= column();
    metrics[mine].fill(ABSENT);
    return mine;
  };
  /** Goes past the value of a member that is no number; false where it has no end. */
  const skipValue = (): boolean => {
    let depth = 0;
    while (at < limit) {
      const letter = bytes[at++];
      if (letter === QUOTE) {
        while (at < limit && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
        at++;
      } else if (letter === OPEN || letter === OPEN_LIST) depth++;
      else if (letter === CLOSE || letter === CLOSE_LIST) depth--;
      const after = bytes[at];
      if (depth === 0 && (after === COMMA || after === CLOSE)) return true;
    }
    return false;
  };
  /** Notes that there are norms or predictions between these bytes of the line. */
  const addNorms = (from: number, to: number) => {
    const before = norms.to[length] as number;
    if (before === 0) norms.from[length] = from;
    // Not where those before them end.
    else if (before !== from) norms.from[length] = limit;
    norms.to[length] = to;
  };
  const read = (seq: number): boolean => {
    for (let part = 0; part < fixed.length; part++) {
      if (!skip(PARTS[part] as Uint8Array)) return false;
      (fixed[part] as Float64Array)[length] = number();
    }
    if (seqs[length] !== seq || !isCount(trials[length] as number)) return false;
    if (!isCount(epochs[length] as number) || !isCount(steps[length] as number)) return false;
    const [time, sum, long] = [times[length] as number, samples[length] as number, seconds[length] as number];
    if (!Number.isFinite(time) || !Number.isFinite(sum) || !Number.isFinite(long)) return false;
    if (!skip(METRICS)) return false;
    if (bytes[at] === CLOSE) at++;
    else {
      let name = -1;
      do {
        name = place(name);
        if (name < 0) return false;
        const value = metric();
        if (value === undefined) return false;
        (metrics[name] as Float64Array)[length] = value;
      } while (bytes[at++] === COMMA);
      if (bytes[at - 1] !== CLOSE) return false;
    }
    let more = false;
    norms.from[length] = norms.to[length] = 0;
    while (bytes[at] === COMMA) {
      const from = at - start;
      const isNorms = NORMS.some(skip);
      if ((!isNorms && !skip(CHECKPOINT)) || !skipValue()) return false;
      more = true;
      if (isNorms) addNorms(from, at - start);
    }
    if (at !== limit - 1 || bytes[at] !== CLOSE) return false;
    heavy ||= more;
    return true;
  };

  return {
    get rows() {
      const [seq, time, trial, epoch, step] = fixed;
      return { length, seq, time, trial, epoch, step, samples, seconds, names, metrics };
    },
    get heavy() {
      return heavy;
    },
    norms,
    add(given, begin, end, seq) {
      if (length === capacity) throw new Error(`there is room for ${capacity} rows`);
      bytes = given;
      start = at = begin;
      limit = end;
      const known = names.length;
      if (read(seq)) {
        length++;
        return true;
      }
      // What it had of metrics is not there.
      names.length = labels.length = known;
      for (let name = 0; name < known; name++) (metrics[name] as Float64Array)[length] = ABSENT;
      return false;
    },
    clear() {
      for (let name = 0; name < names.length; name++) (metrics[name] as Float64Array).fill(ABSENT, 0, length);
      length = 0;
      heavy = false;
      names = [];
      labels = [];
    },
  };
}

const isCount = (value: number) => Number.isInteger(value) && value >= 0 && value < COUNTS;

const isOfNumber = (letter: number) =>
  (letter >= ZERO && letter <= NINE) || letter === SMALL_E || letter === LARGE_E || letter === PLUS || letter === MINUS;
