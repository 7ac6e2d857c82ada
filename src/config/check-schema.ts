import type * as z from 'zod';
import { InputError } from '../errors.js';
import { type Path, pathText } from '../tune/path.js';
import { type TrainingFile, trainingSchema } from './training-schema.js';

interface Found {
  readonly path: Path;
  readonly problem: string;
  /** A key that nobody knows, in the object at the path. */
  readonly unknownKey?: string | undefined;
}

/** A path within a training file, as it is written in the file that the training file was made of. */
export type Origin = (path: Path) => Path;

/** Throws an `InputError` with the path of the first thing that is wrong in what should be a training file. */
export function checkSchema(value: unknown, origin: Origin = path => path): TrainingFile {
  return checkShape(trainingSchema, value, origin);
}

/** Throws an `InputError` with the path of the first thing that is wrong in what should be of some shape. */
export function checkShape<Shape extends z.ZodType>(
  schema: Shape,
  value: unknown,
  origin: Origin = path => path,
): z.infer<Shape> {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  const { path, problem, unknownKey } = first(result.error.issues, []);
  throw new InputError(problem, {
    path: pathText([...origin(path), ...(unknownKey === undefined ? [] : [unknownKey])]),
  });
}

/** An unknown key explains a missing one: it is nearly always the same, misspelt. */
function first(issues: readonly z.core.$ZodIssue[], before: Path): Found {
  const found = issues.map(issue => describe(issue, [...before, ...(issue.path as Path)]));
  return found.find(({ unknownKey }) => unknownKey !== undefined) ?? found[0]!;
}

function describe(issue: z.core.$ZodIssue, path: Path): Found {
  if (issue.code === 'unrecognized_keys') {
    return { path, problem: issue.message, unknownKey: issue.keys[0] };
  }
  // Of several forms the one that was meant is that whose kind the value has.
  const meant = issue.code === 'invalid_union' ? issue.errors.find(form => !form.some(isWrongKind)) : undefined;
  return meant === undefined ? { path, problem: issue.message } : first(meant, path);
}

function isWrongKind(issue: z.core.$ZodIssue): boolean {
  if (issue.path.length > 0) return false;
  if (issue.code === 'invalid_union') return issue.errors.every(form => form.some(isWrongKind));
  if (issue.code === 'invalid_value') return issue.values.length === 1 || typeof issue.input !== 'string';
  return issue.code === 'invalid_type';
}
