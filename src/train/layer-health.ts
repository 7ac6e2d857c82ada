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

/** A row as plain data, with the number of its layer and limit. */
export type HealthRow = Readonly<Row> & { readonly key: number };

/** Looks at the norms of a step: what is new about them. */
export interface LayerHealth {
  (of: HealthFinding['of'], norms: readonly LayerNorm[], step: number): HealthFinding[];
  /** What has been counted, for another `layerHealth` to go on from. */
  rows(): HealthRow[];
}

/**
 * Counts, for every layer, the looks in a row at which it was beyond a limit; tells each such row once, and a new one
 * only after the layer has been well for as many looks.
 */
export function layerHealth(limits: HealthLimits, from: readonly HealthRow[] = []): LayerHealth {
  const rows = new Map(from.map(({ key, ...row }): [number, Row] => [key, row]));
  const isNews = (key: number, beyond: boolean, needed: number): Row | undefined => {
    let row = rows.get(key);
    if (row === undefined) {
      row = { beyond: 0, within: 0, told: false };
      rows.set(key, row);
    }
    row.beyond = beyond ? row.beyond + 1 : 0;
    row.within = beyond ? 0 : row.within + 1;
    if (row.within >= limits.steps) row.told = false;
    if (row.told || row.beyond < needed) return undefined;
    row.told = true;
    return row;
  };
  const observe = (of: HealthFinding['of'], norms: readonly LayerNorm[], step: number): HealthFinding[] => {
    const largest = Math.max(...norms.map(({ rms }) => rms));
    const contrasts = (norm: number) => largest >= limits.vanishing && norm * CONTRAST < largest;
    const findings: HealthFinding[] = [];
    for (const { layer, layerName, rms: norm } of norms) {
      const needed = Number.isFinite(norm) ? limits.steps : 1;
      const check = (kind: HealthFinding['kind'], beyond: boolean) => {
        const key = 4 * layer + (kind === 'vanishing' ? 2 : 0) + (of === 'activation' ? 1 : 0);
        const row = isNews(key, beyond, needed);
        if (row === undefined) return;
        const advice = ADVICE[kind][of];
        findings.push({ kind, of, layer, layerName, norm, limit: limits[kind], steps: row.beyond, step, advice });
      };
      check('vanishing', norm < limits.vanishing && (of === 'activation' || contrasts(norm)));
      // Written so that NaN is beyond it.
      check('exploding', !(norm <= limits.exploding));
    }
    return findings;
  };
  return Object.assign(observe, { rows: () => Array.from(rows, ([key, row]): HealthRow => ({ key, ...row })) });
}
