import type { Io } from './io.js';
import { style, wantsColor } from './style.js';
import { clean, wrap } from './text.js';

/** Tells people on stderr what they should know before a run: a line a note, wrapped and set apart at a terminal. */
export function printNotes(notes: readonly string[], { stderr, env }: Io): void {
  for (const note of notes) {
    const sentence = `note: ${clean(note)}`;
    if (stderr.isTTY !== true) stderr.write(`${sentence}\n`);
    else {
      const { dim } = style(wantsColor(stderr, env));
      const lines = wrap(sentence.split(' '), Math.max(20, (stderr.columns || 80) - 6));
      stderr.write(`${lines.map((line, i) => dim(i === 0 ? line : `      ${line}`)).join('\n')}\n`);
    }
  }
  if (stderr.isTTY === true && notes.length > 0) stderr.write('\n');
}
