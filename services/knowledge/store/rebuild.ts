import type { Transaction } from '../../../shared/db/client.ts';
import type { StoreDeps } from '../deps.ts';
import { baseNameOf } from '../domain.ts';
import { refreshJobs } from '../progress.ts';
import { insertBase, type Base } from './bases.ts';
import { documentsOfBase, moveToBase, type Document } from './documents.ts';
import { insertJob, replaceItems } from './jobs.ts';

/**
 * Moves documents into a new base of the same domain, from where they go into the cloud again; a job tells how they
 * are getting on. True when something is left in the old base.
 */
export const rebuildDocuments = async (
  deps: StoreDeps,
  tx: Transaction,
  base: Base,
  lost: readonly Document[],
): Promise<boolean> => {
  const id = deps.clock.newId();
  const kbName = baseNameOf(deps.config.baseNamePrefix, base.websiteKey, id);
  const { domainId, websiteKey, websiteUrl } = base;
  await insertBase(tx, { id, domainId, websiteKey, websiteUrl, kbName });
  const jobId = deps.clock.newId();
  const ids = lost.map((document) => document.id);
  const moved = await moveToBase(tx, { ids, from: base.id, to: id, jobId });
  const told = lost.filter((document) => moved.includes(document.id));
  if (told.length > 0) {
    await insertJob(tx, {
      id: jobId,
      domainId,
      phase: 'extracting',
      request: { kind: 'reindex' },
      total: told.length,
      bytes: told.reduce((sum, { bytes }) => sum + bytes, 0),
    });
    const items = told.map((document) => ({ name: document.name, state: 'accepted', documentId: document.id }));
    await replaceItems(tx, jobId, items);
  }
  await refreshJobs(deps, tx, [jobId, ...lost.map((document) => document.jobId)]);
  return (await documentsOfBase(tx, base.id)).some(({ state }) => state === 'indexed' || state === 'indexing');
};
