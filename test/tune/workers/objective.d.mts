import type { ObservableInput } from 'rxjs';
import type { Dataset, Report } from '../../../src/index.js';
export declare const points: () => Dataset;
declare const objective: (hparams: object, context: { trial: number; shared?: unknown }) => ObservableInput<Report>;
export default objective;
