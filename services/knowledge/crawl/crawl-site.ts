import { createRobotsCache } from './robots-cache.ts';
import type { Pace } from './pace.ts';
import type { CrawlEnd, CrawlPort } from './port.ts';
import { siteOf } from './site-url.ts';
import { visitPage, type Walk } from './visit-page.ts';
import { visitSitemap } from './visit-sitemap.ts';

export interface CrawlDeps extends Pick<Walk, 'fetchPage' | 'readPage'> {
  readonly pace: Pace;
  /** Between two requests to a host, when its robots.txt asks for no longer. */
  readonly delayMs: number;
}

/**
 * Walks the list of a crawl, one request at a time: the start page's host, its `www.` twin and hosts below it. Honours
 * robots.txt, `noindex`, `nofollow` and canonical addresses; a page that is another's copy, by address or by content, is
 * skipped. Each address ends with its reason; one page's failure ends nothing. All that is known lies in the list, which may be
 * walked on by somebody else. Throws only what the list throws.
 */
export const crawlSite =
  (deps: CrawlDeps): CrawlPort['crawl'] =>
  async ({ startUrl, list, turn, signal, ...request }): Promise<CrawlEnd> => {
    const robots = createRobotsCache(deps.fetchPage, signal);
    const walk: Walk = { ...deps, ...request, site: siteOf(startUrl), robots, list, signal };
    const isStopped = (): boolean => signal.aborted;
    for (;;) {
      if (isStopped()) return 'left';
      if (turn.aborted) return { pauseMs: 0 };
      const visit = await list.next();
      if (visit === undefined) return 'done';
      const { delayMs } = await robots.of(visit.url);
      const pauseMs = await deps.pace.wait(visit.url, Math.max(deps.delayMs, delayMs), signal);
      if (pauseMs > 0) return { pauseMs };
      const outcome = visit.kind === 'page' ? await visitPage(walk, visit) : await visitSitemap(walk, visit);
      // What an aborted request came to says nothing of the page.
      if (isStopped()) return 'left';
      if ('pauseMs' in outcome) {
        await list.postpone(visit);
        return outcome;
      }
      if ((await list.keep(visit, outcome)) === 'ended') return 'left';
    }
  };
