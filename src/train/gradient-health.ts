import { concat, defer, EMPTY, filter, finalize, from, Observable, type OperatorFunction, Subject } from 'rxjs';
import type { Network } from '../nn/network.js';
import type { TrainingMemory } from './checkpointing.js';
import { activationNorms, passTensors, type TracedForward } from './forward.js';
import { parameterNorms } from './gradients.js';
import { type HealthLimits, layerHealth } from './layer-health.js';
import type { LayerLook } from './layer-look.js';
import type { LayerNorm, Norms } from './layer-norms.js';
import type { HealthFinding } from './report.js';
import { requireInteger, requirePositive } from './require-integer.js';
import { openResources, type Resources } from './resources.js';
import type { Step } from './update.js';

/** Steps between two looks, unless stated. */
export const LOOK_EVERY = 10;

/** Options of `gradientHealth`. */
export interface GradientHealthOptions extends Partial<HealthLimits> {
  /** Looks at the first step and then at every so many; 10. A look reads a few numbers back. */
  readonly every?: number | undefined;
}

/** A step at which layers were found unwell. */
export interface Watched {
  /** New findings, if there are any; `epochs` puts them on its next report. */
  readonly health?: readonly HealthFinding[] | undefined;
  /** How large the layers' gradients and activations were, if this step was looked at; `epochs` puts the last ones on its report. */
  readonly look?: LayerLook | undefined;
}

/**
 * Watches the root mean square of every layer's gradients and activations, now and then, and adds `health` to the step
 * where a layer has been beyond a limit for several looks in a row; `epochs` also reports the norms of an epoch's last look (`norms`), none
 * for an epoch without one. Gradients vanish below 10⁻⁵ while another layer's
 * are a thousand times larger; activations vanish below 10⁻⁵; both explode above 10³ or when they are not finite. The
 * last layer's activations only count when they are not finite: how large they are is up to the targets.
 *
 * @example pipe(update(adam()), gradientHealth({ every: 10 }), epochs({ net }))
 */
export function gradientHealth<T extends Step>(
  options: GradientHealthOptions = {},
  memory?: TrainingMemory,
): OperatorFunction<T, T & Watched> {
  const { every = LOOK_EVERY, vanishing = 1e-5, exploding = 1e3, steps = 3 } = options;
  requireInteger('every', every, 1);
  requireInteger('steps', steps, 1);
  requirePositive('vanishing', vanishing);
  requirePositive('exploding', exploding);
  return source =>
    new Observable<T & Watched>(subscriber => {
      const observe = layerHealth({ vanishing, exploding, steps }, memory?.from?.health);
      if (memory !== undefined) memory.health = observe.rows;
      const resources = openResources();
      const normsNow = openNorms(resources);
      const judge = (step: T, look: LayerLook): T & Watched => {
        const { gradients, activations } = look;
        const found = observe('gradient', gradients, step.steps);
        found.push(...observe('activation', activations.filter(hidden(step.net)), step.steps));
        return Object.assign(step, found.length > 0 ? { look, health: found } : { look });
      };
      let looking = 0;
      let looked: Subject<never> | undefined;
      const look = async (step: T): Promise<T & Watched> => {
        const [gradients, activations] = await Promise.all([step.gradientNorms(), step.activationNorms()]);
        return judge(step, { gradients, activations });
      };
      const lookHeld = (step: T): void => {
        // The held source sends no other step while one is looked at, so the order stays.
        const release = step.hold();
        looking++;
        const held = from(look(step)).pipe(finalize(release));
        const complete = () => {
          if (--looking === 0) looked?.complete();
        };
        subscriber.add(
          held.subscribe({ next: value => subscriber.next(value), error: error => subscriber.error(error), complete }),
        );
      };
      // Not mergeMap, which takes as long for a step that is let through as for one that is looked at.
      const letThrough = filter((step: T) => {
        if ((step.steps - 1) % every !== 0) return true;
        const norms = normsNow(step);
        if (norms === undefined) lookHeld(step);
        else judge(step, norms);
        return norms !== undefined;
      });
      const looks = defer(() => {
        if (looking === 0) return EMPTY;
        looked = new Subject();
        return looked;
      });
      return concat(source.pipe(letThrough), looks).pipe(finalize(resources.close)).subscribe(subscriber);
    });
}

/** The norms of a step, read at once; undefined where they have to be waited for, or are computed by somebody else's stage. */
function openNorms(resources: Resources): (step: Step) => LayerLook | undefined {
  const ofActivations = new Map<TracedForward, Norms>();
  let ofGradients: Norms | undefined;
  return ({ net, pass, gradientPass }) => {
    if (!net.device.synchronous || gradientPass === undefined) return undefined;
    ofGradients ??= parameterNorms(net, resources);
    let forActivations = ofActivations.get(pass.traced);
    if (forActivations === undefined) {
      forActivations = activationNorms(net, pass.traced, resources);
      ofActivations.set(pass.traced, forActivations);
    }
    return {
      gradients: ofGradients.readSync(gradientPass),
      activations: forActivations.readSync(passTensors(net, pass)),
    };
  };
}

/** The outputs of the last layer are as large as the targets, or zero for a probability of ½: no sign of anything. */
const hidden =
  (net: Network) =>
  ({ layer, rms }: LayerNorm): boolean =>
    layer < net.layers.length - 1 || !Number.isFinite(rms);
