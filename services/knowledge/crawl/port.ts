import type { ExtractedDocument } from '../extract/extract-document.ts';

/** One address that a crawl came across, and what became of it. */
export interface CrawledPage {
  readonly url: string;
  readonly state: 'fetched' | 'skipped' | 'failed';
  /** Why it was skipped or failed, in words. */
  readonly reason?: string;
  /** Only of a fetched page. */
  readonly content?: Pick<ExtractedDocument, 'text' | 'title'> & { readonly bytes: number; readonly hash: string };
}

/** What the service wants from a crawler. */
export interface CrawlPort {
  /** The address in its normal form; throws `url_refused` when it may not be fetched at all. Opens no socket. */
  readonly checkUrl: (url: string) => string;
  /**
   * Walks from `url`, same site only: the start page is level 1, at most `depthMax` levels and `linksMax` pages. `onPage` is
   * awaited after each page; `found` counts addresses known so far. Ends early when the signal aborts.
   */
  readonly crawl: (request: {
    readonly url: string;
    readonly depthMax: number;
    readonly linksMax: number;
    readonly signal: AbortSignal;
    readonly onPage: (page: CrawledPage, found: number) => Promise<void>;
  }) => Promise<readonly CrawledPage[]>;
}
