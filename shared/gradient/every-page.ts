import { z } from 'zod';
import { Failure } from '../errors/failure.ts';
import { count, word } from './lenient.ts';

/** What every list of the cloud carries beside its items; spread into a page's schema. */
export const paging = {
  meta: z.object({ pages: count }).nullish().catch(null),
  links: z
    .object({ pages: z.object({ next: word }).nullish() })
    .nullish()
    .catch(null),
};

type Page = { readonly [Member in keyof typeof paging]?: z.output<(typeof paging)[Member]> };

export const perPage = 100;
const pagesMax = 100;

/**
 * All items of a paged list. Stops at the last page that `meta` tells, else where no next page is linked, else at a page
 * that is not full. More pages than we are ready to read throw `cloud_unavailable`: a list cut short proves no absence.
 */
export const everyPage = async <P extends Page, Item>(
  readPage: (page: number) => Promise<P>,
  itemsOf: (page: P) => readonly Item[],
): Promise<readonly Item[]> => {
  const all: Item[] = [];
  for (let page = 1; page <= pagesMax; page += 1) {
    const answer = await readPage(page);
    const items = itemsOf(answer);
    all.push(...items);
    if (!hasMore(answer, page, items.length)) return all;
  }
  throw new Failure('cloud_unavailable', { detail: `The cloud lists more than ${pagesMax * perPage} items` });
};

const hasMore = ({ meta, links }: Page, page: number, length: number): boolean => {
  const pages = meta?.pages;
  if (typeof pages === 'number') return page < pages;
  if (links !== undefined && links !== null) return typeof links.pages?.next === 'string';
  return length >= perPage;
};
