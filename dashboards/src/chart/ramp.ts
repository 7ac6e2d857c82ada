/** Colours from worse to better, evenly apart to the eye. */
export interface Ramp {
  /** As CSS colours; more than enough that steps are not seen. */
  readonly colors: readonly string[];
  /** As bytes: red, green, blue of each colour. */
  readonly bytes: Uint8ClampedArray;
}

/** Lightness, chroma and hue (degrees) in OKLCH: at the worse end, in the middle, at the better end. */
type Stops = readonly (readonly [number, number, number])[];

// The better, the further from the ground: darker on white, brighter on black.
const onLight: Stops = [
  [0.84, 0.1, 92],
  [0.61, 0.1, 190],
  [0.38, 0.18, 277],
];
const onDark: Stops = [
  [0.42, 0.13, 287],
  [0.665, 0.1, 190],
  [0.91, 0.15, 104],
];
const steps = 64;

const made = new Map<boolean, Ramp>();

/** The ramp for lines and areas on a light or a dark ground. */
export function ramp(dark: boolean): Ramp {
  let found = made.get(dark);
  if (found === undefined) {
    found = rampOf(dark ? onDark : onLight);
    made.set(dark, found);
  }
  return found;
}

/** Whether a CSS colour of six hexadecimal digits is a dark one. */
export function isDark(color: string): boolean {
  const [r = 255, g = 255, b = 255] = (color.match(/[\da-f]{2}/gi) ?? []).map(part => Number.parseInt(part, 16));
  return 0.299 * r + 0.587 * g + 0.114 * b < 128;
}

/** The number of a ramp's colour for a share from 0 (worse) to 1 (better). */
export function rampIndex(share: number): number {
  return Math.min(steps - 1, Math.max(0, Math.floor(share * steps)));
}

function rampOf(stops: Stops): Ramp {
  const bytes = new Uint8ClampedArray(3 * steps);
  const labs = stops.map(([l, c, h]) => [l, c * Math.cos((h * Math.PI) / 180), c * Math.sin((h * Math.PI) / 180)]);
  for (let i = 0; i < steps; i++) {
    const at = (i / (steps - 1)) * (stops.length - 1);
    const from = Math.min(stops.length - 2, Math.floor(at));
    const mix = (k: number) => {
      const [a, b] = [labs[from]?.[k] as number, labs[from + 1]?.[k] as number];
      return a + (at - from) * (b - a);
    };
    bytes.set(fromOklab(mix(0), mix(1), mix(2)), 3 * i);
  }
  const colors = Array.from({ length: steps }, (_, i) => `rgb(${bytes.subarray(3 * i, 3 * i + 3).join(' ')})`);
  return { colors, bytes };
}

/** sRGB bytes of a colour in OKLab (Björn Ottosson, "A perceptual color space for image processing", 2020). */
function fromOklab(l: number, a: number, b: number): number[] {
  const long = (l + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const medium = (l - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const short = (l - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
    -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
    -0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short,
  ].map(linear => {
    const share = Math.min(1, Math.max(0, linear));
    return 255 * (share <= 0.0031308 ? 12.92 * share : 1.055 * share ** (1 / 2.4) - 0.055);
  });
}
