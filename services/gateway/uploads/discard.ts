import type { StoredBlob } from '../../../shared/blobs/port.ts';
import { toFailure } from '../../../shared/errors/failure.ts';
import type { Gateway } from '../gateway.ts';

type Deps = Pick<Gateway, 'blobs' | 'logger'>;

/**
 * Deletes a blob when `work` is refused. After a failure that may pass, the owner may still read the blob, so it stays
 * for the sweep by age. Throws what `work` threw.
 */
export const discardWhenRefused = async <T>(deps: Deps, blob: StoredBlob, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (thrown) {
    if (!toFailure(thrown).retryable) await deleteBlob(deps, blob);
    throw thrown;
  }
};

/** Deletes a blob; when that fails the sweep by age does it. */
export const deleteBlob = async ({ blobs, logger }: Deps, { ref }: StoredBlob): Promise<void> => {
  await blobs.delete(ref).catch((thrown: unknown) => logger.warn({ err: thrown }, 'blob not deleted'));
};
