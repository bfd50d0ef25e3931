import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Failure } from '../../shared/errors/failure.ts';
import { normaliseDomainName } from './host-name.ts';

const inDevelopment = (typed: string): string => normaliseDomainName(typed, { allowsLocal: true });
const inProduction = (typed: string): string => normaliseDomainName(typed, { allowsLocal: false });

test.each([
  ['example.com', 'example.com'],
  ['  Example.COM ', 'example.com'],
  ['https://www.Example.com:8443/shop?x=1#top', 'example.com'],
  ['http://shop.example.co.uk/', 'shop.example.co.uk'],
  ['www.www.example.com', 'example.com'],
  ['www.com', 'www.com'],
  ['example.com.', 'example.com'],
  ['bücher.example', 'xn--bcher-kva.example'],
  ['日本.jp', 'xn--wgv71a.jp'],
])('%s is registered as %s', (typed, name) => {
  expect(inProduction(typed)).toBe(name);
});

test.each([
  '',
  '   ',
  'example',
  'not a host',
  'a_b.example.com',
  '-a.example.com',
  'a..example.com',
  'ftp://example.com',
  'user@example.com',
  'user:pass@example.com',
  'exam\nple.com',
  'exam%70le.com',
  'example.com\\evil',
  '10.0.0.1',
  '0x0a.1',
  '[::1]',
  '::1',
  'javascript:alert(1)',
  `${'a'.repeat(64)}.com`,
  `${'abc.'.repeat(64)}com`,
])('%j is not a host name, in development neither', (typed) => {
  expect(() => inDevelopment(typed)).toThrow(Failure);
});

test.each(['localhost', 'http://localhost:3000/', '127.0.0.1', '127.0.0.1:8000', 'shop.localhost'])(
  '%s is for development only',
  (typed) => {
    expect(['localhost', '127.0.0.1', 'shop.localhost']).toContain(inDevelopment(typed));
    expect(() => inProduction(typed)).toThrow(expect.objectContaining({ code: 'invalid_domain_name' }));
  },
);

test('normalising twice changes nothing, and a URL of the name gives the name', () => {
  fc.assert(
    fc.property(fc.domain(), fc.webPath(), fc.constantFrom('', 'www.', 'WWW.'), (domain, path, www) => {
      const name = inProduction(domain);
      expect(inProduction(name)).toBe(name);
      expect(inProduction(`HTTPS://${domain.toUpperCase()}:443${path}`)).toBe(name);
      expect(inProduction(`${www}${name}`)).toBe(name);
    }),
  );
});

test('whatever is typed is a clean host name or refused with the one code', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.webUrl(), fc.ipV6(), fc.ipV4Extended()), (typed) => {
      try {
        expect(inProduction(typed)).toMatch(/^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]+$/);
      } catch (thrown) {
        if (!(thrown instanceof Failure)) throw thrown;
        expect(thrown.code).toBe('invalid_domain_name');
      }
    }),
    { numRuns: 500 },
  );
});
