import { expect, test } from 'vitest';
import { tallyOf } from './tally.ts';

test('operations are split by what the client was told and what the witness saw', () => {
  const tally = tallyOf({
    sent: ['done', 'lost', 'twice', 'silent', 'silent-and-twice', 'refused'],
    acknowledged: new Set(['done', 'lost', 'twice']),
    done: new Map([
      ['done', 1],
      ['lost', 0],
      ['twice', 2],
      ['silent', 1],
      ['silent-and-twice', 2],
      ['stranger', 1],
    ]),
  });
  expect(tally).toEqual({ ok: 2, lost: 1, duplicate: 2, recovered: 2, unexpected: 1 });
});
