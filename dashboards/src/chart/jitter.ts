// Multiples of an irrational number with small partial quotients fill an interval evenly at every length.
const irrationals = [(1 + Math.sqrt(5)) / 2, Math.sqrt(2), Math.sqrt(3), Math.sqrt(7), Math.sqrt(13)] as const;

/**
 * An offset from −½ to ½ that is a trial's own: many that share a place are spread evenly over it, in whatever order they come. On
 * axes beside each other it must not be the same, or it would look like something: they have other numbers.
 */
export function jitter(trial: number, axis = 0): number {
  return ((trial * (irrationals[axis % irrationals.length] as number) + 0.5) % 1) - 0.5;
}
