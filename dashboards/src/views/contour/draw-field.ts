import type { FieldAxis, KernelField } from '../../chart/kernel-field.js';
import type { Ramp } from '../../chart/ramp.js';
import type { DotBox } from '../slices/dots.js';
import { stepped } from './ends.js';

/** Pixels of the picture for each CSS pixel: it is smooth, so half of them are enough, and a quarter of the work. */
const density = 0.5;

/** Draws a field of goodness in `steps` colours; bands get a gap between them. */
export function drawField(
  ctx: CanvasRenderingContext2D,
  box: DotBox,
  field: KernelField,
  xAxis: FieldAxis,
  yAxis: FieldAxis,
  { bytes }: Ramp,
  steps: number,
  ends: readonly [number, number],
): void {
  const width = Math.max(1, Math.round(box.width * density));
  const height = Math.max(1, Math.round(box.height * density));
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const own = canvas.getContext('2d') as CanvasRenderingContext2D;
  const image = own.createImageData(width, height);
  const colors = bytes.length / 3;
  const gap = (share: number, { banded, count }: FieldAxis, size: number) => {
    const place = (share * count) % 1;
    return banded && Math.min(place, 1 - place) * (size / count) < 1;
  };
  const { data } = image;
  const means = field.raster(width, height);
  const gaps = Array.from({ length: width }, (_, column) => gap((column + 0.5) / width, xAxis, width));
  for (let row = 0; row < height; row++) {
    if (gap(1 - (row + 0.5) / height, yAxis, height)) continue;
    for (let column = 0; column < width; column++) {
      const goodness = means[row * width + column] as number;
      if (Number.isNaN(goodness) || gaps[column]) continue;
      const color = 3 * Math.floor(stepped(goodness, ends, steps) * colors);
      const at = 4 * (row * width + column);
      data[at] = bytes[color] as number;
      data[at + 1] = bytes[color + 1] as number;
      data[at + 2] = bytes[color + 2] as number;
      data[at + 3] = 255;
    }
  }
  own.putImageData(image, 0, 0);
  ctx.drawImage(canvas, box.left, box.top, box.width, box.height);
}
