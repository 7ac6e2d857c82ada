import type { LayerNorm } from './layer-norms.js';
import type { HealthFinding } from './report.js';

/** When a layer counts as unwell. */
export interface HealthLimits {
  /** Root mean square below which a layer's gradients, or activations, vanish. */
  readonly vanishing: number;
  /** Root mean square above which they explode; NaN and Infinity always do. */
  readonly exploding: number;
  /** How many looks in a row a layer must be beyond a limit; one is enough for NaN and Infinity. */
  readonly steps: number;
}

/**
 * Small gradients count as vanishing only beside gradients this many times larger that do not vanish themselves: in a
 * converged network all are small.
 */
const CONTRAST = 1e3;

const ADVICE = {
  vanishing: {
    gradient:
      'Hardly any gradient reaches this layer: use relu or gelu in place of sigmoid or tanh, he or glorot initial weights, or fewer layers.',
    activation: 'Its outputs are all about zero: lower the learning rate, or use leakyRelu in place of relu.',
  },
  exploding: {
    gradient: 'Lower the learning rate, clip the gradients by norm, or scale the features and targets.',
    activation: 'Lower the learning rate, scale the features, or start from smaller weights.',
  },
} as const;

/** One layer's row of looks beyond one limit. */
interface Row {
  beyond: number;
  within: number;
  told: boolean;
}

/**
 * Counts, for every layer, the looks in a row at which it was beyond a limit; tells each such row once, and a new one
 * only after the layer has been well for as many looks.
 */
export function layerHealth(limits: HealthLimits) {
  const rows = new Map<string, Row>();
  const isNews = (key: string, beyond: boolean, needed: number): Row | undefined => {
    const row = rows.get(key) ?? { beyond: 0, within: 0, told: false };
    rows.set(key, row);
    row.beyond = beyond ? row.beyond + 1 : 0;
    row.within = beyond ? 0 : row.within + 1;
    if (row.within >= limits.steps) row.told = false;
    if (row.told || row.beyond < needed) return undefined;
    row.told = true;
    return row;
  };
  return (of: HealthFinding['of'], norms: readonly LayerNorm[], step: number): HealthFinding[] => {
    const largest = Math.max(...norms.map(({ rms }) => rms));
    const contrasts = (norm: number) => largest >= limits.vanishing && norm * CONTRAST < largest;
    return norms.flatMap(({ layer, layerName, rms: norm }) => {
      const needed = Number.isFinite(norm) ? limits.steps : 1;
      const beyond = {
        vanishing: norm < limits.vanishing && (of === 'activation' || contrasts(norm)),
        // Written so that NaN is beyond it.
        exploding: !(norm <= limits.exploding),
      };
      return (['vanishing', 'exploding'] as const).flatMap(kind => {
        const row = isNews(`${kind} ${of} ${layer}`, beyond[kind], needed);
        if (row === undefined) return [];
        const advice = ADVICE[kind][of];
        return [{ kind, of, layer, layerName, norm, limit: limits[kind], steps: row.beyond, step, advice }];
      });
    });
  };
}
