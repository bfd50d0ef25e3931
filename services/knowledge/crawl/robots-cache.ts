import { toFailure } from '../../../shared/errors/failure.ts';
import type { GuardedRequest, GuardedResponse } from '../../../shared/http/guarded-client.ts';
import { decodeAs, markOf } from '../extract/unicode.ts';
import { allowAll, allowNone, parseRobots, type Robots } from './robots.ts';

export interface HostRobots {
  readonly allows: (url: string) => boolean;
  /** What to say of a page that is not allowed. */
  readonly refusal: string;
  readonly delayMs: number;
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
      if (hosts.size >= hostsMax) return unreadable;
      const robots = await fetchRobots(() =>
        fetchPage({ url: `${origin}/robots.txt`, mimeTypes: robotsTypes, signal }),
      );
      hosts.set(origin, robots);
      return robots;
    },
  };
};

const toHost = (robots: Robots, refusal: string): HostRobots => ({
  allows: robots.allows,
  refusal,
  delayMs: (robots.crawlDelayS ?? 0) * 1000,
});

const unreadable = toHost(allowNone, 'its robots.txt could not be read, so nothing is allowed');
const silent = toHost(allowAll, '');

/** RFC 9309, 2.3.1: no file allows all, a server in trouble allows nothing. */
const fetchRobots = async (fetchFile: () => Promise<GuardedResponse>): Promise<HostRobots> => {
  try {
    const { status, body } = await fetchFile();
    if (status >= 500) return unreadable;
    if (status < 200 || status >= 300) return silent;
    return toHost(parseRobots(decodeAs(body, markOf(body) ?? 'utf-8'), agent), 'robots.txt forbids it');
  } catch (thrown) {
    return toFailure(thrown).code === 'unsupported_media_type' ? silent : unreadable;
  }
};
