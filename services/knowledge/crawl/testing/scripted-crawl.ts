import { Failure } from '../../../../shared/errors/failure.ts';
import type { GuardedRequest, GuardedResponse } from '../../../../shared/http/guarded-client.ts';
import { readPage } from '../../extract/read-page.ts';
import { crawlSite } from '../crawl-site.ts';
import { createPace } from '../pace.ts';
import type { PathRules } from '../path-rules.ts';
import type { CrawlEnd, Outcome, Remembered } from '../port.ts';
import { createMemoryList, type MemoryList } from './memory-list.ts';

/** What an address answers: HTML, a status, a redirect, or a failure of the network. */
export type Answer =
  | string
  | number
  | { readonly to: string; readonly html: string }
  | { readonly html: string; readonly headers: Readonly<Record<string, string>> }
  | { readonly status: number; readonly headers: Readonly<Record<string, string>> }
  | Failure;

/** Anchors to these addresses. */
export const links = (...paths: string[]): string => paths.map((path) => `<a href="${path}">go</a>`).join(' ');
export const start = 'https://shop.example/';

interface Options {
  readonly depthMax?: number;
  readonly linksMax?: number;
  readonly rules?: PathRules;
  readonly signal?: AbortSignal;
  readonly startsAt?: 'page' | 'sitemap';
  readonly startUrl?: string;
  readonly remembered?: Readonly<Record<string, Remembered>>;
  readonly list?: MemoryList;
  readonly onFetch?: (request: GuardedRequest) => void;
  readonly onKeep?: (outcome: Outcome) => void;
}

const responseOf = (url: string, answer: Exclude<Answer, Failure>): GuardedResponse => {
  const isPlain = typeof answer === 'string' || typeof answer === 'number';
  const html = typeof answer === 'string' ? answer : !isPlain && 'html' in answer ? answer.html : '';
  const status = typeof answer === 'number' ? answer : !isPlain && 'status' in answer ? answer.status : 200;
  return {
    url: !isPlain && 'to' in answer ? answer.to : url,
    status,
    headers: !isPlain && 'headers' in answer ? answer.headers : {},
    mimeType: 'text/html',
    charset: undefined,
    body: new TextEncoder().encode(html),
  };
};

/** Crawls a site of these answers to its end, over as many turns as it takes; time passes by being waited for. */
export const crawl = async (site: Readonly<Record<string, Answer>>, options: Options = {}) => {
  const requested: GuardedRequest[] = [];
  const slept: number[] = [];
  let now = 0;
  const { startUrl = start, linksMax = 20 } = options;
  const list =
    options.list ??
    createMemoryList({
      start: { url: startUrl, kind: options.startsAt ?? 'page' },
      linksMax,
      ...(options.remembered === undefined ? {} : { remembered: options.remembered }),
      ...(options.onKeep === undefined ? {} : { onKeep: options.onKeep }),
    });
  const walkOn = crawlSite({
    fetchPage: async (request) => {
      request.signal?.throwIfAborted();
      requested.push(request);
      options.onFetch?.(request);
      const answer = site[request.url] ?? 404;
      if (answer instanceof Failure) throw answer;
      return responseOf(request.url, answer);
    },
    readPage: async (input) => readPage(input),
    pace: createPace({
      now: () => now,
      sleep: async (ms) => {
        slept.push(ms);
        now += ms;
      },
    }),
    delayMs: 50,
  });
  const ends: CrawlEnd[] = [];
  for (let turns = 0; turns < 50; turns += 1) {
    const end = await walkOn({
      startUrl,
      depthMax: options.depthMax ?? 5,
      rules: options.rules ?? { include: [], exclude: [] },
      list,
      turn: new AbortController().signal,
      signal: options.signal ?? new AbortController().signal,
    });
    ends.push(end);
    if (end === 'done' || end === 'left') break;
    now += end.pauseMs;
  }
  const pages = list.pages();
  const states = Object.fromEntries(
    pages.map((page) => [page.url.replace('https://shop.example', ''), page.reason ?? page.state]),
  );
  const urls = requested.map(({ url }) => url);
  const visits = urls.filter((url) => !/\/(?:robots\.txt|sitemap\.xml)$/.test(url));
  return { list, pages, states, requested, urls, visits, slept, ends };
};
