import { crawlProgressed, documentAccepted } from '../../../shared/contracts/knowledge.ts';
import type { Transaction } from '../../../shared/db/client.ts';
import { Failure } from '../../../shared/errors/failure.ts';
import { chunkText } from '../../../shared/retrieval/chunk-text.ts';
import type { CrawledPage } from '../crawl/port.ts';
import type { Deps } from '../deps.ts';
import { refreshJobs } from '../progress.ts';
import { findLiveByName, insertDocument } from '../store/documents.ts';
import { isHeld } from '../store/removals.ts';
import {
  jobLeaseMs,
  lockJob,
  renewLease,
  replaceItems,
  updateJob,
  type Job,
  type JobRequest,
  type NewItem,
} from '../store/jobs.ts';

type CrawlRequest = Extract<JobRequest, { kind: 'crawl' }>;

/**
 * Crawls, telling each page as it comes, and then stores all pages at once: a crash in the middle starts the crawl again
 * and leaves nothing half-stored. Cancelling the job ends the crawl at its next page.
 */
export const runCrawl = async (deps: Deps, job: Job, request: CrawlRequest, stopping: AbortSignal): Promise<void> => {
  const cancelled = new AbortController();
  const timeout = AbortSignal.timeout(deps.config.crawlTimeoutMs);
  const items: NewItem[] = [];
  const pages = await deps.crawl.crawl({
    url: request.url,
    depthMax: request.depth_max,
    linksMax: request.links_max,
    signal: AbortSignal.any([stopping, cancelled.signal, timeout]),
    onPage: async (page, found) => {
      items.push(itemOf(page));
      if ((await tellPage(deps, job, { page, items, found })) === 'cancelled') cancelled.abort();
    },
  });
  if (stopping.aborted)
    throw new Failure('service_unavailable', { detail: 'The service is stopping', retryAfterMs: 0 });
  if (cancelled.signal.aborted) return;
  await deps.messaging.transaction((tx) => storePages(deps, tx, { job, request, pages }));
  deps.wakeBases();
};

const itemOf = (page: CrawledPage): NewItem => ({
  name: page.url,
  state: page.state,
  ...(page.reason === undefined ? {} : { reason: page.reason }),
});

const tellPage = (
  deps: Deps,
  job: Job,
  seen: { readonly page: CrawledPage; readonly items: readonly NewItem[]; readonly found: number },
): Promise<'going' | 'cancelled'> =>
  deps.messaging.transaction(async (tx) => {
    const present = await lockJob(tx, job.id);
    if (present === null || present.phase === 'cancelled') return 'cancelled';
    // Another run has the job by now: this one ends, and stores nothing.
    if (!(await renewLease(tx, job, new Date(deps.clock.now() + jobLeaseMs)))) return 'cancelled';
    const bytes = present.bytes + (seen.page.content?.bytes ?? 0);
    // A crawl that gets on is not one that kills its process.
    await updateJob(tx, job.id, { phase: 'crawling', total: seen.found, bytes, attempt: 0 });
    await replaceItems(tx, job.id, seen.items);
    await deps.messaging.emit(tx, crawlProgressed, {
      domainId: job.domainId,
      data: { job_id: job.id, pages_done: seen.items.length, pages_found: seen.found, url: seen.page.url },
    });
    return 'going';
  });

const storePages = async (
  deps: Deps,
  tx: Transaction,
  crawl: { readonly job: Job; readonly request: CrawlRequest; readonly pages: readonly CrawledPage[] },
): Promise<void> => {
  const { job, pages } = crawl;
  if (!(await isHeld(tx, job.domainId))) return;
  const present = await lockJob(tx, job.id);
  if (present === null || present.phase === 'cancelled' || present.leaseOwner !== job.leaseOwner) return;
  if (!pages.some((page) => page.state === 'fetched')) {
    const reason = pages[0]?.reason ?? 'no page was found';
    throw new Failure('page_unavailable', { detail: `Nothing could be read: ${reason}` });
  }
  const items: NewItem[] = [];
  for (const page of pages) items.push(await storePage(deps, tx, crawl, page));
  await replaceItems(tx, job.id, items);
  await updateJob(tx, job.id, { phase: 'extracting', total: items.length });
  await refreshJobs(deps, tx, [job.id]);
};

const storePage = async (
  deps: Deps,
  tx: Transaction,
  { job, request }: { readonly job: Job; readonly request: CrawlRequest },
  page: CrawledPage,
): Promise<NewItem> => {
  const { content } = page;
  if (content === undefined) return itemOf(page);
  const present = await findLiveByName(tx, job.domainId, page.url);
  if (present?.hash === content.hash) return { name: page.url, state: 'unchanged' };
  const id = deps.clock.newId();
  await insertDocument(tx, {
    id,
    domainId: job.domainId,
    jobId: job.id,
    name: page.url,
    filename: page.url,
    type: 'html',
    version: (present?.version ?? 0) + 1,
    hash: content.hash,
    bytes: content.bytes,
    pages: null,
    chunks: chunkText(content.text).length,
    chunkSize: request.chunk_size,
    useSemantic: request.use_semantic,
    sourceUrl: page.url,
    text: content.text,
  });
  await deps.messaging.emit(tx, documentAccepted, {
    domainId: job.domainId,
    data: { document_id: id, job_id: job.id, name: page.url },
  });
  return { name: page.url, state: 'fetched', documentId: id };
};
