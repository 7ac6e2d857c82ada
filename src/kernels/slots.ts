import type { Group } from './fuse.js';
import { type Node, type Shape, sizeOf } from './graph.js';

/** Which buffer every step writes to, and how many bytes are alive at most. */
export interface Slots {
  /** The slot of every root. */
  readonly of: ReadonlyMap<Node, number>;
  /** For every step, the roots that no later one reads. */
  readonly release: readonly (readonly Node[])[];
  readonly slots: readonly { readonly shape: Shape; readonly bytes: number }[];
  readonly peakBytes: number;
}

const bytesOf = (node: Node): number => sizeOf(node.shape) * Float32Array.BYTES_PER_ELEMENT;

/**
 * Assigns buffers to the results of steps in order. A step's own buffer is never one that it reads; the buffer of an
 * output is never given to anything else. A free buffer is taken again for a result that fits, the smallest such first.
 */
export function assignSlots(groups: readonly Group[], outputs: ReadonlySet<Node>): Slots {
  const lastUse = new Map<Node, number>();
  for (const [step, { operands }] of groups.entries()) for (const operand of operands) lastUse.set(operand, step);
  const of = new Map<Node, number>();
  const slots: { shape: Shape; bytes: number }[] = [];
  const free: number[] = [];
  const release: Node[][] = [];
  let alive = 0;
  let peakBytes = 0;
  for (const [step, { root, operands }] of groups.entries()) {
    const bytes = bytesOf(root);
    const best = free.reduce<number | undefined>((chosen, slot) => {
      const size = slots[slot]!.bytes;
      return size >= bytes && (chosen === undefined || size < slots[chosen]!.bytes) ? slot : chosen;
    }, undefined);
    if (outputs.has(root) || best === undefined) {
      of.set(root, slots.length);
      slots.push({ shape: root.shape, bytes });
    } else {
      of.set(root, best);
      free.splice(free.indexOf(best), 1);
    }
    alive += bytes;
    peakBytes = Math.max(peakBytes, alive);
    const done = operands.filter(node => of.has(node) && lastUse.get(node) === step && !outputs.has(node));
    for (const node of done) {
      alive -= bytesOf(node);
      free.push(of.get(node) as number);
    }
    release.push(done);
  }
  return { of, release, slots, peakBytes };
}
