import { Objm, type ObjectStore } from '@nats-io/obj';
import { StorageType } from '@nats-io/jetstream';
import { nanos, type NatsConnection } from '@nats-io/transport-node';
import { Failure } from '../errors/failure.ts';
import type { Clock } from '../runtime/clock.ts';
import { checkedRef } from './blob-ref.ts';
import { createMeasure } from './measured.ts';
import type { BlobStore } from './port.ts';

interface ObjectStoreOptions {
  /** Shared with the bus. */
  readonly connection: NatsConnection;
  readonly clock: Clock;
  /** Name of the object store; `uploads` unless told otherwise. */
  readonly bucket?: string;
  /** How many servers of a cluster keep it; 1 unless told otherwise. */
  readonly replicas?: number;
  /** What the bucket may hold in all; a put past it fails. */
  readonly bucketBytesMax?: number;
}

const dayMs = 86_400_000;

/** Blobs in a NATS object store, where every service can fetch them; the server itself drops them after a day. */
export const createObjectStoreBlobs = async (options: ObjectStoreOptions): Promise<BlobStore> => {
  const { connection, clock } = options;
  // Created again when the server has lost its store, so a restart of ours is not needed.
  const open = (): Promise<ObjectStore> =>
    new Objm(connection).create(options.bucket ?? 'uploads', {
      storage: StorageType.File,
      ttl: nanos(dayMs),
      replicas: options.replicas ?? 1,
      max_bytes: options.bucketBytesMax ?? 2 * 1024 ** 3,
    });
  await open();

  return {
    put: async (body, bytesMax) => {
      const store = await open();
      const ref = clock.newId();
      const measure = createMeasure(body, bytesMax);
      await store.put({ name: ref }, ReadableStream.from(measure.chunks())).catch(unavailable);
      return { ref, ...measure.result() };
    },
    get: async (ref) => {
      const found = await (await open()).getBlob(checkedRef(ref)).catch(unavailable);
      if (found === null) throw new Failure('not_found');
      return found;
    },
    delete: async (ref) => {
      await (await open()).delete(checkedRef(ref)).catch(unavailable);
    },
    sweep: async (ageMs) => {
      const store = await open();
      const old = clock.now() - ageMs;
      const blobs = (await store.list().catch(unavailable)).filter((blob) => Date.parse(blob.mtime) <= old);
      for (const blob of blobs) await store.delete(blob.name);
      return blobs.length;
    },
  };
};

const unavailable = (thrown: unknown): never => {
  throw thrown instanceof Failure ? thrown : new Failure('service_unavailable', { cause: thrown });
};
