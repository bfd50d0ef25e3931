import type { CheerioAPI } from 'cheerio';
import { decodeText } from './decode-text.ts';
import { parseHtml } from './html-tree.ts';
import { countWords, normaliseText } from './normalise-text.ts';
import { readHtmlTree } from './read-html.ts';

export interface PageInput {
  readonly bytes: Uint8Array;
  /** Where the page was found, after redirects. */
  readonly url: string;
  /** What the server said, when it said something. */
  readonly charset?: string | undefined;
}

/** A web page as a crawler needs it. Plain values only: it crosses from a worker thread. */
export interface PageReading {
  readonly title: string | null;
  /** Normalised; empty when the page holds no words. */
  readonly text: string;
  readonly words: number;
  /** Absolute http(s) addresses in the order of the page, without fragments, each once, unjudged. */
  readonly links: readonly string[];
  /** True when it has more links than these. */
  readonly isCut: boolean;
  readonly canonical: string | null;
  readonly isIndexable: boolean;
  readonly isFollowable: boolean;
}

/** Goes up whenever the same page is read in another way: what was read before has to be read again. */
export const readerVersion = 1;

/** Reads a page whatever is in it; throws only `document_too_complex` for too much text. */
export const readPage = async (input: PageInput): Promise<PageReading> => {
  const $ = parseHtml(await decodePage(input));
  const { text, title } = readHtmlTree($);
  const words = normaliseText(text);
  const base = absolute($('base[href]').first().attr('href'), input.url) ?? input.url;
  const robots = robotsOf($);
  const links = robots.has('nofollow') || robots.has('none') ? [] : linksOf($, base);
  return {
    title,
    text: words,
    words: countWords(words),
    links,
    isCut: links.length >= linksMax,
    canonical: absolute($('link[rel~="canonical" i][href]').first().attr('href'), base),
    isIndexable: !robots.has('noindex') && !robots.has('none'),
    isFollowable: !robots.has('nofollow') && !robots.has('none'),
  };
};

const headBytes = 4096;

const decodePage = async ({ bytes, charset }: PageInput): Promise<string> => {
  const head = Buffer.from(bytes.subarray(0, headBytes)).toString('latin1');
  const declared = /<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{1,40})/i.exec(head)?.[1];
  return (await decodeText(bytes, charset ?? declared)).text;
};

const robotsOf = ($: CheerioAPI): ReadonlySet<string> =>
  new Set(
    $('meta[name="robots" i], meta[name="parley" i]')
      .get()
      .slice(0, 20)
      .flatMap((meta) => (meta.attribs['content'] ?? '').toLowerCase().split(/[\s,]+/)),
  );

const linksMax = 2000;

const linksOf = ($: CheerioAPI, base: string): readonly string[] => {
  const links = new Set<string>();
  const refresh = /url\s*=\s*["']?([^"'\s>]{1,2048})/i.exec(
    $('meta[http-equiv="refresh" i]').attr('content') ?? '',
  )?.[1];
  const hrefs = $('a[href], area[href]')
    .get()
    .filter(({ attribs }) => !/\bnofollow\b/i.test(attribs['rel'] ?? ''))
    .map(({ attribs }) => attribs['href']);
  for (const href of [refresh, ...hrefs]) {
    const link = absolute(href, base);
    if (link !== null) links.add(link);
    if (links.size >= linksMax) break;
  }
  return [...links];
};

const hrefCharsMax = 2048;

const absolute = (href: string | undefined, base: string): string | null => {
  if (href === undefined || href.length > hrefCharsMax || !URL.canParse(href.trim(), base)) return null;
  const url = new URL(href.trim(), base);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return null;
  url.hash = '';
  return url.href;
};
