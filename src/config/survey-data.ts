import { isMissing, numberOf } from '../data/cell.js';
import type { Task } from '../data/dataset.js';
import { distinctLabels } from '../data/label-order.js';
import { type Cell, cellsOf, type RawTable } from '../data/raw-table.js';
import { requireColumn } from '../data/table-options.js';
import { inferTask } from '../data/target.js';
import { inferType, readColumn } from '../data/typed-column.js';
import { InputError } from '../errors.js';

/** What a column looks like. */
export interface ColumnSurvey {
  readonly name: string;
  readonly type: 'number' | 'category';
  /** Rows without a value. */
  readonly missing: number;
  /** Different values. */
  readonly distinct: number;
  /**
   * `feature`; `empty`: no value at all; `constant`: one value only; `id`: another value in every row; `group`: ids that repeat, so that rows belong together;
   * `date`: dates by ISO 8601; `text`: nearly as many categories as rows.
   */
  readonly role: 'feature' | 'empty' | 'constant' | 'id' | 'group' | 'date' | 'text';
}

/** What a table looks like to somebody who wants to predict one of its columns. */
export interface DataSurvey {
  readonly rows: number;
  readonly target: string;
  readonly task: Task;
  /** In the order of their indices, with how many rows each has; empty for a regression. */
  readonly classes: readonly { readonly name: string; readonly rows: number }[];
  /** All columns but the target. */
  readonly columns: readonly ColumnSurvey[];
}

const ISO_DATE = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}.*)?$/;
/** Names of columns by which rows belong together. */
const GROUPS = /(^|_|\b)(patient|subject|user|customer|person|session|group|household|device|speaker)(_?id)?s?$/i;
const ID = /(^|_|\s)(id|uuid|guid|key|index|nr|no)$|^(id|uuid)|[a-z](Id|ID)$/;
/** More categories than this, and more than a third of the rows, are names rather than kinds. */
const MANY = 50;

/**
 * Looks at the columns of a table.
 *
 * @throws InputError for a target that is not there, or that rows have no value of.
 */
export function surveyData(raw: RawTable, target: string): DataSurvey {
  requireColumn(raw.columns, target, '--target');
  const cells = cellsOf(raw, target) ?? [];
  const present = cells.filter(cell => !isMissing(cell));
  if (present.length < cells.length) {
    throw new InputError(
      `${cells.length - present.length} of ${cells.length} rows have no "${target}", and nothing can be learnt from them; take them out`,
      { file: raw.file, path: '--target' },
    );
  }
  const task = inferTask(readColumn(raw, target, cells));
  const labels = present.map(String);
  const classes =
    task === 'regression' ? [] : distinctLabels(labels).map(name => ({ name, rows: countOf(labels, name) }));
  return {
    rows: raw.rows,
    target,
    task,
    classes,
    columns: raw.columns.filter(name => name !== target).map(name => surveyColumn(name, cellsOf(raw, name) ?? [])),
  };
}

function surveyColumn(name: string, cells: readonly Cell[]): ColumnSurvey {
  const present = cells.filter(cell => !isMissing(cell));
  const type = inferType(cells);
  const distinct = new Set(present.map(String)).size;
  return { name, type, missing: cells.length - present.length, distinct, role: roleOf(name, type, present, distinct) };
}

function roleOf(
  name: string,
  type: ColumnSurvey['type'],
  present: readonly Cell[],
  distinct: number,
): ColumnSurvey['role'] {
  const rows = present.length;
  if (rows === 0) return 'empty';
  if (distinct === 1) return 'constant';
  if (type === 'category' && present.every(cell => ISO_DATE.test(String(cell)))) return 'date';
  const whole = type === 'category' || present.every(cell => Number.isInteger(numberOf(cell)));
  const named = ID.test(name) || GROUPS.test(name);
  if (whole && distinct === rows && rows > 10 && (named || type === 'category' || isCounter(present))) return 'id';
  // Ten groups or more with several rows each: fewer are kinds.
  if (whole && named && distinct >= 10 && rows >= 1.5 * distinct) return 'group';
  return type === 'category' && distinct > MANY && distinct > rows / 3 ? 'text' : 'feature';
}

/** 1, 2, 3, … in the order of the rows. */
function isCounter(cells: readonly Cell[]): boolean {
  const first = numberOf(cells[0]) ?? Number.NaN;
  return cells.every((cell, i) => numberOf(cell) === first + i);
}

function countOf(labels: readonly string[], name: string): number {
  return labels.reduce((sum, label) => sum + (label === name ? 1 : 0), 0);
}
