// The public names of rxnn that run in browsers too, grouped by floor. Nothing inside src imports this file but index.ts.

// data
export type { CsvOptions } from './data/csv.js';
export type { Dataset, Split, Task } from './data/dataset.js';
export { type ArraysOptions, foldsOfDataset, fromArrays, splitDataset } from './data/from-arrays.js';
export type { FoldsOptions, SplitOptions } from './data/partition.js';
export type { FittedColumn, Preprocessing } from './data/preprocessing.js';
export { rawFromRows } from './data/raw-from-rows.js';
export { type Table, tableFromRows } from './data/table.js';
export type { TableOptions } from './data/table-options.js';
export { type Encoded, transform } from './data/transform.js';

// early stopping
export { after } from './early-stopping/after.js';
export { all } from './early-stopping/all.js';
export { any } from './early-stopping/any.js';
export { type DivergedOptions, diverged } from './early-stopping/diverged.js';
export { every } from './early-stopping/every.js';
export { median } from './early-stopping/median.js';
export { not } from './early-stopping/not.js';
export { type PatienceOptions, patience } from './early-stopping/patience.js';
export { type MedianOptions, type PercentileOptions, percentile } from './early-stopping/percentile.js';
export { rule, stopAtDecision } from './early-stopping/rule.js';
export type { Rule, StudyView, TrialView } from './early-stopping/study-view.js';
export { type SuccessiveHalvingOptions, successiveHalving } from './early-stopping/successive-halving.js';
export { type ThresholdOptions, threshold } from './early-stopping/threshold.js';
export { named } from './early-stopping/user-rule.js';

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
export { clipNorm } from './train/clip-norm.js';
export { type EpochsOptions, epochs } from './train/epochs.js';
export { type EvaluateOptions, type Evaluation, evaluate } from './train/evaluate.js';
export { type Forward, type ForwardOptions, forward } from './train/forward.js';
export { type GradientHealthOptions, gradientHealth } from './train/gradient-health.js';
export { gradients, type WithGradients } from './train/gradients.js';
export { holdMap } from './train/hold-map.js';
export { loss, type WithLoss } from './train/loss.js';
export { type PredictOptions, predict } from './train/predict.js';
export type { HealthFinding, Metrics, Report, ReportModel, StopDecision } from './train/report.js';
export { type TrainOptions, train } from './train/train.js';
export { type Step, type UpdateOptions, update } from './train/update.js';

// tune
export { crossValidate } from './tune/cross-validation.js';
export { choice, type Distribution, float, int, ordinal } from './tune/distributions.js';
export type {
  Best,
  Counts,
  Direction,
  HParams,
  HyperparameterInfo,
  Objective,
  PlainReport,
  StudyEvent,
  StudyInfo,
  TrialState,
} from './tune/events.js';
export { type AutoOptions, auto } from './tune/samplers/auto.js';
export { grid } from './tune/samplers/grid.js';
export { type HaltonOptions, halton } from './tune/samplers/halton.js';
export { type RandomSearchOptions, randomSearch } from './tune/samplers/random-search.js';
export type { Sampler, SamplerContext, Sampling } from './tune/samplers/sampler.js';
export { type SobolOptions, sobol } from './tune/samplers/sobol.js';
export { type TpeOptions, tpe } from './tune/samplers/tpe.js';
export { type SearchSpace, searchSpace } from './tune/space.js';
export { emptyStudy, foldEvent, type StudyState, type TrialRecord } from './tune/study-state.js';
export { type ObjectiveContext, type TrialContext, type TuneOptions, tune } from './tune/tune.js';
