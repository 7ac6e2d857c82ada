import { duration } from '../../src/cli/duration.js';

// The page speaks English, and has one clock of 24 hours wherever it says a time.
const language = 'en-GB';

/** When something was, in the reader's time zone: `14:03:27`. */
export function timeOfDay(time: number): string {
  return new Date(time).toLocaleTimeString(language);
}

/** With the day: `8 Oct 2025, 14:03`. */
export function dayAndTime(time: number): string {
  return new Date(time).toLocaleString(language, { dateStyle: 'medium', timeStyle: 'short' });
}

/** With the day, to the second: `8 Oct 2025, 14:03:27`. */
export function dayAndSecond(time: number): string {
  return new Date(time).toLocaleString(language, { dateStyle: 'medium', timeStyle: 'medium' });
}

/** How long a study takes, in whole seconds, at least one: `48 s`, `3:05`. */
export function wholeDuration(seconds: number): string {
  return duration(Math.max(1, Math.round(seconds))).replace('.0', '');
}
