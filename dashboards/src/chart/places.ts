import type { TrialRecord } from '../../../src/tune/study-state.js';
import type { AxisScale } from './axis-scale.js';
import { jitter } from './jitter.js';

/** The place of a trial that does not have a conditional hyperparameter: it is there, but not on the axis. */
export const notThere = -1;

/** Where trials are on one axis, kept until they change. */
export interface Places {
  readonly scale: AxisScale;
  /** A share from 0 to 1, `notThere`, or NaN for what is not known yet. */
  of(trial: TrialRecord): number;
}

/** The places on an axis, of which neighbours have other numbers; those that share one are spread over most of their band, so that many look like many. */
export function placesOn(scale: AxisScale, axis = 0): Places {
  const known: (TrialRecord | undefined)[] = [];
  const shares: number[] = [];
  const spread = scale.bands === undefined ? 0 : 0.62 / scale.bands.length;
  const isSetting = scale.field.key.startsWith('hparam ');
  return {
    scale,
    of(trial) {
      const { number } = trial;
      // A record is another object after each event, so the same object has the same place.
      if (known[number] === trial) return shares[number] as number;
      const value = scale.field.of(trial);
      const share = value === undefined && isSetting ? notThere : scale.share(value) + spread * jitter(number, axis);
      known[number] = trial;
      shares[number] = share;
      return share;
    },
  };
}
