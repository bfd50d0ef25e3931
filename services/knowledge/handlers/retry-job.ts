import type { z } from 'zod';
import type { retryJob } from '../../../shared/contracts/knowledge-jobs.ts';
import type { Handler } from '../../../shared/bus/port.ts';
import type { Transaction } from '../../../shared/db/client.ts';
import { Failure } from '../../../shared/errors/failure.ts';
import type { Deps } from '../deps.ts';
import type { Document } from '../store/documents.ts';
import { failedDocuments, hasFailedPage } from '../store/job-items.ts';
import { findVersion } from '../store/documents.ts';
import { insertJob, replaceItems, type Job } from '../store/jobs.ts';
import { holdDomain } from '../store/removals.ts';
import { knownJob } from './known-job.ts';
import { reindex, reindexable } from './reindex-document.ts';

type Input = z.output<(typeof retryJob)['input']>;

/**
 * Tries again what failed: documents from the text that is kept, a page by fetching it. Throws `job_unknown`,
 * `document_unknown` for what is none of the job's, `conflict` for what has not failed or is tried again already.
 */
export const handleRetryJob =
  (deps: Deps): Handler<typeof retryJob> =>
  async (input) => {
    const jobId = deps.clock.newId();
    await deps.messaging.transaction(async (tx) => {
      await holdDomain(tx, input.domain_id);
      const job = await knownJob(tx, input.domain_id, input.job_id);
      if (input.url === undefined) await reindex(deps, tx, { jobId, versions: await failedOf(tx, job, input) });
      else await crawlPage(tx, job, { jobId, url: input.url });
    });
    deps.wakeBases();
    deps.wakeJobs();
    return { job_id: jobId };
  };

const failedOf = async (tx: Transaction, job: Job, { document_id }: Input): Promise<readonly Document[]> => {
  const found: Document[] = [];
  for (const id of await failedDocuments(tx, job.id)) {
    const version = await findVersion(tx, id);
    if (version === null || (document_id !== undefined && version.originalId !== document_id)) continue;
    const newest = await reindexable(tx, job.domainId, version.originalId).catch(ifOne(document_id));
    if (newest?.state === 'failed') found.push(newest);
  }
  if (found.length > 0) return found;
  if (document_id === undefined) throw new Failure('conflict', { detail: 'Nothing of this job can be tried again' });
  throw new Failure('document_unknown', { detail: 'The job has no failed document of this id' });
};

/** Of several, those that are being tried again already are passed over. */
const ifOne = (documentId: string | undefined) => (thrown: unknown) => {
  if (documentId !== undefined || !(thrown instanceof Failure)) throw thrown;
  return undefined;
};

const crawlPage = async (
  tx: Transaction,
  { id, domainId, request }: Job,
  { jobId, url }: { readonly jobId: string; readonly url: string },
): Promise<void> => {
  if (request.kind !== 'crawl' || !(await hasFailedPage(tx, id, url))) {
    throw new Failure('document_unknown', { detail: 'The job has no failed page of this address' });
  }
  const one = { ...request, url, depth_max: 1, links_max: 1 };
  await insertJob(tx, { id: jobId, domainId, phase: 'accepted', request: one, total: 1, bytes: 0 });
  await replaceItems(tx, jobId, [{ name: url, state: 'found' }]);
};
