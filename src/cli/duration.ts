import { InputError } from '../errors.js';

const units = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** Seconds from `90s`, `10m`, `1h30m`, `500ms` or a plain number of seconds; an InputError for anything else. */
export function parseDuration(text: string, option = '--time'): number {
  const plain = /^\d+(\.\d+)?$/.test(text) ? `${text}s` : text.replaceAll(' ', '');
  const parts = [...plain.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)];
  const seconds = parts.reduce((sum, [, count, unit]) => sum + Number(count) * units[unit as keyof typeof units], 0);
  if (parts.map(([part]) => part).join('') !== plain || !(seconds > 0) || !Number.isFinite(seconds)) {
    throw new InputError(`${option}: expected a duration such as 90s, 10m or 1h30m, got "${text}"`);
  }
  return seconds;
}

/** Seconds for a person: `0.4 s`, `48 s`, `3:05`, `1:02:09`. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–';
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const two = (n: number) => String(n).padStart(2, '0');
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
