import { describe, expect, it } from 'vitest';
import { decodeCursor, encodeCursor } from './cursor.ts';

const id = '0b7c9a1e-1111-4222-8333-444455556666';
const moment = '2024-01-01T00:00:00.000Z';
const forged = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a cursor', () => {
  it('leads back to its place', () => {
    const place = { createdAt: new Date(moment), id };
    expect(decodeCursor(encodeCursor(place))).toEqual(place);
    expect(decodeCursor(undefined)).toBeUndefined();
  });

  it.each([
    ['an id that is no uuid', forged([moment, 'x'])],
    ['an id with more behind it', forged([moment, `${id}'--`])],
    ['a moment that is none', forged(['yesterday', id])],
    ['a year that Postgres does not have', forged(['0000-01-01T00:00:00.000Z', id])],
    ['a third member', forged([moment, id, 1])],
    ['an object', forged({ createdAt: moment, id })],
    ['no JSON', 'abc'],
  ])('that holds %s is an invalid request', (_case, cursor) => {
    expect(() => decodeCursor(cursor)).toThrow(expect.objectContaining({ code: 'invalid_request' }));
  });
});
