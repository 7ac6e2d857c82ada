import type { Snapshot } from '../nn/network.js';
import { joinNorms } from '../train/layer-look.js';
import { joinSummaries } from '../train/prediction-summary.js';
import type { Metrics, Report, ReportModel } from '../train/report.js';

/** One report of the last reports of every fold; `fresh` says which of them have just arrived. */
export function jointReport(reports: readonly Report[], fresh: readonly boolean[]): Report {
  const sum = (of: (report: Report) => number) => reports.reduce((total, report) => total + of(report), 0);
  const folds = reports.map(({ metrics }) => metrics);
  const health = reports.flatMap((report, i) => (fresh[i] ? (report.health ?? []) : []));
  const stored = reports.flatMap(({ checkpoint }, i) => (fresh[i] ? (checkpoint ?? []) : []));
  const models = reports.flatMap(({ model }) => model ?? []);
  const norms = joinNorms(reports.flatMap(report => report.norms ?? []));
  return {
    epoch: Math.max(...reports.map(({ epoch }) => epoch)),
    step: sum(({ step }) => step),
    samples: sum(({ samples }) => samples),
    seconds: Math.max(...reports.map(({ seconds }) => seconds)),
    ...meansOf(folds),
    folds,
    ...(stored.length === reports.length && { checkpoint: [...new Set(stored)].join(', ') }),
    ...(health.length > 0 && { health }),
    ...(norms && { norms }),
    ...(models.length === reports.length && { model: jointModel(models, fresh) }),
  };
}

/** Means of the metrics that every fold has, and their standard errors, s / √k with s² over k − 1; none for a single fold. */
export function meansOf(folds: readonly Metrics[]): Pick<Report, 'metrics' | 'standardErrors'> {
  const k = folds.length;
  const names = Object.keys(folds[0] ?? {}).filter(name => folds.every(metrics => Object.hasOwn(metrics, name)));
  const columns = names.map(name => [name, folds.map(metrics => metrics[name] as number)] as const);
  const mean = (values: readonly number[]) => values.reduce((total, value) => total + value, 0) / k;
  const error = (values: readonly number[]) => {
    const centre = mean(values);
    return Math.sqrt(values.reduce((total, value) => total + (value - centre) ** 2, 0) / (k - 1) / k);
  };
  return {
    metrics: Object.fromEntries(columns.map(([name, values]) => [name, mean(values)])),
    ...(k > 1 && { standardErrors: Object.fromEntries(columns.map(([name, values]) => [name, error(values)])) }),
  };
}

const partsOf = new WeakMap<Snapshot, readonly Snapshot[]>();

/** The models of all folds as one: what is kept, restored or held, is so in each. */
function jointModel(models: readonly ReportModel[], fresh: readonly boolean[]): ReportModel {
  return {
    snapshot() {
      const parts = models.map(model => model.snapshot());
      const joint = {
        dispose() {
          for (const part of parts) part.dispose();
        },
      };
      partsOf.set(joint, parts);
      return joint;
    },
    restore(joint) {
      const parts = partsOf.get(joint);
      if (parts === undefined) throw new Error('the snapshot is not one of a cross-validation');
      for (const [i, model] of models.entries()) model.restore(parts[i] as Snapshot);
    },
    ...(models.every(({ predictions }) => predictions !== undefined) && {
      predictions: () => joinSummaries(models.map(({ predictions }) => predictions?.())),
    }),
    async read() {
      const weights = await Promise.all(models.map(model => model.read()));
      return Object.fromEntries(
        weights.flatMap((fold, i) => Object.entries(fold).map(([name, values]) => [`fold${i}.${name}`, values])),
      );
    },
    hold() {
      const releases = models.flatMap((model, i) => (fresh[i] ? model.hold() : []));
      return () => {
        for (const release of releases) release();
      };
    },
  };
}
