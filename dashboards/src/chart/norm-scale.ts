/** Beyond these a layer's gradients or activations vanish or explode, as the health watch has it unless told otherwise. */
export const normLimits = { vanishing: 1e-5, exploding: 1e3 } as const;

/** How large a norm is, for its colour: −1 vanished, 0 at 1, 1 exploded; NaN for what is not finite. Nothing in between is mistaken for an end. */
export function normHeat(norm: number | null): number {
  if (norm === null || !Number.isFinite(norm) || norm < 0) return Number.NaN;
  if (norm <= normLimits.vanishing) return -1;
  if (norm >= normLimits.exploding) return 1;
  const share = Math.log10(norm) / (norm < 1 ? 5 : 3);
  // The middle is calm; the last decades before a limit take most of the colour, but not all of it.
  return 0.85 * Math.sign(share) * Math.abs(share) ** 1.6;
}

/** What a norm means, in a word. */
export function normWord(norm: number | null): 'vanishing' | 'exploding' | 'not finite' | 'well' {
  const heat = normHeat(norm);
  if (Number.isNaN(heat)) return 'not finite';
  return heat === -1 ? 'vanishing' : heat === 1 ? 'exploding' : 'well';
}

/** A colour as red, green and blue, 0 to 255. */
export type Rgb = readonly [number, number, number];

/** Between two colours. */
export function mix(a: Rgb, b: Rgb, share: number): Rgb {
  const at = (i: 0 | 1 | 2) => Math.round(a[i] + (b[i] - a[i]) * share);
  return [at(0), at(1), at(2)];
}

/** `#3f4fe0` or `#fff` as numbers; black for anything else. */
export function rgbOf(hex: string): Rgb {
  const long = /^#([0-9a-f]{3})$/i.test(hex) ? hex.replace(/[0-9a-f]/gi, '$&$&') : hex;
  const found = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(long);
  return found === null ? [0, 0, 0] : ([1, 2, 3].map(i => Number.parseInt(found[i] as string, 16)) as unknown as Rgb);
}

/** As a colour of a canvas or a style. */
export const cssOf = ([r, g, b]: Rgb): string => `rgb(${r} ${g} ${b})`;

/** The colour of a norm between cold, calm and hot; undefined for what is not finite. */
export function normColor(
  norm: number | null,
  { cold, calm, hot }: { readonly cold: Rgb; readonly calm: Rgb; readonly hot: Rgb },
): Rgb | undefined {
  const heat = normHeat(norm);
  if (Number.isNaN(heat)) return undefined;
  return heat < 0 ? mix(calm, cold, -heat) : mix(calm, hot, heat);
}

/** Of several norms that share a pixel the one that says most: what is not finite, else what is farthest from 1. */
export function worstNorm(norms: readonly (number | null | undefined)[]): number | null | undefined {
  let worst: number | null | undefined;
  let most = -1;
  for (const norm of norms) {
    if (norm === undefined) continue;
    const heat = normHeat(norm);
    if (Number.isNaN(heat)) return norm;
    if (Math.abs(heat) <= most) continue;
    [worst, most] = [norm, Math.abs(heat)];
  }
  return worst;
}
