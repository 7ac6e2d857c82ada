import { createHash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { EventLogOptions } from './event-log.js';

/** How logs are kept in Node.js: identities are digests, and what is seldom read is deflated, at the speed of 100 MB/s. */
export const nodeLog: EventLogOptions = {
  identify(first, restarts) {
    const digest = createHash('sha256').update(first);
    if (restarts > 0) digest.update(`restart ${restarts}`);
    return digest.digest('hex').slice(0, 32);
  },
  packing: { pack: bytes => deflateRawSync(bytes, { level: 1 }), unpack: bytes => inflateRawSync(bytes) },
};
