import type { HealthFinding } from '../train/report.js';
import { counted, metric } from './number.js';
import { clean } from './text.js';

/** What is wrong in a training or a study, by what it is: `vanishing gradients`. */
export type HealthNotes = ReadonlyMap<string, HealthNote>;

interface HealthNote {
  /** The trials in which it was found; empty for a training of its own. */
  readonly trials: ReadonlySet<number>;
  /** The last of them. */
  readonly trial: number | undefined;
  /** There, the last finding of every layer. */
  readonly layers: ReadonlyMap<number, HealthFinding>;
}

/** The notes with the findings of one more report; the same ones when it has none. */
export function noteHealth(notes: HealthNotes, findings: readonly HealthFinding[] = [], trial?: number): HealthNotes {
  if (findings.length === 0) return notes;
  const next = new Map(notes);
  for (const finding of findings) {
    const name = ailment(finding);
    const known = next.get(name);
    const layers = new Map(known?.trial === trial ? known?.layers : []).set(finding.layer, finding);
    const trials = new Set(known?.trials);
    if (trial !== undefined) trials.add(trial);
    next.set(name, { trials, trial, layers });
  }
  return next;
}

/** What is wrong, in two words: `vanishing gradients`. */
export function ailment({ kind, of }: HealthFinding): string {
  return `${kind} ${of}s`;
}

/** One sentence for each thing that is wrong: `vanishing gradients in 3 trials, last #9, layers 0 to 2 (dense), 1.2e-9 at step 40: use relu`. */
export function healthSentences(notes: HealthNotes): string[] {
  return [...notes].map(([name, { trials, trial, layers }]) => {
    const all = [...layers.values()];
    const worst = all.reduce((a, b) => (isWorse(b, a) ? b : a));
    const last = trials.size > 1 ? `${counted(trials.size, 'trial')}, last ` : '';
    const where = trial === undefined ? '' : `${last}#${trial}, `;
    return `${name} in ${where}${layerWords(all)}, ${metric(worst.norm)} at step ${worst.step}: ${clean(worst.advice)}`;
  });
}

function isWorse(a: HealthFinding, b: HealthFinding): boolean {
  if (Number.isNaN(b.norm)) return false;
  return a.kind === 'vanishing' ? a.norm < b.norm : !(a.norm <= b.norm);
}

/** `layer 2 (dense)`, `layers 0 to 2 (dense)`, `layers 0, 2 and 5`. */
function layerWords(findings: readonly HealthFinding[]): string {
  const numbers = findings.map(({ layer }) => layer).sort((a, b) => a - b);
  const [first = 0] = numbers;
  const last = numbers.at(-1) ?? first;
  const names = new Set(findings.map(({ layerName }) => clean(layerName)));
  const name = names.size === 1 ? ` (${[...names][0]})` : '';
  if (numbers.length === 1) return `layer ${first}${name}`;
  if (numbers.length > 2 && last - first === numbers.length - 1) return `layers ${first} to ${last}${name}`;
  return `layers ${numbers.slice(0, -1).join(', ')} and ${last}${name}`;
}
