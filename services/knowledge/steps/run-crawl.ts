import type { Transaction } from '../../../shared/db/client.ts';
import { Failure } from '../../../shared/errors/failure.ts';
import type { Deps } from '../deps.ts';
import { refreshJobs } from '../progress.ts';
import { closeRest, countItems, firstReason, insertStart } from '../store/crawl-items.ts';
import { releaseHeld } from '../store/documents.ts';
import { lockJob, updateJob, type Job } from '../store/jobs.ts';
import { isHeld } from '../store/removals.ts';
import { finishRun } from './finish-run.ts';
import { openCrawlList, type CrawlRequest } from './crawl-list.ts';

// Then another crawl has its turn: a slow site keeps nobody waiting for long.
const turnMs = 30_000;

/**
 * Walks a crawl on for a while. Its pages are documents as they come, held back until there are enough for a base or the
 * crawl is at its end. Answers when to go on; undefined when there is nothing more to do. Cancelling the job ends the crawl at
 * its next page. Throws `page_unavailable` when nothing could be read.
 */
export const runCrawl = async (
  deps: Deps,
  job: Job,
  request: CrawlRequest,
  stopping: AbortSignal,
): Promise<{ readonly pauseMs: number } | undefined> => {
  await deps.database.transaction((tx) => startOver(tx, job, request));
  const end = await deps.crawl.crawl({
    startUrl: request.url,
    depthMax: request.depth_max,
    rules: request,
    list: await openCrawlList(deps, job, request),
    turn: AbortSignal.timeout(turnMs),
    signal: stopping,
  });
  if (stopping.aborted) {
    throw new Failure('service_unavailable', { detail: 'The service is stopping', retryAfterMs: 0 });
  }
  if (end === 'left') return undefined;
  if (end !== 'done') return end;
  await deps.messaging.transaction((tx) => finishCrawl(deps, tx, job, request));
  deps.wakeBases();
  return undefined;
};

/** A crawl that an earlier release accepted has no list yet. */
const startOver = async (tx: Transaction, job: Job, { url, starts_at }: CrawlRequest): Promise<void> => {
  const { size } = await countItems(tx, job.id);
  if (size === 0) await insertStart(tx, job.id, { url, kind: starts_at });
};

const finishCrawl = async (deps: Deps, tx: Transaction, job: Job, request: CrawlRequest): Promise<void> => {
  if (!(await isHeld(tx, job.domainId))) return;
  // Documents before jobs, as all do who move them.
  await releaseHeld(tx, job.id);
  const present = await lockJob(tx, job.id);
  const isOpen = present?.phase === 'crawling' || present?.phase === 'accepted';
  if (!isOpen || present.leaseOwner !== job.leaseOwner) {
    throw new Failure('conflict', { detail: 'The crawl is not ours any more' });
  }
  const { kept } = await countItems(tx, job.id);
  if (kept === 0) {
    const reason = (await firstReason(tx, job.id)) ?? 'no page was found';
    throw new Failure('page_unavailable', { detail: `Nothing could be read: ${reason}` });
  }
  const left = await closeRest(tx, job.id, reasonToEnd(kept, request));
  const isCut = left > 0 || present.isCut;
  if (job.sourceId !== null) await finishRun(deps, tx, job, { sourceId: job.sourceId, isCut });
  const { size, done } = await countItems(tx, job.id);
  await updateJob(tx, job.id, { phase: 'extracting', total: size, done, isCut });
  await refreshJobs(deps, tx, [job.id]);
};

const reasonToEnd = (kept: number, { links_max }: CrawlRequest): string =>
  kept >= links_max ? `the crawl was to read ${links_max} pages` : 'the crawl ran out of time or of tries';
