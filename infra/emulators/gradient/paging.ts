import type { Response } from 'express';
import { refuse } from './answers.ts';
import type { Platform } from './platform.ts';
import type { IncomingRequest } from '../support/incoming-request.ts';

const perPageByDefault = 20;
const perPageMax = 200;

/**
 * Sends one page of rows under `key`, with `links` and `meta` as the platform has them. `filters` are the query
 * parameters that the route takes besides `page` and `per_page`; in strict mode others are refused.
 */
export const sendPage = (
  platform: Platform,
  request: IncomingRequest,
  response: Response,
  {
    key,
    rows: trueRows,
    filters = [],
  }: { readonly key: string; readonly rows: readonly unknown[]; readonly filters?: readonly string[] },
): void => {
  const strangers = Object.keys(request.query).filter((name) => !['page', 'per_page', ...filters].includes(name));
  if (strangers.length > 0 && platform.settings().strict) {
    const reason = `unknown query parameter: ${strangers.join(', ')}`;
    platform.journal.violate(request, reason);
    refuse(response, 400, reason);
    return;
  }
  const { list_stale_ms: staleMs } = platform.settings();
  const rows = platform.listed(addressOf(request, filters), trueRows, staleMs);
  const perPage = Math.min(numberIn(request.query['per_page'], perPageByDefault), perPageMax);
  const page = numberIn(request.query['page'], 1);
  const pages = Math.max(1, Math.ceil(rows.length / perPage));
  const linkTo = (target: number): string => {
    const url = new URL(request.originalUrl, `${request.protocol}://${request.get('host') ?? 'localhost'}`);
    url.searchParams.set('page', target.toString());
    url.searchParams.set('per_page', perPage.toString());
    return url.href;
  };
  response.json({
    [key]: rows.slice((page - 1) * perPage, page * perPage),
    links: {
      pages: {
        ...(page > 1 ? { first: linkTo(1), previous: linkTo(page - 1) } : {}),
        ...(page < pages ? { next: linkTo(page + 1), last: linkTo(pages) } : {}),
      },
    },
    meta: { page, pages, total: rows.length },
  });
};

const addressOf = ({ originalUrl, query }: IncomingRequest, filters: readonly string[]): string =>
  JSON.stringify([originalUrl.split('?', 1)[0], ...filters.map((name) => query[name])]);

const numberIn = (parameter: unknown, otherwise: number): number => {
  const number = Number(parameter);
  return Number.isInteger(number) && number >= 1 ? number : otherwise;
};
