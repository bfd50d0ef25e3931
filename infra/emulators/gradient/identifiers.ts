import { randomBytes, randomInt } from 'node:crypto';

const lowerCase = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** The host part of an agent's address: 24 of a-z and 0-9. */
export const newSlug = (): string => Array.from({ length: 24 }, () => lowerCase[randomInt(lowerCase.length)]).join('');

/** An access key: 32 URL-safe characters. */
export const newSecret = (): string => randomBytes(24).toString('base64url');

/** A moment as the platform writes it. */
export const isoMoment = (milliseconds: number): string => new Date(milliseconds).toISOString();

/** The only account there is; a 64-bit number in a string, as the platform sends it. */
export const userId = '18273645';
