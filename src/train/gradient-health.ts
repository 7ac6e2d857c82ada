import { defer, finalize, from, mergeMap, type OperatorFunction, of } from 'rxjs';
import type { Network } from '../nn/network.js';
import { type HealthLimits, layerHealth } from './layer-health.js';
import type { LayerNorm } from './layer-norms.js';
import type { HealthFinding } from './report.js';
import { requireInteger, requirePositive } from './require-integer.js';
import type { Step } from './update.js';

/** Options of `gradientHealth`. */
export interface GradientHealthOptions extends Partial<HealthLimits> {
  /** Looks at the first step and then at every so many; 10. A look costs a forward pass and a read-back. */
  readonly every?: number | undefined;
}

/** A step at which layers were found unwell. */
export interface Watched {
  /** New findings, if there are any; `epochs` puts them on its next report. */
  readonly health?: readonly HealthFinding[] | undefined;
}

/**
 * Watches the root mean square of every layer's gradients and activations, now and then, and adds `health` to the step
 * where a layer has been beyond a limit for several looks in a row. Gradients vanish below 10⁻⁵ while another layer's
 * are a thousand times larger; activations vanish below 10⁻⁵; both explode above 10³ or when they are not finite. The
 * last layer's activations only count when they are not finite: how large they are is up to the targets.
 *
 * @example pipe(update(adam()), gradientHealth({ every: 10 }), epochs({ net }))
 */
export function gradientHealth<T extends Step>(options: GradientHealthOptions = {}): OperatorFunction<T, T & Watched> {
  const { every = 10, vanishing = 1e-5, exploding = 1e3, steps = 3 } = options;
  requireInteger('every', every, 1);
  requireInteger('steps', steps, 1);
  requirePositive('vanishing', vanishing);
  requirePositive('exploding', exploding);
  return source =>
    defer(() => {
      const observe = layerHealth({ vanishing, exploding, steps });
      const look = async (step: T): Promise<T & Watched> => {
        const [gradients, activations] = await Promise.all([step.gradientNorms(), step.activationNorms()]);
        const health = [
          ...observe('gradient', gradients, step.steps),
          ...observe('activation', activations.filter(hidden(step.net)), step.steps),
        ];
        return health.length > 0 ? Object.assign(step, { health }) : step;
      };
      return source.pipe(
        // The held source sends no other step while one is looked at, so the order stays.
        mergeMap(step => {
          if ((step.steps - 1) % every !== 0) return of(step);
          const release = step.hold();
          return from(look(step)).pipe(finalize(release));
        }),
      );
    });
}

/** The outputs of the last layer are as large as the targets, or zero for a probability of ½: no sign of anything. */
const hidden =
  (net: Network) =>
  ({ layer, rms }: LayerNorm): boolean =>
    layer < net.layers.length - 1 || !Number.isFinite(rms);
