import { crawlProgressed } from '../../../shared/contracts/knowledge.ts';
import type { Transaction } from '../../../shared/db/client.ts';
import { Failure } from '../../../shared/errors/failure.ts';
import type { CrawledPage, Seen, VisitedPage } from '../crawl/port.ts';
import type { Deps } from '../deps.ts';
import { refreshJobs } from '../progress.ts';
import { keyOf, putVersion } from '../put-version.ts';
import { isHeld } from '../store/removals.ts';
import {
  jobLeaseMs,
  listVisited,
  lockJob,
  renewLease,
  replaceItems,
  savePage,
  updateJob,
  type Job,
  type JobRequest,
  type NewItem,
  type VisitedItem,
} from '../store/jobs.ts';

type CrawlRequest = Extract<JobRequest, { kind: 'crawl' }>;

/**
 * Crawls, keeping each page as it comes, and then stores all pages at once: after a crash in the middle the next run goes on
 * behind the last page that was kept. Cancelling the job ends the crawl at its next page.
 */
export const runCrawl = async (deps: Deps, job: Job, request: CrawlRequest, stopping: AbortSignal): Promise<void> => {
  const cancelled = new AbortController();
  const timeout = AbortSignal.timeout(deps.config.crawlTimeoutMs);
  const visited = (await deps.database.run((client) => listVisited(client, job.id))).map(asVisited);
  let pagesDone = visited.length;
  const pages = await deps.crawl.crawl({
    url: request.url,
    depthMax: request.depth_max,
    linksMax: request.links_max,
    rules: request,
    visited,
    signal: AbortSignal.any([stopping, cancelled.signal, timeout]),
    onPage: async (page, seen) => {
      pagesDone += 1;
      if ((await keepPage(deps, job, { ...seen, page, pagesDone })) === 'cancelled') cancelled.abort();
    },
  });
  if (stopping.aborted)
    throw new Failure('service_unavailable', { detail: 'The service is stopping', retryAfterMs: 0 });
  if (cancelled.signal.aborted) return;
  await deps.messaging.transaction((tx) => storePages(deps, tx, { job, request, pages }));
  deps.wakeBases();
  deps.wakeJobs();
};

const itemOf = (page: CrawledPage): NewItem => ({
  name: page.url,
  state: page.state,
  ...(page.reason === undefined ? {} : { reason: page.reason }),
});

const asVisited = ({ name, state, reason, visit: { learnt, content } }: VisitedItem): VisitedPage => ({
  url: name,
  state,
  learnt,
  ...(reason === null ? {} : { reason }),
  ...(content === undefined ? {} : { content }),
});

const keepPage = (
  deps: Deps,
  job: Job,
  { page, pagesDone, found, learnt }: Seen & { readonly page: CrawledPage; readonly pagesDone: number },
): Promise<'going' | 'cancelled'> =>
  deps.messaging.transaction(async (tx) => {
    const present = await lockJob(tx, job.id);
    if (present === null || present.phase === 'cancelled') return 'cancelled';
    // Another run has the job by now: this one ends, and stores nothing.
    if (!(await renewLease(tx, job, new Date(deps.clock.now() + jobLeaseMs)))) return 'cancelled';
    const bytes = present.bytes + (page.content?.bytes ?? 0);
    // A crawl that gets on is not one that kills its process.
    await updateJob(tx, job.id, { phase: 'crawling', total: found, bytes, attempt: 0 });
    const visit = learnt === undefined ? undefined : { learnt, content: page.content };
    await savePage(tx, job.id, pagesDone - 1, { item: itemOf(page), visit });
    await deps.messaging.emit(tx, crawlProgressed, {
      domainId: job.domainId,
      data: { job_id: job.id, pages_done: pagesDone, pages_found: found, url: page.url },
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
  const read = {
    domainId: job.domainId,
    jobId: job.id,
    name: page.url,
    filename: page.url,
    type: 'html' as const,
    hash: content.hash,
    bytes: content.bytes,
    pages: null,
    chunkSize: request.chunk_size,
    useSemantic: request.use_semantic,
    sourceUrl: page.url,
    text: content.text,
  };
  const { outcome, document } = await putVersion(deps, tx, keyOf(read), read);
  if (outcome === 'unchanged') return { name: page.url, state: 'unchanged' };
  return { name: page.url, state: 'fetched', documentId: document.id };
};
