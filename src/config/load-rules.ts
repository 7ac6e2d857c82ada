import { readText } from '../data/read-text.js';
import { InputError } from '../errors.js';
import type { Objective } from '../tune/events.js';
import type { ReplayedRule } from '../tune/replay-rules.js';
import { checkShape } from './check-schema.js';
import { importModules } from './custom-modules.js';
import { findReferences } from './find-references.js';
import { inSequence, makeRules } from './make-rules.js';
import { parseJson } from './parse-json.js';
import { inFile } from './read-json.js';
import { ruleNames } from './rule-names.js';
import type { RuleForm } from './rule-schema.js';
import { ofTheStudy } from './study-schema.js';

/** Early-stopping rules that are not part of a search file. */
export interface LoadedRules {
  /** Each with its options, as `patience {epochs:5}`. */
  readonly names: readonly string[];
  /** Makes those with these indexes for a trial; the first that decides ends it. */
  make(indexes: readonly number[]): ReplayedRule;
}

/**
 * Rules from JSON text, or from a file: a list as in a file's `earlyStopping`, one rule, or a search or training file that has some.
 *
 * @param place where the text stands, for errors; paths of modules in it are relative to the current folder
 * @throws InputError for what is wrong, with the file.
 */
export async function loadRules(source: string, objective: Objective, place: string): Promise<LoadedRules> {
  const inline = /^\s*[[{"]/.test(source);
  const file = inline ? place : source;
  const text = inline ? source : await readText(source);
  const { forms, names } = inFile(file, () => {
    const value = parseJson(text);
    const stated = isObject(value) && value.earlyStopping !== undefined ? value.earlyStopping : value;
    const list = Array.isArray(stated) ? stated : [stated];
    const forms = checkShape(ofTheStudy.earlyStopping, list) ?? [];
    if (forms.length === 0) throw new InputError('expected at least one rule, got none');
    // Combinations that cannot be are refused by that.
    const names = ruleNames(forms, objective);
    return { forms, names: forms.map((form, i) => `${names[i]}${optionsOf(form)}`) };
  });
  const custom = await importModules(
    file,
    findReferences({ earlyStopping: forms }, path => path),
  );
  return {
    names,
    make:
      indexes =>
      ({ study }) =>
        inSequence(
          makeRules(
            forms.filter((_, i) => indexes.includes(i)),
            study,
            custom,
          ),
        ),
  };
}

/** What distinguishes two rules of one name. */
function optionsOf(form: RuleForm): string {
  if (typeof form === 'string') return '';
  const [[name, options] = ['', undefined], ...rest] = Object.entries(form);
  if (name === 'use') return rest.length === 0 ? '' : ` ${JSON.stringify(rest[0]?.[1]).replaceAll('"', '')}`;
  return Array.isArray(options) || name === 'not' ? '' : ` ${JSON.stringify(options).replaceAll('"', '')}`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
