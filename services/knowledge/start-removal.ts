import type { Transaction } from '../../shared/db/client.ts';
import type { Deps } from './deps.ts';
import { updateDocument, type Document } from './store/documents.ts';
import { insertJob, replaceItems } from './store/jobs.ts';

/** Records that a document is to go; a job does it and can be watched. Answers the job's id. */
export const startRemoval = async (deps: Deps, tx: Transaction, document: Document): Promise<string> => {
  const id = deps.clock.newId();
  await insertJob(tx, {
    id,
    domainId: document.domainId,
    phase: 'accepted',
    request: { kind: 'remove', document_id: document.id },
    total: 1,
    bytes: document.bytes,
  });
  await replaceItems(tx, id, [{ name: document.name, state: 'removing' }]);
  await updateDocument(tx, document.id, { state: 'removing' });
  return id;
};
