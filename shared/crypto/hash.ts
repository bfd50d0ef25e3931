import { createHash, timingSafeEqual } from 'node:crypto';

/** Hex SHA-256 of text (as UTF-8) or bytes. Fast on purpose: only for values with 256 bits of chance in them. */
export const sha256Hex = (value: string | Uint8Array): string => createHash('sha256').update(value).digest('hex');

/** First 16 hex digits of md5(`https://{domain_name}`): the original's key of a website, kept for its tables. */
export const websiteKeyOf = (domainName: string): string =>
  createHash('md5').update(`https://${domainName}`).digest('hex').slice(0, 16);

/** Equality that takes as long for a near miss as for a far one. */
export const isSameSecret = (left: string, right: string): boolean =>
  timingSafeEqual(Buffer.from(sha256Hex(left)), Buffer.from(sha256Hex(right)));
