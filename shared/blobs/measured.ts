import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { Failure } from '../errors/failure.ts';

/** A body on its way into a store: counted, hashed, and cut off with `body_too_large` past `bytesMax`. */
export const createMeasure = (body: Readable, bytesMax: number) => {
  const hash = createHash('sha256');
  let bytes = 0;
  return {
    chunks: async function* (): AsyncGenerator<Uint8Array, void> {
      const chunks: AsyncIterable<Uint8Array> = body;
      for await (const chunk of chunks) {
        bytes += chunk.length;
        if (bytes > bytesMax) {
          throw new Failure('body_too_large', { detail: `The body may hold ${bytesMax} bytes at the most` });
        }
        hash.update(chunk);
        yield chunk;
      }
    },
    /** To be asked once, when all chunks were read. */
    result: () => ({ bytes, sha256: hash.digest('hex') }),
  };
};
