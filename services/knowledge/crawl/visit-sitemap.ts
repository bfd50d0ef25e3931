import { toFailure } from '../../../shared/errors/failure.ts';
import { ofSite, wantedOf } from './addresses.ts';
import { failed, outcomeOfFailure, outcomeOfStatus, skipped } from './outcomes.ts';
import type { Outcome, Visit } from './port.ts';
import { readSitemap } from './read-sitemap.ts';
import type { Walk } from './visit-page.ts';

/** Reads a sitemap: its pages come after the start page's links, further sitemaps next. */
export const visitSitemap = async (walk: Walk, visit: Visit): Promise<Outcome> => {
  const outcome = await lookAt(walk, visit).catch((thrown: unknown) => outcomeOfFailure(visit, toFailure(thrown)));
  if (outcome.page?.state === 'read') return outcome;
  // Nobody said that there is one.
  if (visit.kind === 'guess') return { ...outcome, page: undefined };
  // What a sitemap named that cannot be read is not known.
  return { ...outcome, isCut: true };
};

const sitemapTypes = [
  'application/xml',
  'text/xml',
  'text/plain',
  'application/gzip',
  'application/x-gzip',
  'application/octet-stream',
  'binary/octet-stream',
  'text/html',
  '',
];
const sitemapBytesMax = 10_000_000;
const addressesMax = 50_000;

const lookAt = async (walk: Walk, visit: Visit): Promise<Outcome> => {
  const { url } = visit;
  const robots = await walk.robots.of(url);
  if (robots.trouble !== undefined) return failed(url, robots.trouble.code, robots.trouble.reason);
  if (!robots.allows(url)) return skipped(url, 'robots', 'robots.txt forbids it');
  const { signal } = walk;
  const request = { url, mimeTypes: sitemapTypes, bytesMax: sitemapBytesMax, signal };
  const response = await walk.fetchPage(request);
  if (response.status < 200 || response.status >= 300) return outcomeOfStatus(visit, response.status);
  if (!walk.site.owns(response.url)) return skipped(url, 'redirected', 'it redirects to another site');
  const { pages, sitemaps, isCut } = await readSitemap(response.body, { addressesMax });
  const named = ofSite(walk.site, pages);
  const further = ofSite(walk.site, sitemaps);
  return {
    page: { url, state: 'read', reason: `it names ${wordsFor(pages.length, sitemaps.length)}` },
    found: [
      ...further.map((sitemap) => ({ url: sitemap, depth: visit.depth, kind: 'sitemap' }) as const),
      ...wantedOf(walk.rules, named, visit.depth + 1),
    ],
    isCut,
  };
};

const wordsFor = (pages: number, sitemaps: number): string =>
  sitemaps === 0 ? `${pages} pages` : `${pages} pages and ${sitemaps} further sitemaps`;
