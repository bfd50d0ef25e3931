import { Failure } from '../../../shared/errors/failure.ts';
import { uploadTextOf } from '../domain.ts';
import type { ClaimedBase } from '../store/bases.ts';
import type { Document } from '../store/documents.ts';
import type { Step, StepDeps } from './step.ts';

// One more file may take 75 s behind this, and the lease is 120 s.
const stintMs = 30_000;

/**
 * Puts the text of each document into the cloud's storage. What was put before a crash is not put again, so the step leaves
 * off after a while, or when the process stops, and is claimed anew. A file that the storage refuses fails alone.
 */
export const uploadFiles: Step = async (deps, base, stopping) => {
  const startedAt = deps.clock.now();
  const documents = await deps.store.documentsOf(base);
  for (const document of documents) {
    if (document.state !== 'uploading' || document.objectKey !== null) continue;
    if (stopping.aborted || deps.clock.now() - startedAt > stintMs) return { waitMs: 0, isFresh: true };
    await upload(deps, base, document, stopping);
  }
  await deps.store.finishUploading(base);
  return 'saved';
};

const upload = async (deps: StepDeps, base: ClaimedBase, document: Document, signal: AbortSignal): Promise<void> => {
  const text = await deps.store.textOf(document);
  const body = new TextEncoder().encode(uploadTextOf({ name: document.name, text }));
  try {
    const objectKey = await deps.cloud.uploadFile({ name: document.storedName, body, signal });
    await deps.store.saveObjectKey(base, document, objectKey);
  } catch (thrown) {
    if (!(thrown instanceof Failure) || thrown.code !== 'cloud_refused') throw thrown;
    await deps.store.failDocument(base, document, { code: thrown.code, message: thrown.detail });
  }
};
