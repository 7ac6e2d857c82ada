/** An offset from −½ to ½ that is a trial's own: many that share a place are spread evenly over it, in whatever order they come. */
export function jitter(trial: number): number {
  // Multiples of the golden ratio fill an interval evenly at every length.
  return ((trial * 0.6180339887498949 + 0.5) % 1) - 0.5;
}
