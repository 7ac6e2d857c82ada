// An early-stopping operator of one's own: plain RxJS. It ends a trial when the validation loss has fallen by less than
// `slope` over the last `window` epochs. Completing early is the decision; no base class, nothing to register.
import { map, scan, takeWhile } from 'rxjs';

/** @param {{ slope: number, window?: number }} options from "with" in search.json */
export default function plateau({ slope, window = 4 }) {
  return reports$ =>
    reports$.pipe(
      scan((recent, report) => [...recent, report].slice(-window - 1), []),
      takeWhile(
        recent => recent.length <= window || recent[0].metrics.valLoss - recent.at(-1).metrics.valLoss > slope,
        true,
      ),
      map(recent => recent.at(-1)),
    );
}
