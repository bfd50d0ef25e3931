import type { Transaction } from '../../shared/db/client.ts';
import type { StoreDeps } from './deps.ts';
import { lockDocuments, markRemoving, type Document } from './store/documents.ts';
import { settleItems } from './store/job-items.ts';
import { insertJob, replaceItems, type JobRequest } from './store/jobs.ts';

/**
 * Records that versions of documents of one domain are to go; a job does it and can be watched. Answers the job's id; who
 * calls wakes the jobs once the transaction is committed.
 */
export const startRemoval = async (
  deps: Pick<StoreDeps, 'clock'>,
  tx: Transaction,
  domainId: string,
  removal: {
    readonly versions: readonly Pick<Document, 'id' | 'name' | 'bytes'>[];
    readonly because: Extract<JobRequest, { kind: 'remove' }>['because'];
  },
): Promise<string> => {
  const { versions, because } = removal;
  const id = deps.clock.newId();
  const ids = versions.map((version) => version.id);
  // Before the jobs and their items, as all do who move documents.
  await lockDocuments(tx, ids);
  await insertJob(tx, {
    id,
    domainId,
    phase: 'removing',
    request: { kind: 'remove', because },
    total: versions.length,
    bytes: versions.reduce((sum, { bytes }) => sum + bytes, 0),
    isAsked: because === 'asked',
  });
  await settleItems(tx, ids);
  const items = versions.map((version) => ({ name: version.name, state: 'removing', documentId: version.id }));
  await replaceItems(tx, id, items);
  await markRemoving(tx, ids);
  return id;
};
