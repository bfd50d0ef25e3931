import type { ExtractedDocument } from '../extract/extract-document.ts';
import type { PathRules } from './path-rules.ts';

/** An address that a crawl came across. A `guess` is where a site may have a sitemap; a `file` is no page by its name. */
export interface Address {
  readonly url: string;
  /** The start page has 1, the pages it links to have 2. */
  readonly depth: number;
  readonly kind: 'page' | 'sitemap' | 'guess' | 'file';
}

/** What an earlier crawl kept of an address. */
export interface Remembered {
  /** The address its document goes by. */
  readonly name: string;
  /** Addresses of the site that it linked to; null when there were too many to keep. */
  readonly links: readonly string[] | null;
  /** What the site is asked with whether the page has changed; none when it has to be read again in any case. */
  readonly known: { readonly hash: string; readonly validators: Validators } | null;
}

export interface Validators {
  readonly etag: string | null;
  readonly lastModified: string | null;
}

/** An address whose turn it is. */
export interface Visit extends Address {
  /** Where it stands in the list. */
  readonly position: number;
  /** How often the site asked to come back later. */
  readonly tries: number;
  readonly remembered: Remembered | null;
}

/** What became of an address. `unchanged`: the page says that it is as it was. `read`: a sitemap. */
export interface CrawledPage {
  /** Where it is found: its canonical address when it has one. */
  readonly url: string;
  readonly state: 'fetched' | 'unchanged' | 'read' | 'skipped' | 'failed';
  /** A stable word for the reason. */
  readonly code?: string;
  /** Why it was skipped or failed, in words. */
  readonly reason?: string;
  /** Of what the page reads. */
  readonly hash?: string;
  /** Only of a fetched page. */
  readonly content?: Pick<ExtractedDocument, 'text' | 'title'> & { readonly bytes: number };
}

export interface Outcome {
  /** Undefined of a guess that was wrong. */
  readonly page: CrawledPage | undefined;
  /** In the order they are to be looked at. */
  readonly found: readonly Address[];
  /** True when it may lead to more than was found. */
  readonly isCut: boolean;
  /** What the next crawl is to remember. */
  readonly memory?: { readonly links: readonly string[]; readonly validators: Validators | null };
}

/** The list of a crawl: what is to be looked at, and what came of it. It outlives the process. */
export interface CrawlList {
  /** The next address, nearest first; undefined when none is left or enough was tried. */
  readonly next: () => Promise<Visit | undefined>;
  /** Whether the crawl has the page at this address by another way than this visit. */
  readonly isTaken: (url: string, visit: Visit) => Promise<boolean>;
  /** The page that reads the same, when there is one. */
  readonly twinOf: (hash: string, visit: Visit) => Promise<string | undefined>;
  /** Keeps what came of a visit, and the addresses that are new. `ended` when nobody wants further pages. */
  readonly keep: (visit: Visit, outcome: Outcome) => Promise<'going' | 'ended'>;
  /** The site asked to come back later. */
  readonly postpone: (visit: Visit) => Promise<void>;
}

/** `done`: the list is at its end. `left`: the signal aborted, or nobody wants more. Else there is more, after a pause. */
export type CrawlEnd = 'done' | 'left' | { readonly pauseMs: number };

/** What the service wants from a crawler. */
export interface CrawlPort {
  /** The address in its normal form; throws `url_refused` when it may not be fetched at all. Opens no socket. */
  readonly checkUrl: (url: string) => string;
  /** Walks the list on, same site only, as `CrawlEnd` says. */
  readonly crawl: (request: {
    readonly startUrl: string;
    /** Levels of pages: 1 is the start page alone. */
    readonly depthMax: number;
    readonly rules: PathRules;
    readonly list: CrawlList;
    /** When it aborts, the crawl leaves off between two pages. */
    readonly turn: AbortSignal;
    /** When it aborts, the crawl leaves off at once, and the page at hand stays as it was. */
    readonly signal: AbortSignal;
  }) => Promise<CrawlEnd>;
}
