import { Failure } from '../../../shared/errors/failure.ts';
import { classifyUrl } from '../../../shared/http/guard.ts';
import { createGuardedHttp } from '../../../shared/http/guarded-client.ts';
import type { Clock } from '../../../shared/runtime/clock.ts';
import type { Extractor } from '../extract/extractor.ts';
import { crawlSite } from './crawl-site.ts';
import { createPace } from './pace.ts';
import type { CrawlPort } from './port.ts';
import { normaliseUrl } from './site-url.ts';

interface CrawlOptions {
  /** `host:port` pairs that may be crawled although they are private. */
  readonly allowHosts: readonly string[];
  readonly clock: Pick<Clock, 'now' | 'sleep'>;
  readonly extractor: Pick<Extractor, 'readPage'>;
  /** Between two requests to a host. */
  readonly delayMs: number;
}

const userAgent = 'Mozilla/5.0 (compatible; Parley/1.0; reads this site for its own assistant)';

/** The crawler over real sockets; every address goes through the guard. */
export const createCrawl = (options: CrawlOptions): CrawlPort => {
  const { allowHosts, clock, delayMs, extractor } = options;
  const pace = createPace(clock);
  return {
    checkUrl: (url) => {
      const verdict = classifyUrl(url, options);
      if (verdict.allowed) return normaliseUrl(verdict.url.href);
      throw new Failure('url_refused', { detail: `This address may not be fetched: ${verdict.reason}.` });
    },
    crawl: async (request) => {
      const http = createGuardedHttp({ allowHosts, userAgent });
      const crawl = crawlSite({ fetchPage: http.get, readPage: extractor.readPage, pace, delayMs });
      try {
        return await crawl(request);
      } finally {
        http.close();
      }
    },
  };
};
