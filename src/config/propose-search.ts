import { counted } from '../counted.js';
import { InputError } from '../errors.js';
import type { ColumnSurvey, DataSurvey } from './survey-data.js';

/** A search file for some data, and what was seen there and made of it. */
export interface Proposal {
  readonly search: { readonly [key: string]: unknown };
  /** One fact or decision each. */
  readonly lines: readonly string[];
}

/** What stands in the file for the file itself. */
export interface ProposalPlace {
  readonly name: string;
  /** The address of the JSON Schema, relative to the file. */
  readonly schema: string;
  /** The data file, relative to the file. */
  readonly source: string;
  readonly delimiter?: string | undefined;
}

/** Fewer rows than this are too few to hold a part of them out once and trust it. */
const FEW = 1000;
/** So many times as many rows of the largest class as of the smallest are out of balance. */
const UNBALANCED = 3;

/**
 * A search file that is a good beginning for the data: columns that identify rows are left out, missing values imputed, classes out of
 * balance weighted, few rows cross-validated, groups kept together; depth, width, activation, dropout, learning rate and batch size are
 * searched in ranges by the number of rows and columns.
 *
 * @throws InputError when no column is left to predict from, or there is one class only.
 */
export function proposeSearch(survey: DataSurvey, place: ProposalPlace): Proposal {
  const { rows, target, task, classes, columns } = survey;
  const of = (...roles: readonly ColumnSurvey['role'][]) => columns.filter(({ role }) => roles.includes(role));
  const features = of('feature');
  if (features.length === 0) {
    const why =
      columns.length === 0 ? `"${target}" is the only one` : `left out are ${listed(columns.map(reasonOf), '; ')}`;
    throw new InputError(`no column is left to predict from: ${why}`, { path: place.source });
  }
  if (task === 'classification' && classes.length < 2) {
    throw new InputError(`there is one class only, "${classes[0]?.name}", and a classification needs at least two`, {
      path: place.source,
    });
  }
  const [group] = of('group');
  // A group's column is left out by the folds themselves.
  const ignored = columns.filter(({ role, name }) => role !== 'feature' && name !== group?.name);
  const missing = features.filter(column => column.missing > 0);
  const counts = classes.map(each => each.rows);
  const ratio = task === 'classification' ? Math.max(...counts) / Math.min(...counts) : 1;
  const weights = counts.map(count => Number((rows / (counts.length * count)).toPrecision(3)));
  const folded = rows < FEW || group !== undefined;
  const classified = task === 'classification';
  const divided = folded
    ? { folds: { count: 5, ...(classified && { stratify: true }), seed: 0, ...(group && { groups: group.name }) } }
    : { split: { validation: 0.2, ...(classified && { stratify: true }), seed: 0 } };
  const widest = rows < 500 ? 64 : rows < 5000 ? 128 : 256;
  const batches = rows < 500 ? [8, 16, 32] : rows < 5000 ? [16, 32, 64] : [64, 128, 256];
  const epochs = Math.min(100, Math.max(10, Math.round(60_000 / rows)));

  const search = {
    $schema: place.schema,
    name: place.name,
    data: {
      source: place.source,
      ...(place.delimiter !== undefined && { delimiter: place.delimiter }),
      target,
      task,
      ...(ignored.length > 0 && { ignore: ignored.map(({ name }) => name) }),
      scale: 'standard',
      ...(missing.length > 0 && { impute: missing.some(({ type }) => type === 'number') ? 'median' : 'mostFrequent' }),
      ...divided,
    },
    model: {
      layers: [
        {
          repeat: { int: [1, 3] },
          dense: { units: { int: [8, widest], log: true }, activation: { choice: ['relu', 'tanh', 'gelu'] } },
        },
        { dropout: { rate: { float: [0, 0.5] } } },
      ],
    },
    loss: classified
      ? ratio > UNBALANCED
        ? { crossEntropy: { classWeights: weights } }
        : 'crossEntropy'
      : 'meanSquaredError',
    optimizer: {
      adamw: {
        learningRate: { float: [0.0003, 0.03], log: true },
        weightDecay: { float: [0.00001, 0.1], log: true },
      },
    },
    batchSize: { choice: batches },
    epochs,
    metrics: classified ? ['accuracy', ...(ratio > UNBALANCED ? ['f1'] : [])] : ['rmse', 'r2'],
    objective: { minimize: 'valLoss' },
    sampler: 'auto',
    earlyStopping: [
      'diverged',
      { patience: { metric: 'valLoss', epochs: Math.max(5, Math.round(epochs / 6)) } },
      { successiveHalving: { minResource: 3, reductionFactor: 3 } },
    ],
    trials: 40,
  };

  const lines = [
    `${place.source}: ${counted(rows, 'row')}, ${counted(columns.length, 'column')} beside the target "${target}"`,
    classified
      ? `classification: ${classes.length} classes, ${listed(classes.map(each => `${each.name} (${each.rows})`))}`
      : 'regression',
    `${counted(features.filter(({ type }) => type === 'number').length, 'column')} of numbers, ${features.filter(({ type }) => type === 'category').length} of categories to predict from`,
    ...ignored.map(column => `left out: ${reasonOf(column)}`),
    ...missing.map(
      column =>
        `imputed: ${column.name}, ${column.missing} of ${rows} values ${column.missing === 1 ? 'is' : 'are'} missing`,
    ),
    ...(ratio > UNBALANCED
      ? [`weighted: the largest class has ${Number(ratio.toPrecision(2))} times the rows of the smallest`]
      : []),
    ...(group === undefined ? [] : [`grouped: rows with the same ${group.name} stay on one side of every fold`]),
    folded
      ? `validated by 5 folds${rows < FEW ? `, as ${rows} rows are few` : ''}`
      : 'validated by a fifth of the rows',
  ];
  return { search, lines };
}

const REASONS: Readonly<Record<ColumnSurvey['role'], string>> = {
  feature: 'a feature',
  empty: 'which has no value in any row',
  constant: 'which has the same value in every row',
  id: 'which has another value in every row',
  group: 'by which rows belong together, as another column does',
  date: 'which holds dates; for folds in the order of time name it in "order"',
  text: 'which has nearly as many values as rows',
};

const reasonOf = ({ name, role }: ColumnSurvey): string => `${name}, ${REASONS[role]}`;

function listed(items: readonly string[], separator = ', '): string {
  const more = items.length > 10 ? ` and ${items.length - 10} more` : '';
  return `${items.slice(0, 10).join(separator)}${more}`;
}
