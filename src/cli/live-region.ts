import { columns, truncate } from './text.js';

/** Where a display is drawn: a terminal's stream, or a test's recorder. */
export interface Screen {
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
  on?(event: 'resize', listener: () => void): unknown;
  off?(event: 'resize', listener: () => void): unknown;
}

/** A block of lines at the end of a terminal that is redrawn in place. */
export interface LiveRegion {
  /** Shows what `render` returns for the screen's size, at most ten times a second: later calls replace earlier ones. */
  update(): void;
  /** Draws now. */
  flush(): void;
  /** Takes the block away and gives the cursor back; idempotent. */
  close(): void;
}

const hideCursor = '\u001b[?25l';
const showCursor = '\u001b[?25h';
const beginFrame = '\u001b[?2026h';
const endFrame = '\u001b[?2026l';

/** Draws what `render(columns, rows)` says, in place; one write a frame, so that nothing flickers. */
export function liveRegion(
  screen: Screen,
  render: (columns: number, rows: number) => readonly string[],
  intervalMs = 100,
): LiveRegion {
  let drawn: readonly string[] = [];
  let timer: NodeJS.Timeout | undefined;
  let pending = false;
  let closed = false;

  const size = () => [screen.columns || 80, screen.rows || 24] as const;
  /** Moves to the block's first line, also after the terminal has become narrower and wrapped it. */
  const home = () => {
    const [width] = size();
    const rows = drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(columns(line) / width)), 0);
    return rows > 0 ? `\u001b[${rows}A\r` : '\r';
  };

  function draw(): void {
    if (closed) return;
    pending = false;
    const [width, height] = size();
    const lines = render(width, height)
      .slice(0, Math.max(1, height - 1))
      .map(line => truncate(line, width));
    const body = lines.map(line => `${line}\u001b[K\n`).join('');
    screen.write(`${beginFrame}${hideCursor}${home()}${body}\u001b[J${endFrame}`);
    drawn = lines;
  }

  function update(): void {
    if (closed) return;
    pending = true;
    if (timer !== undefined) return;
    draw();
    timer = setTimeout(() => {
      timer = undefined;
      if (pending) update();
    }, intervalMs);
    timer.unref();
  }

  screen.on?.('resize', draw);
  return {
    update,
    flush: draw,
    close() {
      if (closed) return;
      screen.off?.('resize', draw);
      clearTimeout(timer);
      screen.write(`${home()}\u001b[J${showCursor}`);
      closed = true;
    },
  };
}
