import { toFailure, type Failure } from '../../../shared/errors/failure.ts';
import type { GuardedRequest, GuardedResponse } from '../../../shared/http/guarded-client.ts';
import { decodeAs, markOf } from '../extract/unicode.ts';
import { allowAll, allowNone, parseRobots, type Robots } from './robots.ts';

export interface HostRobots {
  readonly allows: (url: string) => boolean;
  /** Why the site could not say what it allows: nothing for now. */
  readonly trouble: { readonly code: string; readonly reason: string } | undefined;
  readonly delayMs: number;
  readonly sitemaps: readonly string[];
}

export interface RobotsCache {
  /** The robots.txt of the address's host, fetched once. Never throws. */
  readonly of: (url: string) => Promise<HostRobots>;
}

const agent = 'parley';
const hostsMax = 50;
const robotsTypes = ['text/plain', 'text/html', 'application/octet-stream', ''];

export const createRobotsCache = (
  fetchPage: (request: GuardedRequest) => Promise<GuardedResponse>,
  signal: AbortSignal,
): RobotsCache => {
  const hosts = new Map<string, HostRobots>();
  return {
    of: async (url) => {
      const { origin } = new URL(url);
      const present = hosts.get(origin);
      if (present !== undefined) return present;
      if (hosts.size >= hostsMax) return unreadable();
      const robots = await fetchRobots(() =>
        fetchPage({ url: `${origin}/robots.txt`, mimeTypes: robotsTypes, signal }),
      );
      hosts.set(origin, robots);
      return robots;
    },
  };
};

// A site that asks for more is read slowly enough.
const delayMaxMs = 30_000;

const toHost = ({ allows, crawlDelayS = 0, sitemaps }: Robots): HostRobots => ({
  allows,
  trouble: undefined,
  delayMs: Math.min(crawlDelayS * 1000, delayMaxMs),
  sitemaps,
});

const unreadable = (failure?: Failure): HostRobots => ({
  ...toHost(allowNone),
  trouble:
    failure?.code === 'url_refused'
      ? { code: failure.code, reason: failure.detail }
      : { code: 'page_unavailable', reason: 'its robots.txt could not be read, so nothing is allowed' },
});

/** RFC 9309, 2.3.1: no file allows all, a server in trouble allows nothing. */
const fetchRobots = async (fetchFile: () => Promise<GuardedResponse>): Promise<HostRobots> => {
  try {
    const { status, body } = await fetchFile();
    if (status >= 500 || status === 429) return unreadable();
    if (status < 200 || status >= 300) return toHost(allowAll);
    return toHost(parseRobots(decodeAs(body, markOf(body) ?? 'utf-8'), agent));
  } catch (thrown) {
    const failure = toFailure(thrown);
    return failure.code === 'unsupported_media_type' ? toHost(allowAll) : unreadable(failure);
  }
};
