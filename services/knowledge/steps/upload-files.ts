import { nextBaseState, uploadTextOf } from '../domain.ts';
import { saveStep } from '../store/bases.ts';
import { documentsOfBase, readText, updateDocument } from '../store/documents.ts';
import type { Step } from './advance-base.ts';

// One more file may take 75 s behind this, and the lease is 120 s.
const stintMs = 30_000;

/**
 * Puts the text of each document into the cloud's storage. What was put before a crash is not put again, so the step leaves
 * off after a while, or when the process stops, and is claimed anew.
 */
export const uploadFiles: Step = async (deps, base, stopping) => {
  const startedAt = deps.clock.now();
  const documents = await deps.database.run((client) => documentsOfBase(client, base.id));
  const waiting = documents.filter((document) => document.state === 'uploading' && document.objectKey === null);
  for (const document of waiting) {
    if (stopping.aborted || deps.clock.now() - startedAt > stintMs) return { waitMs: 0 };
    const text = await deps.database.run((client) => readText(client, document.id));
    const body = new TextEncoder().encode(uploadTextOf({ name: document.name, text }));
    const objectKey = await deps.cloud.uploadFile({ name: document.storedName, body });
    await deps.database.run((client) => updateDocument(client, document.id, { objectKey }));
  }
  const isEmpty = !documents.some((document) => document.state === 'uploading');
  const state = nextBaseState(base.state, isEmpty ? 'emptied' : 'files_uploaded');
  await deps.database.run((client) => saveStep(client, base, { state, attempt: 0, nextAt: new Date(0) }));
  deps.wakeBases();
  return 'saved';
};
