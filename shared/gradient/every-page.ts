import { z } from 'zod';
import { Failure } from '../errors/failure.ts';
import { isHeldBack } from '../http/held-back.ts';
import { systemClock, type Clock } from '../runtime/clock.ts';
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
/** For all pages of a list together: a step that lists must end within its lease. */
const waitMaxMs = 30_000;

/**
 * All items of a paged list. Stops at the last page that `meta` tells, else where no next page is linked, else at a page
 * that is not full. More pages than we are ready to read throw `cloud_unavailable`: a list cut short proves no absence.
 *
 * A page that is held back is waited for, up to half a minute for all of them: who came back later would begin with the
 * first page again, and under a spent budget never see the last one. Only the first page has nothing to lose and throws.
 */
export const everyPage = async <P extends Page, Item>(
  readPage: (page: number) => Promise<P>,
  itemsOf: (page: P) => readonly Item[],
  clock: Pick<Clock, 'sleep'> = systemClock,
): Promise<readonly Item[]> => {
  const all: Item[] = [];
  const patience = { leftMs: waitMaxMs };
  for (let page = 1; page <= pagesMax; page += 1) {
    const answer = page === 1 ? await readPage(page) : await patiently(() => readPage(page), patience, clock);
    const items = itemsOf(answer);
    all.push(...items);
    if (!hasMore(answer, page, items.length)) return all;
  }
  throw new Failure('cloud_unavailable', { detail: `The cloud lists more than ${pagesMax * perPage} items` });
};

const patiently = async <T>(
  read: () => Promise<T>,
  patience: { leftMs: number },
  clock: Pick<Clock, 'sleep'>,
): Promise<T> => {
  for (;;) {
    try {
      return await read();
    } catch (thrown) {
      const waitMs = isHeldBack(thrown) ? (thrown.retryAfterMs ?? 0) : Infinity;
      if (waitMs > patience.leftMs) throw thrown;
      // Never for nothing, so that the waiting ends.
      patience.leftMs -= Math.max(waitMs, 1);
      await clock.sleep(waitMs);
    }
  }
};

const hasMore = ({ meta, links }: Page, page: number, length: number): boolean => {
  const pages = meta?.pages;
  if (typeof pages === 'number') return page < pages;
  if (links !== undefined && links !== null) return typeof links.pages?.next === 'string';
  return length >= perPage;
};
