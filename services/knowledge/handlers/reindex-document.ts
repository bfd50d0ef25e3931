import type { reindexDocument } from '../../../shared/contracts/knowledge.ts';
import type { Handler } from '../../../shared/bus/port.ts';
import type { Transaction } from '../../../shared/db/client.ts';
import { Failure } from '../../../shared/errors/failure.ts';
import type { Deps } from '../deps.ts';
import { putAgain, readContent } from '../put-again.ts';
import type { Document } from '../store/documents.ts';
import { insertJob, replaceItems } from '../store/jobs.ts';
import { holdDomain } from '../store/removals.ts';
import { knownVersions } from './known-document.ts';

/**
 * Puts the newest text of a document into the cloud again. So one that failed gets another chance, beside an older version
 * that is still in use. Throws `document_unknown`, and `conflict` while it is on its way in or out.
 */
export const handleReindexDocument =
  (deps: Deps): Handler<typeof reindexDocument> =>
  async ({ domain_id, document_id }) => {
    const jobId = deps.clock.newId();
    await deps.messaging.transaction(async (tx) => {
      // Of two at once the second one finds the first one's version on its way.
      await holdDomain(tx, domain_id);
      await reindex(deps, tx, { jobId, versions: [await reindexable(tx, domain_id, document_id)] });
    });
    deps.wakeBases();
    return { job_id: jobId };
  };

/** The version of a document that can be indexed again. */
export const reindexable = async (tx: Transaction, domainId: string, documentId: string): Promise<Document> => {
  const versions = await knownVersions(tx, domainId, documentId);
  const newest = versions.find(({ state }) => state !== 'removing');
  if (newest === undefined) throw new Failure('conflict', { detail: 'The document is being removed' });
  if (newest.state !== 'indexed' && newest.state !== 'failed') {
    throw new Failure('conflict', { detail: `Version ${newest.version} of the document is being indexed already` });
  }
  return newest;
};

/** Starts a job that indexes these versions of one domain again; the caller holds it. */
export const reindex = async (
  deps: Pick<Deps, 'clock' | 'messaging'>,
  tx: Transaction,
  { jobId, versions }: { readonly jobId: string; readonly versions: readonly Document[] },
): Promise<void> => {
  const [first] = versions;
  if (first === undefined) return;
  await insertJob(tx, {
    id: jobId,
    domainId: first.domainId,
    phase: 'extracting',
    request: { kind: 'reindex' },
    total: versions.length,
    bytes: versions.reduce((sum, { bytes }) => sum + bytes, 0),
  });
  const items = [];
  for (const version of versions) {
    const at = { jobId, version: version.version + 1 };
    const documentId = await putAgain(deps, tx, await readContent(tx, version), at);
    items.push({ name: version.name, state: 'accepted', documentId });
  }
  await replaceItems(tx, jobId, items);
};
