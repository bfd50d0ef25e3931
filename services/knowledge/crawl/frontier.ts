import { reasonAgainstPath, type PathRules } from './path-rules.ts';
import { normaliseUrl, otherFileOf, pageKey, type Site } from './site-url.ts';

/** One address to look at; the start page has depth 1. */
export interface Visit {
  readonly url: string;
  readonly depth: number;
}

/** What one visit added to a frontier: addresses to look at, and addresses that count as looked at. */
export interface Learnt {
  readonly queued: readonly string[];
  readonly claimed: readonly string[];
}

export interface Frontier {
  /** The next address, breadth first; undefined when none is left. */
  readonly next: () => Visit | undefined;
  /** Takes the links of a page that are of this site and new. */
  readonly add: (links: readonly string[], depth: number) => void;
  /** Makes `url` known when it is new; false when another address than `from` has it. */
  readonly claim: (from: string, url: string) => boolean;
  /** What was added since the last `next`. */
  readonly learnt: () => Learnt;
  /** Does what a visit did that is not made again. */
  readonly recall: (learnt: Learnt) => void;
  /** Addresses known so far. */
  readonly found: () => number;
  /** Links to files that are no pages by their names, the first few. */
  readonly otherFiles: () => readonly { readonly url: string; readonly extension: string }[];
}

// Endless calendars and filters make endless addresses; memory stays flat all the same.
const knownMax = 10_000;
const otherFilesMax = 20;

/** Of a site, as far as its owner wants it read. The start page is always looked at: it leads to the others. */
export const createFrontier = (site: Site, rules: PathRules): Frontier => {
  const known = new Set([pageKey(site.start)]);
  const queue: Visit[] = [{ url: site.start, depth: 1 }];
  const otherFiles = new Map<string, string>();
  let at = 0;
  let learnt: { queued: string[]; claimed: string[] } = { queued: [], claimed: [] };

  const addOne = (url: string, depth: number): void => {
    const key = pageKey(url);
    if (known.has(key) || known.size >= knownMax || reasonAgainstPath(rules, url) !== undefined) return;
    const extension = otherFileOf(url);
    if (extension !== undefined) {
      if (otherFiles.size < otherFilesMax && !otherFiles.has(url)) {
        otherFiles.set(url, extension);
        learnt.queued.push(url);
      }
      return;
    }
    known.add(key);
    queue.push({ url, depth });
    learnt.queued.push(url);
  };

  const next = (): Visit | undefined => {
    const visit = queue[at];
    at += 1;
    learnt = { queued: [], claimed: [] };
    return visit;
  };

  return {
    next,
    add: (links, depth) => {
      for (const link of links) if (site.owns(link)) addOne(normaliseUrl(link), depth);
    },
    claim: (from, url) => {
      const key = pageKey(url);
      if (key === pageKey(from)) return true;
      if (known.has(key)) return false;
      known.add(key);
      learnt.claimed.push(url);
      return true;
    },
    learnt: () => learnt,
    recall: ({ queued, claimed }) => {
      const depth = (next()?.depth ?? 1) + 1;
      for (const url of claimed) known.add(pageKey(url));
      for (const url of queued) addOne(url, depth);
    },
    found: () => known.size,
    otherFiles: () => [...otherFiles].map(([url, extension]) => ({ url, extension })),
  };
};
