/** How numbers fall into bins of equal width, on a logarithmic axis of equal ratio. */
export function binned(values: Iterable<number>, low: number, high: number, log: boolean, bins: number): number[] {
  const scale = log ? Math.log : (value: number) => value;
  const [from, to] = [scale(low), scale(high)];
  const counts = new Array<number>(bins).fill(0);
  for (const value of values) {
    const share = to > from ? (scale(value) - from) / (to - from) : 0;
    if (!(share >= -1e-9 && share <= 1 + 1e-9)) continue;
    const bin = Math.min(bins - 1, Math.max(0, Math.floor(share * bins)));
    counts[bin] = (counts[bin] as number) + 1;
  }
  return counts;
}

const space = 'http://www.w3.org/2000/svg';

/** Small bars of counts, the highest as high as they are; `label` says them in words. */
export function tinyBars(counts: readonly number[], label: string): SVGSVGElement {
  const [width, height] = [120, 22];
  const svg = document.createElementNS(space, 'svg');
  svg.setAttribute('class', 'tiny-bars');
  svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
  svg.setAttribute('preserveAspectRatio', 'none');
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', label);
  const most = Math.max(1, ...counts);
  const step = width / counts.length;
  for (const [i, count] of counts.entries()) {
    const bar = document.createElementNS(space, 'rect');
    const tall = count === 0 ? 0 : Math.max(1.5, (count / most) * height);
    for (const [name, value] of Object.entries({
      x: i * step + step * 0.06,
      y: height - tall,
      width: step * 0.88,
      height: tall,
    })) {
      bar.setAttribute(name, value.toFixed(2));
    }
    svg.append(bar);
  }
  return svg;
}
