// The public names of rxnn that run in browsers too, grouped by floor. Nothing inside src imports this file but index.ts.

// data
export type { CsvOptions } from './data/csv.js';
export type { Dataset, Split, Task } from './data/dataset.js';
export type { ColumnInfo, DatasetInfo } from './data/dataset-info.js';
export {
  type ArraysOptions,
  type DatasetFoldsOptions,
  foldsOfDataset,
  fromArrays,
  splitDataset,
} from './data/from-arrays.js';
export type { FoldsOptions, SplitOptions } from './data/partition.js';
export type { FittedColumn, Preprocessing } from './data/preprocessing.js';
export { rawFromRows } from './data/raw-from-rows.js';
export { type Table, type TableFoldsOptions, type TableInfo, tableFromRows } from './data/table.js';
export type { TableOptions } from './data/table-options.js';
export { type Encoded, transform } from './data/transform.js';

// early stopping
export { after } from './early-stopping/after.js';
export { all } from './early-stopping/all.js';
export { any } from './early-stopping/any.js';
export { type DivergedOptions, diverged } from './early-stopping/diverged.js';
export { every } from './early-stopping/every.js';
export { bracketOf, type HyperbandOptions, type HyperbandRungs, hyperband } from './early-stopping/hyperband.js';
export { median } from './early-stopping/median.js';
export type { NanPolicy } from './early-stopping/nan.js';
export { not } from './early-stopping/not.js';
export { type PatienceOptions, patience } from './early-stopping/patience.js';
export { type MedianOptions, type PercentileOptions, percentile } from './early-stopping/percentile.js';
export { type PlateauOptions, plateau } from './early-stopping/plateau.js';
export { rule, stopAtDecision } from './early-stopping/rule.js';
export { type SampleBudgetOptions, sampleBudget } from './early-stopping/sample-budget.js';
export type { Standing } from './early-stopping/standing.js';
export type { Rule, Rung, Standings, StudyView, TrialView } from './early-stopping/study-view.js';
export { type SuccessiveHalvingOptions, successiveHalving } from './early-stopping/successive-halving.js';
export { type ThresholdOptions, threshold } from './early-stopping/threshold.js';
export { type TimeBudgetOptions, timeBudget } from './early-stopping/time-budget.js';
export { named } from './early-stopping/user-rule.js';
export { type WilcoxonOptions, wilcoxon } from './early-stopping/wilcoxon.js';
export type { WithinOption } from './early-stopping/within.js';

// errors, randomness
export { DeviceError, InputError, type Place } from './errors.js';

// kernels
export { differentiate } from './kernels/autodiff.js';
export {
  DEVICE_NAMES,
  type Device,
  type DeviceName,
  type DeviceUsage,
  type Program,
  type Tensor,
} from './kernels/device.js';
export type { PlanOptions } from './kernels/fuse.js';
export type { Attributes, Graph, Node, Shape } from './kernels/graph.js';
export type { Op, OpKind } from './kernels/op.js';
export { defaultDevice, openDevice } from './kernels/open-device.js';
export * as ops from './kernels/ops/all.js';
export { type Plan, type PlanStep, plan } from './kernels/plan.js';
export { type SimdDevice, type SimdOptions, simdDevice } from './kernels/simd/simd-device.js';

// nn
export { type Activation, type ActivationFunction, type ActivationName, activations } from './nn/activations.js';
export { describe as describeNetwork, type LayerSummary, type NetworkSummary, parameterCount } from './nn/describe.js';
export type { Initializer } from './nn/initializers.js';
export * as initializers from './nn/initializers.js';
export { activation } from './nn/layers/activation.js';
export { type DenseOptions, dense } from './nn/layers/dense.js';
export { dropout } from './nn/layers/dropout.js';
export type { Layer, LayerContext, ParameterSpec } from './nn/layers/layer.js';
export { binaryCrossEntropy } from './nn/losses/binary-cross-entropy.js';
export { crossEntropy } from './nn/losses/cross-entropy.js';
export { type HuberOptions, huber } from './nn/losses/huber.js';
export type { Loss } from './nn/losses/loss.js';
export { meanAbsoluteError } from './nn/losses/mean-absolute-error.js';
export { meanSquaredError } from './nn/losses/mean-squared-error.js';
export { type MetricName, metricsByName } from './nn/metrics/by-name.js';
export type { Metric, MetricContext } from './nn/metrics/metric.js';
export { topK } from './nn/metrics/top-k.js';
export {
  type Network,
  type NetworkOptions,
  type NetworkTrace,
  network,
  type Parameter,
  type Snapshot,
  type Weights,
} from './nn/network.js';
export { type AdagradOptions, adagrad } from './nn/optimizers/adagrad.js';
export { type AdamOptions, adam } from './nn/optimizers/adam.js';
export { adamw } from './nn/optimizers/adamw.js';
export { chain } from './nn/optimizers/chain.js';
export { clipByGlobalNorm } from './nn/optimizers/clip-by-global-norm.js';
export { clipByNorm } from './nn/optimizers/clip-by-norm.js';
export { clipByValue } from './nn/optimizers/clip-by-value.js';
export { type MomentumOptions, momentum } from './nn/optimizers/momentum.js';
export { type NadamOptions, nadam } from './nn/optimizers/nadam.js';
export type { Optimizer, StateSpec, Update, UpdateContext } from './nn/optimizers/optimizer.js';
export { type RmspropOptions, rmsprop } from './nn/optimizers/rmsprop.js';
export { type SgdOptions, sgd } from './nn/optimizers/sgd.js';
export { weightDecay } from './nn/optimizers/weight-decay.js';
export type { LearningRate, Schedule } from './nn/schedules.js';
export * as schedules from './nn/schedules.js';
export { type Random, random } from './random.js';

