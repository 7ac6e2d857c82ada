import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { liveRegion } from '../../src/cli/live-region.js';

/** A terminal that understands what the display writes: as many rows as are needed, a cursor, erasing. */
function terminal(columns: number, rows = 24) {
  const lines: string[] = [''];
  let [row, column] = [0, 0];
  let cursor = true;
  let listener: (() => void) | undefined;
  const writes: string[] = [];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the terminal's own language
  const token = /\u001b\[(\??)(\d*)([A-Za-z])|[\s\S]/gu;
  return {
    columns,
    rows,
    writes,
    lines: () =>
      lines
        .map(line => line.trimEnd())
        .join('\n')
        .trimEnd()
        .split('\n'),
    cursor: () => ({ visible: cursor, row }),
    listening: () => listener !== undefined,
    write(text: string) {
      writes.push(text);
      for (const [piece, isPrivate, n, command] of text.matchAll(token)) {
        if (command === 'A') row = Math.max(0, row - Number(n || 1));
        else if (command === 'K') lines[row] = (lines[row] ?? '').slice(0, column);
        else if (command === 'J') {
          lines.splice(row + 1);
          lines[row] = (lines[row] ?? '').slice(0, column);
        } else if (isPrivate === '?' && n === '25') cursor = command === 'h';
        else if (command !== undefined) continue;
        else if (piece === '\r') column = 0;
        else if (piece === '\n') {
          row++;
          column = 0;
          lines[row] ??= '';
        } else {
          const line = (lines[row] ?? '').padEnd(column);
          lines[row] = line.slice(0, column) + piece + line.slice(column + 1);
          column++;
        }
      }
    },
    on(_: 'resize', resized: () => void) {
      listener = resized;
    },
    off() {
      listener = undefined;
    },
    resize(to: number) {
      this.columns = to;
      listener?.();
    },
  };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('the live region of a terminal', () => {
  it('redraws in place, below what was there, whatever the numbers of lines', () => {
    const screen = terminal(20);
    screen.write('before\n');
    let lines = ['one', 'two', 'three'];
    const region = liveRegion(screen, () => lines);
    for (const next of [['1', '2', '3'], ['only'], ['a', 'b', 'c', 'd']]) {
      region.flush();
      expect(screen.lines()).toEqual(['before', ...lines]);
      lines = next;
    }
    region.close();
  });

  it('draws at most ten times a second, the last state for sure, each frame in one write', () => {
    const screen = terminal(20);
    let n = 0;
    const region = liveRegion(screen, () => [`state ${n}`]);
    for (n = 1; n <= 1000; n++) {
      region.update();
      vi.advanceTimersByTime(1);
    }
    n = 1000;
    vi.advanceTimersByTime(100);
    expect(screen.writes.length).toBeLessThanOrEqual(12);
    expect(screen.lines()).toEqual(['state 1000']);
    region.close();
  });

  it('leaves nothing behind, neither lines nor timers nor listeners nor a hidden cursor', () => {
    const screen = terminal(20);
    screen.write('before\n');
    const region = liveRegion(screen, () => ['one', 'two']);
    region.update();
    expect(screen.cursor().visible).toBe(false);
    region.close();
    region.close();
    region.update();
    expect(screen.lines()).toEqual(['before']);
    expect(screen.cursor()).toEqual({ visible: true, row: 1 });
    expect(screen.listening()).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('keeps within the terminal, in both directions', () => {
    const screen = terminal(10, 5);
    const region = liveRegion(screen, () => Array.from({ length: 40 }, (_, i) => `line number ${i}`));
    region.flush();
    expect(screen.lines()).toEqual(Array(4).fill('line numb…'));
    region.close();
  });

  it('draws anew when the terminal is resized', () => {
    const screen = terminal(40);
    const region = liveRegion(screen, columns => [`${columns} columns`]);
    region.flush();
    screen.resize(30);
    expect(screen.lines()).toEqual(['30 columns']);
    region.close();
  });
});
