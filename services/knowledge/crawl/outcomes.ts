import type { Failure } from '../../../shared/errors/failure.ts';
import type { Address, Outcome, Visit } from './port.ts';

/** Ways for a visit to end without a page. The words come after "it was skipped because" or "it failed because". */
export const skipped = (url: string, code: string, reason: string, found: readonly Address[] = []): Outcome => ({
  page: { url, state: 'skipped', code, reason },
  found,
  isCut: false,
});

export const failed = (url: string, code: string, reason: string): Outcome => ({
  page: { url, state: 'failed', code, reason },
  found: [],
  isCut: false,
});

/** What an address that cannot be fetched came to. */
export const outcomeOfFailure = ({ url }: Visit, { code, detail }: Failure): Outcome =>
  code === 'unsupported_media_type' ? skipped(url, 'not_a_page', detail) : failed(url, code, detail);

const goneStatuses = new Set([404, 410]);

/** What a status other than 2xx and 304 comes to. */
export const outcomeOfStatus = ({ url }: Visit, status: number): Outcome =>
  failed(url, goneStatuses.has(status) ? 'not_found' : 'page_unavailable', `the site answers ${status}`);

/** Whether the page may well be there although it could not be read now. */
export const isPassing = ({ page }: Outcome): boolean =>
  page !== undefined && page.state === 'failed' && page.code !== 'not_found';