// train
export type { Batch } from './train/batch.js';
export { type BatchesOptions, batches } from './train/batches.js';
export { type BestPredictionsOptions, bestPredictions } from './train/best-predictions.js';
export type { CheckpointDue, CheckpointEvery, Checkpointing, TrainingMemory } from './train/checkpointing.js';
export { clipNorm } from './train/clip-norm.js';
export { type EpochsOptions, epochs } from './train/epochs.js';
export { type Evaluated, type EvaluateOptions, type Evaluation, evaluate } from './train/evaluate.js';
export { type Forward, type ForwardOptions, forward } from './train/forward.js';
export { type GradientHealthOptions, gradientHealth } from './train/gradient-health.js';
export { gradients, type WithGradients } from './train/gradients.js';
export { holdMap } from './train/hold-map.js';
export type { LayerLook } from './train/layer-look.js';
export { loss, type WithLoss } from './train/loss.js';
export { type PredictOptions, predict } from './train/predict.js';
export type {
  HealthFinding,
  LayerNorms,
  Metrics,
  PredictionSummary,
  Report,
  ReportModel,
  StopDecision,
} from './train/report.js';
export { type TrainOptions, train } from './train/train.js';
export type { StateOwner, TrainingState } from './train/training-state.js';
export { type Step, type UpdateOptions, update } from './train/update.js';
// tune
export type { Checkpointed, CheckpointTask } from './tune/checkpoint-task.js';
export type { Constraint } from './tune/constraints.js';
export {
  type AskedTrial,
  type AskTellStudy,
  createStudy,
  type StudyOptions,
} from './tune/create-study.js';
export { type CrossValidationOptions, crossValidate } from './tune/cross-validation.js';
export { choice, type Distribution, float, int, ordinal } from './tune/distributions.js';
export type {
  Best,
  Counts,
  Direction,
  HParams,
  HyperparameterInfo,
  Objective,
  PlainReport,
  RungsInfo,
  StudyEvent,
  StudyInfo,
  StudyStop,
  TrialOrigin,
  TrialState,
} from './tune/events.js';
export { foldEvent } from './tune/fold-event.js';
export { type Importance, type ImportanceOptions, importance } from './tune/importance.js';
export type { GivenReport, ObjectiveResult } from './tune/objective-result.js';
export { hypervolume, paretoFront } from './tune/pareto.js';
export {
  type ReplayedRule,
  type ReplayedStop,
  type RuleReplay,
  replayRules,
  type Spending,
} from './tune/replay-rules.js';
export { type AutoOptions, auto } from './tune/samplers/auto.js';
export { type CmaesOptions, cmaes } from './tune/samplers/cmaes.js';
export { type GpOptions, gp } from './tune/samplers/gp.js';
export { grid } from './tune/samplers/grid.js';
export { type HaltonOptions, halton } from './tune/samplers/halton.js';
export { type Nsga2Options, nsga2 } from './tune/samplers/nsga2.js';
export { type RandomSearchOptions, randomSearch } from './tune/samplers/random-search.js';
export type { Sampler, SamplerContext, Sampling } from './tune/samplers/sampler.js';
export { type SobolOptions, sobol } from './tune/samplers/sobol.js';
export { type TpeOptions, tpe } from './tune/samplers/tpe.js';
export { type CurvePoint, type SimulateOptions, type SimulationBudget, simulate } from './tune/simulate.js';
export { type SearchSpace, type SpaceOptions, searchSpace } from './tune/space.js';
export { type CommandAnswer, type StudyCommand, type StudyControl, studyControl } from './tune/study-control.js';
export { emptyStudy, type StudyState, type TrialRecord } from './tune/study-state.js';
export type { TrialResult } from './tune/trial-result.js';
export {
  type ObjectiveContext,
  type StudyFacts,
  type TrialContext,
  type TuneOptions,
  tune,
} from './tune/tune.js';
