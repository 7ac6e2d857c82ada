/** The colours that are drawn on canvases, from the style sheet's custom properties. */
export interface Theme {
  readonly surface: string;
  readonly ink: string;
  readonly muted: string;
  readonly grid: string;
  /** For trials that the filter leaves out. */
  readonly pale: string;
  readonly best: string;
  readonly complete: string;
  readonly pruned: string;
  readonly failed: string;
  /** For running trials, by their number. */
  readonly hues: readonly string[];
}

const hueCount = 8;

/** The colours in force; read again after the person's preference changed. */
export function readTheme(): Theme {
  const style = getComputedStyle(document.documentElement);
  const color = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    surface: color('surface'),
    ink: color('ink'),
    muted: color('ink-3'),
    grid: color('line'),
    pale: color('pale'),
    best: color('best'),
    complete: color('complete'),
    pruned: color('pruned'),
    failed: color('failed'),
    hues: Array.from({ length: hueCount }, (_, i) => color(`hue-${i}`)),
  };
}

/** Which hue a running trial has: in its curve and in the table. */
export function hueOf(trial: number): number {
  return trial % hueCount;
}
