import type { StudyInfo } from './events.js';

/** The sampler in a word or two: which one `auto` takes, how many points a grid has. */
export function samplerWords({ sampler, samplerNote }: Pick<StudyInfo, 'sampler' | 'samplerNote'>): string {
  return samplerNote?.replace(/, because .*/s, '') ?? sampler;
}

/** The whole note of a sampler that says why it is the one; undefined when `samplerWords` are all there is. */
export function samplerReason({ samplerNote }: Pick<StudyInfo, 'samplerNote'>): string | undefined {
  return samplerNote?.includes(', because ') === true ? samplerNote : undefined;
}
