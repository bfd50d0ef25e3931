import type { Failure } from '../../../shared/errors/failure.ts';
import { toFailure } from '../../../shared/errors/failure.ts';
import type { GuardedRequest, GuardedResponse } from '../../../shared/http/guarded-client.ts';
import type { PageInput, PageReading } from '../extract/read-page.ts';
import type { CrawledPage, Seen, VisitedPage } from './port.ts';
import { createFrontier, type Frontier, type Visit } from './frontier.ts';
import { judgePage } from './judge-page.ts';
import type { PathRules } from './path-rules.ts';
import { createRobotsCache, type RobotsCache } from './robots-cache.ts';
import { siteOf, type Site } from './site-url.ts';

export interface CrawlDeps {
  /** Guarded fetching; every address from a page goes through it, redirects included. */
  readonly fetchPage: (request: GuardedRequest) => Promise<GuardedResponse>;
  readonly readPage: (input: PageInput, signal: AbortSignal) => Promise<PageReading>;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Between two requests, when robots.txt asks for no longer. */
  readonly delayMs: number;
}

export interface CrawlRequest {
  readonly startUrl: string;
  /** Levels of pages: 1 is the start page alone, 2 adds the pages it links to. */
  readonly depthMax: number;
  /** Pages that are read and kept; three times as many may be tried. */
  readonly linksMax: number;
  /** Which pages of the site are wanted; all of them without. */
  readonly rules?: PathRules;
  /** Pages of an earlier run over the same site, in their order: they are not fetched again. */
  readonly visited?: readonly VisitedPage[];
  readonly signal: AbortSignal;
  /** Awaited after each page that was not visited before. */
  readonly onPage: (page: CrawledPage, seen: Seen) => Promise<void>;
}

/**
 * Walks a site breadth first, one request at a time: the start page's host, its `www.` twin and hosts below it. Honours
 * robots.txt, `noindex`, `nofollow` and canonical addresses; a page that is another's copy, by address or by content, is
 * skipped. Each page ends fetched, skipped or failed with its reason; one page's failure ends nothing. When the signal
 * aborts, what was read so far is the result. Throws only what `onPage` throws.
 */
export const crawlSite =
  (deps: CrawlDeps) =>
  async (request: CrawlRequest): Promise<readonly CrawledPage[]> => {
    const site = siteOf(request.startUrl);
    const { rules = { include: [], exclude: [] } } = request;
    const walk: Walk = {
      ...deps,
      request,
      site,
      rules,
      frontier: createFrontier(site, rules),
      robots: createRobotsCache(deps.fetchPage, request.signal),
      hashes: new Map(),
    };
    const pages: CrawledPage[] = recallPages(walk);
    const tell = async (page: CrawledPage, seen: Omit<Seen, 'found'> = {}): Promise<void> => {
      pages.push(page);
      await request.onPage(page, { ...seen, found: walk.frontier.found() });
    };
    let fetched = pages.filter(({ state }) => state === 'fetched').length;
    for (let tried = pages.length; tried < request.linksMax * triesPerPage && fetched < request.linksMax; tried += 1) {
      const visit = walk.frontier.next();
      if (visit === undefined) break;
      const page = await visitPage(walk, visit).catch((thrown: unknown) => failed(visit.url, toFailure(thrown)));
      if (request.signal.aborted) break;
      if (page.state === 'fetched') fetched += 1;
      await tell(page, { learnt: walk.frontier.learnt() });
    }
    for (const { url, extension } of walk.frontier.otherFiles()) {
      await tell({ url, state: 'skipped', reason: `by its name it is no page (${extension})` });
    }
    return pages;
  };

// So that a site of nothing but dead links ends too.
const triesPerPage = 3;
const crawlDelayMaxMs = 2_000;
const pageTypes = ['text/html', 'application/xhtml+xml'];

interface Walk extends CrawlDeps {
  readonly request: CrawlRequest;
  readonly site: Site;
  readonly rules: PathRules;
  readonly frontier: Frontier;
  readonly robots: RobotsCache;
  /** Content hash to the address that had it first. */
  readonly hashes: Map<string, string>;
}

/** Brings the walk to where it was after the pages that were visited. */
const recallPages = ({ request: { visited = [] }, frontier, hashes }: Walk): CrawledPage[] =>
  visited.map(({ learnt, ...page }) => {
    frontier.recall(learnt);
    if (page.content !== undefined) hashes.set(page.content.hash, page.url);
    return page;
  });

const visitPage = async (walk: Walk, visit: Visit): Promise<CrawledPage> => {
  const { signal } = walk.request;
  const robots = await walk.robots.of(visit.url);
  if (!robots.allows(visit.url)) return { url: visit.url, state: 'skipped', reason: robots.refusal };
  if (visit.depth > 1) await walk.sleep(Math.min(Math.max(walk.delayMs, robots.delayMs), crawlDelayMaxMs), signal);
  const response = await walk.fetchPage({ url: visit.url, mimeTypes: pageTypes, signal });
  const moved = await reasonAgainstMove(walk, visit, response.url);
  if (moved !== undefined) return { url: visit.url, state: 'skipped', reason: moved };
  if (response.status < 200 || response.status >= 300) {
    return { url: visit.url, state: 'failed', reason: `the site answers ${response.status}` };
  }
  const reading = await walk.readPage({ bytes: response.body, url: response.url, charset: response.charset }, signal);
  const verdict = judgePage({ ...walk, response, reading });
  if (verdict.mayFollow && visit.depth < walk.request.depthMax) walk.frontier.add(reading.links, visit.depth + 1);
  return verdict.page;
};

/** Why the address a page moved to is not read, or undefined. */
const reasonAgainstMove = async (walk: Walk, visit: Visit, to: string): Promise<string | undefined> => {
  if (to === visit.url) return undefined;
  if (!walk.site.owns(to)) return 'it redirects to another site';
  if (!walk.frontier.claim(visit.url, to)) return 'it redirects to a page that is read already';
  const robots = await walk.robots.of(to);
  return robots.allows(to) ? undefined : robots.refusal;
};

const failed = (url: string, failure: Failure): CrawledPage => ({
  url,
  state: failure.code === 'unsupported_media_type' ? 'skipped' : 'failed',
  reason: failure.detail,
});
