import type { HyperparameterInfo } from '../../../src/tune/events.js';
import type { Field } from '../fields.js';
import type { Range } from './range.js';
import { linearTicks, logTicks, tickLabels } from './ticks.js';

/** Where on an axis the values of a field are: a share from 0 (its low end) to 1. */
export interface AxisScale {
  readonly field: Field;
  readonly log: boolean;
  /** Whether all numbers are whole. */
  readonly integer: boolean;
  readonly low: number;
  readonly high: number;
  /** Values that have a place each, being few: categories, or the steps of a number. */
  readonly bands: readonly (string | number)[] | undefined;
  /** Another text for every other scale. */
  readonly key: string;
  /** Where a value is; beyond the ends, at the end; NaN for what has no place. */
  share(value: number | string | undefined): number;
  /** The number at a share. */
  value(share: number): number;
  /** About so many places with a name. */
  ticks(about: number): readonly { readonly share: number; readonly label: string }[];
}

/** Steps of a number have a place each up to so many. */
const bandsAtMost = 12;

/** What a scale needs beyond its field. */
export interface AxisOptions {
  /** What the search space says of the hyperparameter. */
  readonly info?: HyperparameterInfo | undefined;
  /** For a number whose ends the field does not know. */
  readonly range?: Range | undefined;
  /** Default: as the field says. */
  readonly log?: boolean | undefined;
  /** False where the range means nothing, as there are no values: then no place has a name. */
  readonly known?: boolean | undefined;
}

/** The scale of a field: its categories in their order, its steps if they are few, or its range, by logarithms if it is so drawn. */
export function axisScale(
  field: Field,
  { info, range, log: wanted = field.log, known = true }: AxisOptions = {},
): AxisScale {
  const numeric = info !== undefined && 'low' in info ? info : undefined;
  const low = range?.low ?? field.low ?? 0;
  const high = range?.high ?? field.high ?? 1;
  const log = wanted === true && low > 0;
  const integer = numeric?.kind === 'int';
  const step = numeric === undefined || log ? undefined : (numeric.step ?? (integer ? 1 : undefined));
  const bands = field.kind === 'category' ? (field.options ?? []) : stepsOf(low, high, step);
  const key = `${field.key} ${bands?.join('\n') ?? `${low}..${high} ${log} ${known}`}`;
  const scale = (value: number) => (log ? Math.log(value) : value);
  const [from, to] = [scale(low), scale(high)];
  const span = to - from;

  if (bands !== undefined) {
    const places = new Map(bands.map((band, i) => [band, (i + 0.5) / bands.length]));
    return {
      ...{ field, log, integer, low, high, bands, key },
      share(value) {
        const place = places.get(value as string);
        if (place !== undefined || typeof value !== 'number' || step === undefined) return place ?? Number.NaN;
        const index = Math.min(bands.length - 1, Math.max(0, Math.round((value - low) / step)));
        return (index + 0.5) / bands.length;
      },
      value: share => Number(bands[Math.min(bands.length - 1, Math.max(0, Math.floor(share * bands.length)))]),
      ticks(about) {
        const every = Math.max(1, Math.ceil(bands.length / Math.max(1, about)));
        return bands.flatMap((band, i) =>
          i % every === 0 ? [{ share: (i + 0.5) / bands.length, label: String(band) }] : [],
        );
      },
    };
  }
  const share = (value: number | string | undefined) => {
    if (typeof value !== 'number' || Number.isNaN(value)) return Number.NaN;
    if (span === 0) return 0.5;
    if (log && value <= 0) return 0;
    return Math.min(1, Math.max(0, (scale(value) - from) / span));
  };
  return {
    ...{ field, log, integer, low, high, bands, key, share },
    value(at) {
      const value = from + Math.min(1, Math.max(0, at)) * span;
      return log ? Math.exp(value) : value;
    },
    ticks(about) {
      if (!known) return [];
      const found = log ? logTicks(low, high, about) : linearTicks(low, high, about);
      const whole = integer ? found.filter(Number.isInteger) : found;
      const labels = tickLabels(whole);
      return whole.map((tick, i) => ({ share: share(tick), label: labels[i] as string }));
    },
  };
}

function stepsOf(low: number, high: number, step: number | undefined): number[] | undefined {
  if (step === undefined) return undefined;
  const count = Math.floor((high - low) / step + 1e-9) + 1;
  if (count > bandsAtMost) return undefined;
  return Array.from({ length: count }, (_, i) => Number((low + i * step).toPrecision(12)));
}
