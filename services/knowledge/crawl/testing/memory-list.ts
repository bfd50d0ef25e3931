import type { Address, CrawledPage, CrawlList, Outcome, Remembered, Visit } from '../port.ts';
import { pageKey } from '../site-url.ts';

interface Entry extends Omit<Visit, 'remembered'> {
  page: CrawledPage | undefined;
  outcome: Outcome | undefined;
}

export interface MemoryList extends CrawlList {
  /** What was looked at, in the order of the list. */
  readonly pages: () => readonly CrawledPage[];
  readonly outcomes: () => readonly Outcome[];
  readonly waiting: () => readonly string[];
}

/** The list of a crawl without a database; `remembered` by address. */
export const createMemoryList = (options: {
  readonly start: Omit<Address, 'depth'>;
  readonly linksMax: number;
  readonly remembered?: Readonly<Record<string, Remembered>>;
  readonly onKeep?: (outcome: Outcome) => void;
}): MemoryList => {
  let entries: Entry[] = [];
  const add = (address: Address): void => {
    const key = pageKey(address.url);
    const known = entries.some((entry) => pageKey(entry.url) === key || keyOfPage(entry) === key);
    if (known || entries.length > options.linksMax * 3) return;
    const page: CrawledPage | undefined =
      address.kind === 'file' ? { url: address.url, state: 'skipped', code: 'not_a_page' } : undefined;
    entries.push({ ...address, position: entries.length, tries: 0, page, outcome: undefined });
  };
  add({ ...options.start, depth: 1 });
  const entryOf = ({ position }: Visit): Entry | undefined => entries.find((entry) => entry.position === position);
  const others = ({ position }: Visit): Entry[] => entries.filter((entry) => entry.position !== position);
  const kept = (): CrawledPage[] =>
    entries.flatMap(({ page }) => (page?.state === 'fetched' || page?.state === 'unchanged' ? [page] : []));

  return {
    pages: () => entries.flatMap(({ page }) => (page === undefined ? [] : [page])),
    outcomes: () => entries.flatMap(({ outcome }) => (outcome === undefined ? [] : [outcome])),
    waiting: () => entries.filter(({ page }) => page === undefined).map(({ url }) => url),
    next: async () => {
      const tried = entries.filter(({ kind, page }) => kind === 'page' && page !== undefined);
      if (kept().length >= options.linksMax || tried.length >= options.linksMax * 3) return undefined;
      const [visit] = entries.filter(({ page }) => page === undefined).sort((a, b) => a.depth - b.depth);
      return visit === undefined ? undefined : { ...visit, remembered: options.remembered?.[visit.url] ?? null };
    },
    isTaken: async (url, visit) =>
      others(visit).some((entry) => pageKey(entry.url) === pageKey(url) || keyOfPage(entry) === pageKey(url)),
    twinOf: async (hash, visit) => others(visit).find(({ page }) => page?.hash === hash)?.page?.url,
    keep: async (visit, outcome) => {
      const entry = entryOf(visit);
      if (entry === undefined) return 'ended';
      Object.assign(entry, { page: outcome.page, outcome });
      if (outcome.page === undefined) entries = others(visit);
      for (const address of outcome.found) add(address);
      options.onKeep?.(outcome);
      return 'going';
    },
    postpone: async (visit) => {
      Object.assign(entryOf(visit) ?? {}, { tries: visit.tries + 1 });
    },
  };
};

const keyOfPage = ({ page }: Entry): string | undefined => (page === undefined ? undefined : pageKey(page.url));
