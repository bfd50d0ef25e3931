import { toFailure } from '../../../shared/errors/failure.ts';
import type { GuardedRequest, GuardedResponse } from '../../../shared/http/guarded-client.ts';
import type { PageInput, PageReading } from '../extract/read-page.ts';
import { ofSite, wantedOf } from './addresses.ts';
import { judgePage } from './judge-page.ts';
import { failed, isPassing, outcomeOfFailure, outcomeOfStatus, skipped } from './outcomes.ts';
import type { PathRules } from './path-rules.ts';
import type { Address, CrawlList, Outcome, Remembered, Visit } from './port.ts';
import type { RobotsCache } from './robots-cache.ts';
import { normaliseUrl, pageKey, type Site } from './site-url.ts';
import { conditionOf } from './validators.ts';

/** What the visits of a crawl share. */
export interface Walk {
  /** Guarded fetching; every address from a page goes through it, redirects included. */
  readonly fetchPage: (request: GuardedRequest) => Promise<GuardedResponse>;
  readonly readPage: (input: PageInput, signal: AbortSignal) => Promise<PageReading>;
  readonly site: Site;
  readonly rules: PathRules;
  readonly depthMax: number;
  readonly robots: RobotsCache;
  readonly list: Pick<CrawlList, 'isTaken' | 'twinOf'>;
  readonly signal: AbortSignal;
}

/** When the site asks to be left alone for a while. */
export interface Later {
  readonly pauseMs: number;
}

/**
 * Looks at one page. A page that cannot be read at present leads where it led the last time, so that a passing trouble of one
 * page does not hide those behind it.
 */
export const visitPage = async (walk: Walk, visit: Visit): Promise<Outcome | Later> => {
  const outcome = await lookAt(walk, visit).catch((thrown: unknown) => outcomeOfFailure(visit, toFailure(thrown)));
  if ('pauseMs' in outcome) return outcome;
  const found = visit.depth === 1 ? [...outcome.found, ...(await sitemapsOf(walk, visit))] : outcome.found;
  if (!isPassing(outcome) || visit.depth >= walk.depthMax) return { ...outcome, found };
  // What was never read led nowhere so far.
  const { links } = visit.remembered ?? { links: [] };
  return {
    ...outcome,
    found: [...found, ...wantedOf(walk.rules, links ?? [], visit.depth + 1)],
    isCut: links === null,
  };
};

const pageTypes = ['text/html', 'application/xhtml+xml'];

const lookAt = async (walk: Walk, visit: Visit): Promise<Outcome | Later> => {
  const { signal } = walk;
  const robots = await walk.robots.of(visit.url);
  if (robots.trouble !== undefined) return failed(visit.url, robots.trouble.code, robots.trouble.reason);
  if (!robots.allows(visit.url)) return skipped(visit.url, 'robots', 'robots.txt forbids it');
  const headers = conditionOf(visit.remembered?.known?.validators ?? null);
  const response = await walk.fetchPage({ url: visit.url, mimeTypes: pageTypes, headers, signal });
  const pauseMs = pauseAskedFor(visit, response);
  if (pauseMs !== undefined) return { pauseMs };
  const against = await reasonAgainstMove(walk, visit, response.url);
  if (against !== undefined) return skipped(visit.url, against.code, against.reason);
  if (response.status === 304) return asRemembered(walk, visit);
  if (response.status < 200 || response.status >= 300) return outcomeOfStatus(visit, response.status);
  const reading = await walk.readPage({ bytes: response.body, url: response.url, charset: response.charset }, signal);
  return judgePage(walk, visit, { response, reading });
};

const triesMax = 3;
const pauseDefaultMs = 5_000;
const pauseMaxMs = 60_000;

/** A site that is asked too much says so; it is asked again later, a few times. */
const pauseAskedFor = ({ tries }: Visit, { status, headers }: GuardedResponse): number | undefined => {
  if (status !== 429 && !(status === 503 && 'retry-after' in headers)) return undefined;
  if (tries + 1 >= triesMax) return undefined;
  const seconds = Number(headers['retry-after'] ?? Number.NaN);
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds * 1000, pauseMaxMs) : pauseDefaultMs;
};

interface Reason {
  readonly code: string;
  readonly reason: string;
}

/** Why the address a page moved to is not read, or undefined. */
const reasonAgainstMove = async (walk: Walk, visit: Visit, to: string): Promise<Reason | undefined> => {
  if (to === visit.url) return undefined;
  if (!walk.site.owns(to)) return { code: 'redirected', reason: 'it redirects to another site' };
  if (pageKey(to) !== pageKey(visit.url) && (await walk.list.isTaken(to, visit))) {
    return { code: 'redirected', reason: 'it redirects to a page that is read already' };
  }
  const robots = await walk.robots.of(to);
  return robots.allows(to) ? undefined : { code: 'robots', reason: 'robots.txt forbids it' };
};

/** The page says that it is as it was. */
const asRemembered = async (walk: Walk, visit: Visit): Promise<Outcome> => {
  const { name, links, known } = visit.remembered ?? nothing;
  if (known === null) return outcomeOfStatus(visit, 304);
  const found = visit.depth < walk.depthMax ? wantedOf(walk.rules, links ?? [], visit.depth + 1) : [];
  const twin = await walk.list.twinOf(known.hash, visit);
  if (twin !== undefined) return skipped(visit.url, 'duplicate', `it reads the same as ${twin}`, found);
  return { page: { url: name, state: 'unchanged', hash: known.hash }, found, isCut: false };
};

const nothing: Remembered = { name: '', links: null, known: null };

/** Where the start page's site says that its sitemaps are, else where they mostly are. */
const sitemapsOf = async ({ robots, site, depthMax }: Walk, { url }: Visit): Promise<readonly Address[]> => {
  if (depthMax === 1) return [];
  const { sitemaps } = await robots.of(url);
  const named = ofSite(
    site,
    sitemaps.filter((sitemap) => URL.canParse(sitemap, url)).map((sitemap) => new URL(sitemap, url).href),
  );
  return named.length > 0
    ? named.map((sitemap) => ({ url: sitemap, depth: 1, kind: 'sitemap' }))
    : [{ url: normaliseUrl(new URL('/sitemap.xml', url).href), depth: 1, kind: 'guess' }];
};
