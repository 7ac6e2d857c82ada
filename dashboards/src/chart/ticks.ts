/** Round numbers within a range, about as many as asked for (1, 2 or 5 times a power of ten apart). */
export function linearTicks(low: number, high: number, about: number): number[] {
  if (!(high > low)) return [low];
  const rough = (high - low) / Math.max(1, about);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find(factor => factor * power >= 0.7 * rough) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** Round numbers for a logarithmic axis: powers of ten, with 2 and 5 between them when there is room; plain ones for less than a decade. */
export function logTicks(low: number, high: number, about: number): number[] {
  const decades = Math.log10(high / low);
  if (!(decades > 0)) return [low];
  if (decades < 1) return linearTicks(low, high, about).filter(tick => tick > 0);
  const factors = decades * 3 <= about * 1.5 ? [1, 2, 5] : [1];
  const every = Math.max(1, Math.ceil(decades / about));
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
    if (power % every !== 0) continue;
    for (const factor of factors) ticks.push(Number((factor * 10 ** power).toPrecision(12)));
  }
  return ticks.filter(tick => tick >= low && tick <= high);
}

/** Labels of one axis, all with as many digits as the closest two of them need. */
export function tickLabels(ticks: readonly number[]): string[] {
  const size = Math.max(...ticks.map(Math.abs));
  if (size >= 1e6 || (size > 0 && size < 1e-3))
    return ticks.map(tick => (tick === 0 ? '0' : tick.toExponential().replace('e+', 'e')));
  return ticks.map(tick =>
    Math.abs(tick) < 1e-12 ? '0' : Math.abs(tick) < 1e-4 ? tick.toExponential() : String(Number(tick.toPrecision(6))),
  );
}

const seconds = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400];

/** Round durations within a range of seconds. */
export function durationTicks(low: number, high: number, about: number): number[] {
  const rough = (high - low) / Math.max(1, about);
  const step = seconds.find(each => each >= 0.7 * rough);
  if (rough < 0.7 || step === undefined) {
    const unit = step === undefined ? 86_400 : 1;
    return linearTicks(low / unit, high / unit, about).map(tick => tick * unit);
  }
  const first = Math.ceil(low / step - 1e-9);
  return Array.from({ length: Math.max(0, Math.floor(high / step + 1e-9) - first + 1) }, (_, i) => (first + i) * step);
}

/** Labels of durations in seconds: `30 s`, `5 min`, `1.5 h`, `2 d`, in the greatest unit that keeps them short. */
export function durationLabels(ticks: readonly number[]): string[] {
  const size = Math.max(...ticks.map(Math.abs));
  const [unit, name] = size < 120 ? [1, 's'] : size < 7200 ? [60, 'min'] : size < 172_800 ? [3600, 'h'] : [86_400, 'd'];
  return ticks.map(tick => (tick === 0 ? '0' : `${Number((tick / unit).toPrecision(4))} ${name}`));
}
