import type { HttpHeaders } from '../../../shared/http/exchange.ts';
import type { Validators } from './port.ts';

const etagPattern = /^(?:W\/)?"[\x21\x23-\x7E]{0,200}"$/;
const datePattern = /^[\w ,:+-]{1,40}$/;

/** What an answer says of its own version; null when nothing that can be sent back. */
export const validatorsOf = (headers: HttpHeaders): Validators | null => {
  const etag = fitting(headers['etag'], etagPattern);
  const lastModified = fitting(headers['last-modified'], datePattern);
  return etag === null && lastModified === null ? null : { etag, lastModified };
};

const fitting = (value: string | undefined, pattern: RegExp): string | null =>
  value !== undefined && pattern.test(value) ? value : null;

/** Asks for a page only when it is another one than that. */
export const conditionOf = (validators: Validators | null): HttpHeaders => ({
  ...(validators?.etag == null ? {} : { 'if-none-match': validators.etag }),
  ...(validators?.lastModified == null ? {} : { 'if-modified-since': validators.lastModified }),
});
