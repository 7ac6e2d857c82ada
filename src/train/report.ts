import type { Snapshot, Weights } from '../nn/network.js';

/** Named numbers of one report: always `loss` (training); validation ones are `valLoss`, `valAccuracy`, … */
export type Metrics = Readonly<Record<string, number>>;

/** Why a training stream ended before its last epoch. Data, not control flow: rules annotate, the trainer ends the stream. */
export interface StopDecision {
  /** The rule's name: `patience`, `median`, `any(plateau, patience)`. */
  readonly by: string;
  /** Who asked for it, where that was a person or a program and not a rule (`by` is `user`): `code`, `command`, `page`. */
  readonly origin?: string | undefined;
  /** One sentence for people: `valLoss 0.412 did not improve on 0.398 (epoch 7) for 6 epochs`. */
  readonly reason: string;
  /** What becomes of the trial: `complete` (it converged), `pruned` (worse than others), `failed` (diverged). */
  readonly outcome: 'complete' | 'pruned' | 'failed';
  readonly epoch: number;
  readonly metric?: string | undefined;
  readonly value?: number | undefined;
  /** The number that `value` was compared with, and whose it is: `median of 7 trials at epoch 5`. */
  readonly threshold?: number | undefined;
  readonly against?: string | undefined;
  /** The epoch whose weights were restored. */
  readonly restoredEpoch?: number | undefined;
}

/** A layer whose gradients or activations vanish or explode. */
export interface HealthFinding {
  readonly kind: 'vanishing' | 'exploding';
  /** Which norm: of the gradient or of the activations. */
  readonly of: 'gradient' | 'activation';
  /** Layer index from 0, and its name: `3 dense`. */
  readonly layer: number;
  readonly layerName: string;
  /** The root mean square of the layer's gradients, or activations. */
  readonly norm: number;
  readonly limit: number;
  /** Looks in a row at which the norm was beyond the limit. */
  readonly steps: number;
  /** The optimizer step at which it was seen. */
  readonly step: number;
  readonly advice: string;
}

/** How large every layer's numbers were at the last look of an epoch: root mean squares with four digits, null where not finite. */
export interface LayerNorms {
  /** The names of the layers that have parameters: `0 dense`. */
  readonly layers: readonly string[];
  /** Of the gradients of each layer's parameters. */
  readonly gradients: readonly (number | null)[];
  /** Of the outputs of the same layers, dropout elsewhere included. */
  readonly activations: readonly (number | null)[];
}

/** What a network says of its validation rows beside the truth; of folds, of all their validation rows together. */
export type PredictionSummary =
  | {
      readonly kind: 'confusion';
      /** In the order of the network's outputs. */
      readonly classes: readonly string[];
      /** Rows of a true class (first index) that were taken for another (second index). */
      readonly counts: readonly (readonly number[])[];
    }
  | {
      readonly kind: 'residuals';
      /**
       * Truth and prediction, in the target's own unit, of at most 200 rows, evenly chosen; rounded to less than a thousandth of their
       * range, without rows whose prediction is not finite. Of several targets the first.
       */
      readonly pairs: readonly (readonly [truth: number, prediction: number])[];
      /** How many validation rows there are. */
      readonly rows: number;
    };

/** The weights behind a report, for rules that keep and restore them. Never serialized. */
export interface ReportModel {
  snapshot(): Snapshot;
  restore(snapshot: Snapshot): void;
  read(): Promise<Weights>;
  /** What was predicted for the validation rows, in a training with `summarize`, which computes it only when it is asked; undefined where it cannot be told. */
  predictions?(): PredictionSummary | undefined;
  /** Keeps the training waiting until the returned function is called; call it while the report is delivered, or use `holdMap`. */
  hold(): () => void;
}

/** The state of a training after an epoch. */
export interface Report {
  /** From 1. */
  readonly epoch: number;
  /** Optimizer steps taken so far. */
  readonly step: number;
  /** Training rows seen so far, every repetition counted. */
  readonly samples: number;
  /** Seconds since the training was subscribed to. */
  readonly seconds: number;
  readonly metrics: Metrics;
  /** From 0, in a cross-validation. */
  readonly fold?: number | undefined;
  /** The metrics of every fold, in order, of which `metrics` are the means (`crossValidate`). */
  readonly folds?: readonly Metrics[] | undefined;
  /** The standard error of each mean over the folds. */
  readonly standardErrors?: Metrics | undefined;
  /**
   * The epoch is not over: `epoch` counts those that are, and `metrics` has only what is known meanwhile (`loss`, the mean over the
   * epoch's rows so far). Rules see it if they ask for it; no record has it.
   */
  readonly within?: 'epoch' | undefined;
  /** Where the state of the training after this epoch was stored, to go on from there. */
  readonly checkpoint?: string | undefined;
  readonly stop?: StopDecision | undefined;
  readonly health?: readonly HealthFinding[] | undefined;
  /** How large the layers' gradients and activations are, if they are watched and were looked at in this epoch. */
  readonly norms?: LayerNorms | undefined;
  /** In a search, with the first report and whenever the objective is better than before; `bestPredictions` for others. */
  readonly predictions?: PredictionSummary | undefined;
  readonly model?: ReportModel | undefined;
}
