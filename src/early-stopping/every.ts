import { checkWhole } from './arguments.js';
import { combined } from './combined.js';
import { consult, traitsOf } from './consult.js';
import { type AnnotatingRule, rule } from './rule.js';
import type { Rule } from './study-view.js';
import { nameOf } from './user-rule.js';
import { epochOf } from './within.js';

/** A rule whose decisions count only at, or within, every `epochs`-th epoch; it sees the others all the same. */
export function every(epochs: number, periodic: Rule): AnnotatingRule {
  checkWhole('every', 'epochs', epochs, 1);
  const name = `every(${epochs}, ${nameOf(periodic)})`;
  return rule(
    name,
    consult([periodic], ([verdict], report) =>
      verdict !== undefined && epochOf(report) % epochs === 0 ? combined(name, [verdict], report.epoch) : undefined,
    ),
    traitsOf([periodic]),
  );
}
