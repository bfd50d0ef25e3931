import { crawlProgressed } from '../../../shared/contracts/knowledge.ts';
import type { Transaction } from '../../../shared/db/client.ts';
import { filesPerBaseMax } from '../client/bases.ts';
import type { CrawlList, Outcome, Visit } from '../crawl/port.ts';
import type { Deps } from '../deps.ts';
import * as items from '../store/crawl-items.ts';
import { releaseHeld } from '../store/documents.ts';
import { jobLeaseMs, lockJob, renewLease, updateJob, type Job, type JobRequest } from '../store/jobs.ts';
import { isHeld } from '../store/removals.ts';
import { recallPage, rememberPage } from '../store/web-pages.ts';
import { storePage } from './store-page.ts';

export type CrawlRequest = Extract<JobRequest, { kind: 'crawl' }>;

// So that a site of nothing but dead links ends too.
const triesPerPage = 3;
const sitemapsMax = 50;
const filesMax = 20;

/**
 * The list of a crawl in its rows. Each page is kept with its document and the addresses it taught in one transaction, under
 * the lease of the job: a process that dies loses the page at hand only, and none that is kept is fetched again.
 */
export const openCrawlList = async (deps: Deps, job: Job, request: CrawlRequest): Promise<CrawlList> => {
  const { database, clock, messaging } = deps;
  const counts = await database.run((client) => items.countItems(client, job.id));
  const timeMaxMs = deps.config.crawlTimeoutMs * Math.max(1, request.links_max / 100);
  const run: Run = { deps, job, request, counts, spentMs: job.spentMs, since: clock.now() };
  return {
    next: async () => {
      if (run.counts.kept >= request.links_max || run.counts.tried >= request.links_max * triesPerPage)
        return undefined;
      if (spentOf(run) > timeMaxMs) return undefined;
      return database.run(async (client) => {
        const item = await items.nextItem(client, job.id);
        return item === undefined
          ? undefined
          : { ...item, remembered: await recallPage(client, item.url, storingOf(run)) };
      });
    },
    isTaken: (url, visit) => database.run((client) => items.hasOther(client, job.id, url, visit)),
    twinOf: (hash, visit) => database.run((client) => items.findTwin(client, job.id, hash, visit)),
    keep: async (visit, outcome) => {
      const counts = await messaging.transaction((tx) => keepVisit(run, tx, visit, outcome));
      if (counts === undefined) return 'ended';
      const hasBaseful = counts.kept > run.counts.kept && counts.kept % filesPerBaseMax === 0;
      run.counts = counts;
      // By itself: who moves documents takes them before their job.
      if (hasBaseful) await database.run((client) => releaseHeld(client, job.id));
      return 'going';
    },
    postpone: (visit) => database.run((client) => items.countTry(client, job.id, visit)),
  };
};

interface Run {
  readonly deps: Deps;
  readonly job: Job;
  readonly request: CrawlRequest;
  readonly spentMs: number;
  readonly since: number;
  counts: items.CrawlCounts;
}

const spentOf = ({ deps, spentMs, since }: Run): number => spentMs + (deps.clock.now() - since);

const storingOf = ({ job, request }: Run) => ({
  domainId: job.domainId,
  chunkSize: request.chunk_size,
  useSemantic: request.use_semantic,
});

/** The counts after it; undefined when the crawl is not ours any more, or nobody's. */
const keepVisit = async (
  run: Run,
  tx: Transaction,
  visit: Visit,
  outcome: Outcome,
): Promise<items.CrawlCounts | undefined> => {
  const { deps, job } = run;
  if (!(await isHeld(tx, job.domainId))) return undefined;
  const present = await lockJob(tx, job.id);
  if (present === null || present.phase === 'cancelled') return undefined;
  if (!(await renewLease(tx, job, new Date(deps.clock.now() + jobLeaseMs)))) return undefined;

  await closeVisit(run, tx, visit, outcome);
  const { counts, isCut } = await addFound(run, tx, outcome, countedOf(run.counts, visit, outcome));
  await updateJob(tx, job.id, {
    phase: 'crawling',
    done: counts.done,
    total: counts.size,
    bytes: present.bytes + (outcome.page?.content?.bytes ?? 0),
    // A crawl that gets on is not one that kills its process.
    attempt: 0,
    spentMs: spentOf(run),
    ...(isCut || outcome.isCut ? { isCut: true } : {}),
  });
  if (outcome.page !== undefined) {
    const data = { job_id: job.id, pages_done: counts.done, pages_found: counts.size, url: outcome.page.url };
    await deps.messaging.emit(tx, crawlProgressed, { domainId: job.domainId, data });
  }
  return counts;
};

const closeVisit = async (run: Run, tx: Transaction, visit: Visit, outcome: Outcome): Promise<void> => {
  const { deps, job, request } = run;
  const { page, memory } = outcome;
  if (page === undefined) return items.dropItem(tx, job.id, visit);
  const stored = await storePage(deps, tx, { job, request, page });
  await items.closeItem(tx, job.id, visit, { ...stored, page: { ...page, state: stored.state ?? page.state } });
  if (memory === undefined) return;
  const readAt = new Date(deps.clock.now());
  await rememberPage(tx, visit.url, { domainId: job.domainId, page, memory, readAt });
};

const countedOf = (counts: items.CrawlCounts, { kind }: Visit, { page }: Outcome): items.CrawlCounts => ({
  ...counts,
  size: counts.size - (page === undefined ? 1 : 0),
  done: counts.done + (page === undefined ? 0 : 1),
  tried: counts.tried + (kind === 'page' ? 1 : 0),
  kept: counts.kept + (page?.state === 'fetched' || page?.state === 'unchanged' ? 1 : 0),
});

/** Puts what a visit found into the list, each kind as far as it has room there. */
const addFound = async (
  { job, request }: Run,
  tx: Transaction,
  { found }: Outcome,
  before: items.CrawlCounts,
): Promise<{ readonly counts: items.CrawlCounts; readonly isCut: boolean }> => {
  let counts = before;
  let isCut = false;
  const add = async (kinds: readonly string[], room: number): Promise<number> => {
    const addresses = found.filter(({ kind }) => kinds.includes(kind));
    const { fresh, added } = await items.addItems(tx, job.id, addresses, { position: counts.position, room });
    if (fresh > added && !kinds.includes('file')) isCut = true;
    counts = { ...counts, position: counts.position + added, size: counts.size + added };
    return added;
  };
  const pages = counts.size - counts.files - counts.sitemaps;
  await add(['page'], request.links_max * triesPerPage - pages);
  const sitemaps = await add(['sitemap', 'guess'], sitemapsMax - counts.sitemaps);
  const files = await add(['file'], filesMax - counts.files);
  return {
    counts: {
      ...counts,
      sitemaps: counts.sitemaps + sitemaps,
      files: counts.files + files,
      done: counts.done + files,
    },
    isCut,
  };
};
