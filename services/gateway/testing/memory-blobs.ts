import type { BlobStore } from '../../../shared/blobs/port.ts';
import { sha256Hex } from '../../../shared/crypto/hash.ts';
import { Failure } from '../../../shared/errors/failure.ts';

export interface MemoryBlobs extends BlobStore {
  readonly kept: ReadonlyMap<string, Buffer>;
}

/** Keeps bodies in memory, so that a test can see what was left behind. */
export const createMemoryBlobs = (): MemoryBlobs => {
  const kept = new Map<string, Buffer>();
  let count = 0;
  return {
    kept,
    put: async (body, bytesMax) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      for await (const chunk of body) {
        bytes += (chunk as Buffer).length;
        if (bytes > bytesMax) throw new Failure('body_too_large');
        chunks.push(chunk as Buffer);
      }
      const whole = Buffer.concat(chunks);
      const ref = `blob-${++count}`;
      kept.set(ref, whole);
      return { ref, bytes, sha256: sha256Hex(whole) };
    },
    get: async (ref) => {
      const found = kept.get(ref);
      if (found === undefined) throw new Failure('not_found');
      return found;
    },
    delete: async (ref) => void kept.delete(ref),
    sweep: async () => 0,
  };
};
