import type { ExtractedDocument } from '../extract/extract-document.ts';
import type { Learnt } from './frontier.ts';
import type { PathRules } from './path-rules.ts';

/** One address that a crawl came across, and what became of it. */
export interface CrawledPage {
  readonly url: string;
  readonly state: 'fetched' | 'skipped' | 'failed';
  /** Why it was skipped or failed, in words. */
  readonly reason?: string;
  /** Only of a fetched page. */
  readonly content?: Pick<ExtractedDocument, 'text' | 'title'> & { readonly bytes: number; readonly hash: string };
}

/** A page that was looked at, with all that a crawl needs to go on after it. */
export interface VisitedPage extends CrawledPage {
  readonly learnt: Learnt;
}

/** How far a crawl has got. */
export interface Seen {
  /** Addresses known so far. */
  readonly found: number;
  /** What the page taught; none of an address that is only named and never looked at. */
  readonly learnt?: Learnt;
}

/** What the service wants from a crawler. */
export interface CrawlPort {
  /** The address in its normal form; throws `url_refused` when it may not be fetched at all. Opens no socket. */
  readonly checkUrl: (url: string) => string;
  /**
   * Walks from `url`, same site only: the start page is level 1, at most `depthMax` levels and `linksMax` pages, as far
   * as the rules want them. Goes on after
   * the pages that were `visited`, in their order, without fetching them again. `onPage` is awaited after each further page.
   * Answers all of them; ends early when the signal aborts.
   */
  readonly crawl: (request: {
    readonly url: string;
    readonly depthMax: number;
    readonly linksMax: number;
    readonly rules: PathRules;
    readonly visited?: readonly VisitedPage[];
    readonly signal: AbortSignal;
    readonly onPage: (page: CrawledPage, seen: Seen) => Promise<void>;
  }) => Promise<readonly CrawledPage[]>;
}
