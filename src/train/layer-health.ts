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

/** Small gradients count as vanishing only beside gradients this many times larger: in a converged network all are small. */
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

/** Counts, for every layer, the looks in a row at which it was beyond a limit; tells each such row once. */
export function layerHealth(limits: HealthLimits) {
  const rows = new Map<string, number>();
  return (of: HealthFinding['of'], norms: readonly LayerNorm[], step: number): HealthFinding[] => {
    const largest = Math.max(...norms.map(({ rms }) => rms));
    return norms.flatMap(({ layer, layerName, rms }) => {
      const vanishes = rms < limits.vanishing && (of === 'activation' || rms * CONTRAST < largest);
      const explodes = !(rms <= limits.exploding);
      return (['vanishing', 'exploding'] as const).flatMap(kind => {
        const key = `${kind} ${of} ${layer}`;
        const before = rows.get(key) ?? 0;
        const beyond = kind === 'vanishing' ? vanishes : explodes;
        if (!beyond) {
          rows.delete(key);
          return [];
        }
        const needed = Number.isFinite(rms) ? limits.steps : 1;
        const told = before >= needed;
        // A row that was told stays told, so that going on to NaN is no second finding.
        rows.set(key, Number.isFinite(rms) ? before + 1 : Math.max(before + 1, limits.steps));
        if (told || before + 1 < needed) return [];
        const limit = limits[kind];
        return [{ kind, of, layer, layerName, norm: rms, limit, steps: before + 1, step, advice: ADVICE[kind][of] }];
      });
    });
  };
}
