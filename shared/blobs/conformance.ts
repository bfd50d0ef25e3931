import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BlobStore } from './port.ts';

const mebibyte = 1024 * 1024;

/** The promises of `port.ts`, put to one store. `open` gives an empty one. */
export const blobConformance = (
  name: string,
  open: () => Promise<{ readonly store: BlobStore; readonly close: () => Promise<void> }>,
): void => {
  describe(`${name} blobs`, () => {
    let store: BlobStore;
    let close: () => Promise<void>;
    beforeEach(async () => {
      ({ store, close } = await open());
    });
    afterEach(() => close());

    it.each([0, 1, 70_000, 3 * mebibyte])('give %i bytes back as they were, with size and hash', async (size) => {
      const body = randomBytes(size);
      const blob = await store.put(Readable.from(inPieces(body)), 4 * mebibyte);
      expect(blob).toMatchObject({ bytes: size, sha256: createHash('sha256').update(body).digest('hex') });
      expect(Buffer.from(await store.get(blob.ref)).equals(body)).toBe(true);
    });

    it('refuse a body over its limit and keep nothing of it', async () => {
      const putting = store.put(Readable.from(inPieces(randomBytes(mebibyte))), mebibyte - 1);
      await expect(putting).rejects.toMatchObject({ code: 'body_too_large' });
      expect(await store.sweep(-60_000)).toBe(0);
    });

    it('keep nothing of a body that breaks off', async () => {
      const torn = async function* (): AsyncGenerator<Buffer> {
        yield randomBytes(100_000);
        await Promise.resolve();
        throw new Error('the browser went away');
      };
      await expect(store.put(Readable.from(torn()), mebibyte)).rejects.toThrow();
      expect(await store.sweep(-60_000)).toBe(0);
    });

    it('delete a blob, and one that is not there, without an error', async () => {
      const { ref } = await store.put(Readable.from([Buffer.from('x')]), 10);
      await store.delete(ref);
      await store.delete(ref);
      await expect(store.get(ref)).rejects.toMatchObject({ code: 'not_found' });
    });

    it.each([randomUUID(), '../secret', 'a.b', '*', ''])('do not find %j', async (ref) => {
      await expect(store.get(ref)).rejects.toMatchObject({ code: 'not_found' });
    });

    it('sweep what is older than told and tell how many', async () => {
      const { ref } = await store.put(Readable.from([Buffer.from('x')]), 10);
      expect(await store.sweep(60_000)).toBe(0);
      expect(await store.get(ref)).toHaveLength(1);
      expect(await store.sweep(-60_000)).toBe(1);
      await expect(store.get(ref)).rejects.toMatchObject({ code: 'not_found' });
    });

    it('keep many blobs apart that come at once', async () => {
      const bodies = Array.from({ length: 8 }, () => randomBytes(50_000));
      const blobs = await Promise.all(bodies.map((body) => store.put(Readable.from(inPieces(body)), mebibyte)));
      const got = await Promise.all(blobs.map(({ ref }) => store.get(ref)));
      expect(got.map((body, index) => Buffer.from(body).equals(bodies[index] ?? Buffer.alloc(0)))).not.toContain(false);
    });
  });
};

const inPieces = function* (body: Buffer): Generator<Buffer> {
  for (let at = 0; at < body.length; at += 65_536) yield body.subarray(at, at + 65_536);
};
