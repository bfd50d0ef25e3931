import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCardNumber } from './check-digits.ts';
import { redact } from './redaction.ts';

describe('before a turn is stored', () => {
  it.each([
    ['My card is 4111 1111 1111 1111, exp 12/27.', 'My card is [card], exp 12/27.'],
    ['4242-4242-4242-4242 cvv 123', '[card] cvv [cvv]'],
    ['IBAN DE89 3704 0044 0532 0130 00 please', 'IBAN [iban] please'],
    ['pay to gb82west12345698765432 now', 'pay to [iban] now'],
    ['my password is hunter2!', 'my password is [password]'],
    ['Password: correcthorse', 'Password: [password]'],
    ['mein Passwort ist geheim99', 'mein Passwort ist [password]'],
    ['the key is sk-proj-abcdefghijklmnop1234', 'the key is [key]'],
    ['key sk_live_abcdefghij1234567890', 'key [key]'],
    ['ghp_abcdefghijklmnopqrstuvwxyz0123456789', '[key]'],
    ['api key: 9f8e7d6c5b4a3210', 'api key: [key]'],
    ['Authorization: Bearer abc.def-123456789', 'Authorization: Bearer [token]'],
    ['eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmF0dXJl', '[token]'],
    ['your verification code is 123456', 'your verification code is [code]'],
    ['my PIN: 4321', 'my PIN: [pin]'],
    ['-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY----- ok', '[private key] ok'],
  ])('%s → %s', (said, kept) => {
    expect(redact(said)).toBe(kept);
  });

  it.each([
    'My order number is 4111111111111112 and it is late',
    'I forgot my password. My password is not working',
    'Order ORD-2024-00017, invoice INV-99812, phone +33 6 12 34 56 78',
    'Tracking 1Z999AA10123456784 since 2026-11-22 17:35:04',
    'The token is invalid',
    'Reset code? I never got one.',
    'Write to DE12 or to marie@example.org',
  ])('%s is kept as it is', (said) => {
    expect(redact(said)).toBe(said);
  });

  it('no card number survives, however it is grouped', () => {
    const digits = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 12, maxLength: 18 });
    fc.assert(
      fc.property(digits, fc.constantFrom('', ' ', '-'), (body, gap) => {
        const number = [...body, checkDigit(body)].join('');
        fc.pre(new Set(number).size > 1);
        const written = number.replace(/(\d{4})(?=\d)/g, `$1${gap}`);
        expect(redact(`I paid with ${written}, thanks`)).toBe('I paid with [card], thanks');
      }),
    );
  });

  it('what stands in place of a secret is not taken for one', () => {
    const kept = 'password is [password], api key: [key], cvv [cvv], code [code], Bearer [token], [card] [iban]';
    expect(redact(kept)).toBe(kept);
  });
});

const checkDigit = (body: readonly number[]): number =>
  Array.from({ length: 10 }, (_, digit) => digit).find((digit) => isCardNumber([...body, digit].join(''))) ?? 0;
