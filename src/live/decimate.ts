/**
 * Which points of a curve to draw when it has more than `most`: the first and the last that are numbers, and of each of equally long
 * stretches between them the least and the greatest. What is no number is left out, except for one in a stretch that
 * has nothing else, as a gap. All of them where there are no more.
 *
 * @param from the index of the first point, `to` that after the last
 * @param most from 4
 */
export function decimate(ys: Float32Array, from: number, to: number, most: number): number[] {
  if (to - from <= most) return Array.from({ length: to - from }, (_, i) => from + i);
  let [first, last] = [from, to - 1];
  while (first < last && Number.isNaN(ys[first])) first++;
  while (last > first && Number.isNaN(ys[last])) last--;
  if (first === last) return [first];
  const inner = last - first - 1;
  const stretches = Math.min(inner, Math.floor((most - 2) / 2));
  const kept = [first];
  for (let stretch = 0; stretch < stretches; stretch++) {
    const begin = first + 1 + Math.floor((stretch * inner) / stretches);
    const end = first + 1 + Math.floor(((stretch + 1) * inner) / stretches);
    let [least, greatest] = [-1, -1];
    for (let i = begin; i < end; i++) {
      const y = ys[i] as number;
      if (Number.isNaN(y)) continue;
      if (least < 0 || y < (ys[least] as number)) least = i;
      if (greatest < 0 || y > (ys[greatest] as number)) greatest = i;
    }
    if (least < 0) kept.push(begin);
    else if (least === greatest) kept.push(least);
    else kept.push(Math.min(least, greatest), Math.max(least, greatest));
  }
  kept.push(last);
  return kept;
}
