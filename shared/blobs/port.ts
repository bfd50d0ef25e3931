import type { Readable } from 'node:stream';

export interface StoredBlob {
  /** Opaque; what travels in messages instead of the body. */
  readonly ref: string;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
}

/** Bodies too large for a message. A folder when everything runs in one process, the NATS object store when not. */
export interface BlobStore {
  /** Stores the whole stream or nothing; throws `body_too_large` past `bytesMax`. */
  put(body: Readable, bytesMax: number): Promise<StoredBlob>;
  /** Throws `not_found`. */
  get(ref: string): Promise<Uint8Array>;
  /** Of a blob that is not there: no error. */
  delete(ref: string): Promise<void>;
  /** Deletes blobs older than `ageMs` and tells how many: what nobody fetched. */
  sweep(ageMs: number): Promise<number>;
}
