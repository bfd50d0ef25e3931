import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isWebOrigin, judgeOrigin } from './origin.ts';

const rule = { domainName: 'acme.example', allowedOrigins: ['https://partner.example:8443', 'http://localhost:5173'] };
const judge = (origin: string | undefined, referer?: string) => judgeOrigin({ origin, referer }, rule);

describe('the origin of a visitor', () => {
  it.each([
    'https://acme.example',
    'http://acme.example',
    'https://acme.example:8443',
    'https://www.acme.example',
    'https://a.b.acme.example',
    'https://ACME.example',
    'https://partner.example:8443',
    'http://localhost:5173',
  ])('%s is allowed', (origin) => expect(judge(origin)).toBe('allowed'));

  it.each([
    'null',
    '',
    'acme.example',
    'https://acme.example.evil.test',
    'https://evilacme.example',
    'https://acme.example@evil.test',
    'https://user:pw@acme.example',
    'https://evil.test/acme.example',
    'https://evil.test?acme.example',
    'https://evil.test#.acme.example',
    'https://acme.exampl',
    'https://xn--acme.example',
    'https://partner.example',
    'http://partner.example:8443',
    'https://sub.partner.example:8443',
    'http://localhost',
    'http://localhost:5174',
    'file:///acme.example',
    'data:text/html,acme.example',
    'chrome-extension://acme.example',
    'javascript://acme.example',
    'https://acme.example, https://evil.test',
    'https://github.io',
  ])('%j is refused', (origin) => expect(judge(origin)).toBe('refused'));

  it('is taken from Referer only when there is no Origin at all', () => {
    expect(judge(undefined, 'https://acme.example/page?q=1')).toBe('allowed');
    expect(judge(undefined, 'https://evil.test/https://acme.example')).toBe('refused');
    expect(judge('null', 'https://acme.example/page')).toBe('refused');
    expect(judge('https://evil.test', 'https://acme.example/')).toBe('refused');
  });

  it('is absent when neither header is there', () => expect(judge(undefined)).toBe('absent'));

  it('is never allowed on a host that only ends like the domain', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9]{1,20}$/), (prefix) => {
        expect(judge(`https://${prefix}acme.example`)).toBe('refused');
      }),
    );
  });

  it('never throws, whatever the header holds', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => ['allowed', 'refused'].includes(judge(text))));
  });
});

describe('the origin of a preflight', () => {
  it.each([
    ['https://acme.example', true],
    ['http://localhost:3000', true],
    ['https://acme.example/', false],
    ['https://acme.example/path', false],
    ['null', false],
    ['ftp://acme.example', false],
    ['https://u@acme.example', false],
  ])('%s: %s', (origin, expected) => expect(isWebOrigin(origin)).toBe(expected));
});
