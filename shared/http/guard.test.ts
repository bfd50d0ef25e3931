import { describe, expect, test } from 'vitest';
import { classifyUrl, reasonAgainstAddress } from './guard.ts';
import { guardedLookup, refusedAddressCode } from './guarded-lookup.ts';

const isAllowed = (url: string, allowHosts: string[] = []): boolean => classifyUrl(url, { allowHosts }).allowed;

// Ways to write an address that a careless check lets through; none may pass.
const refused = [
  // loopback
  'http://127.0.0.1/',
  'http://127.0.0.1:80/',
  'http://127.0.0.1./',
  'http://127.1/',
  'http://127.0.1/',
  'http://2130706433/',
  'http://0x7f000001/',
  'http://0x7f.1/',
  'http://0x7f.0x0.0x0.0x1/',
  'http://017700000001/',
  'http://0177.0.0.1/',
  'http://127.255.255.254/',
  'http://１２７.０.０.１/',
  'http://①②⑦.⓪.⓪.①/',
  'http://127。0。0。1/',
  'http://%31%32%37.0.0.1/',
  'http://localhost/',
  'http://LOCALHOST/',
  'http://localhost./',
  'http://ｌｏｃａｌｈｏｓｔ/',
  'http://app.localhost/',
  // unspecified
  'http://0/',
  'http://0.0.0.0/',
  'http://0x0/',
  'http://[::]/',
  // IPv6 and what hides an IPv4 in it
  'http://[::1]/',
  'http://[0:0:0:0:0:0:0:1]/',
  'http://[::ffff:127.0.0.1]/',
  'http://[::ffff:7f00:1]/',
  'http://[::127.0.0.1]/',
  'http://[::8.8.8.8]/',
  'http://[64:ff9b::7f00:1]/',
  'http://[64:ff9b:1::7f00:1]/',
  'http://[2002:7f00:1::]/',
  'http://[2001:0:7f00:1::]/',
  'http://[::ffff:0:127.0.0.1]/',
  'http://[fe80::1]/',
  'http://[fc00::1]/',
  'http://[fd12:3456::1]/',
  'http://[fec0::1]/',
  'http://[ff02::1]/',
  'http://[100::1]/',
  'http://[2001:db8::1]/',
  'http://[3fff::1]/',
  'http://[5f00::1]/',
  'http://[4000::1]/',
  // private, link-local, metadata, shared, reserved
  'http://10.0.0.1/',
  'http://172.16.0.1/',
  'http://172.31.255.255/',
  'http://192.168.1.1/',
  'http://169.254.169.254/latest/meta-data/',
  'http://0xa9fea9fe/',
  'http://100.64.0.1/',
  'http://192.0.0.1/',
  'http://192.0.2.1/',
  'http://198.18.0.1/',
  'http://198.51.100.1/',
  'http://203.0.113.1/',
  'http://224.0.0.1/',
  'http://240.0.0.1/',
  'http://255.255.255.255/',
  // names of private networks
  'http://intranet/',
  'http://metadata.google.internal/',
  'http://printer.local/',
  'http://nas.home.arpa/',
  'http://router.lan/',
  'http://db.corp/',
  'http://1.0.0.127.in-addr.arpa/',
  'http://hidden.onion/',
  // userinfo and confusion of parsers
  'http://example.com@127.0.0.1/',
  'http://user:pass@example.com/',
  'http://user@example.com/',
  'http://127.0.0.1\\@example.com/',
  'http://127.0.0.1#@example.com/',
  'http://127.0.0.1?@example.com/',
  'http:127.0.0.1',
  'http:/127.0.0.1/',
  'http:\\\\127.0.0.1\\',
  'ht\ntp://127.0.0.1/',
  'http://127.0\t.0.1/',
  ' http://127.0.0.1/ ',
  // schemes
  'file:///etc/passwd',
  'ftp://example.com/',
  'gopher://example.com/',
  'data:text/html,hello',
  'javascript:alert(1)',
  'blob:http://example.com/x',
  'ws://example.com/',
  // ports
  'http://example.com:22/',
  'http://example.com:8080/',
  'https://example.com:6379/',
  'http://example.com:0/',
  // not addresses
  '',
  'example.com',
  '//example.com/',
  '/path',
  'http://',
  'http://exa mple.com/',
  'http://256.256.256.256/',
  'http://1.2.3.4.5/',
  'http://example.com:99999/',
  'http://[::1/',
  'http://[fe80::1%25eth0]/',
  `http://example.com/${'a'.repeat(3000)}`,
];

const allowed = [
  'http://example.com/',
  'https://example.com/',
  'https://www.example.co.uk/a/b?c=d#e',
  'http://example.com:80/',
  'https://example.com:443/',
  'HTTPS://EXAMPLE.COM./',
  'https://bücher.example/',
  'http://8.8.8.8/',
  'https://93.184.216.34/',
  'https://[2606:2800:220:1:248:1893:25c8:1946]/',
  'http://[::ffff:8.8.8.8]/',
  'https://localhost.example.com/',
  'https://local.example.com/internal',
];

describe('an address is refused before any socket:', () => {
  test.each(refused)('%j', (url) => {
    expect(isAllowed(url)).toBe(false);
  });
});

describe('an address may be fetched:', () => {
  test.each(allowed)('%s', (url) => {
    expect(isAllowed(url)).toBe(true);
  });
});

describe('what the operator lists', () => {
  test.each([
    ['http://127.0.0.1:8080/x', '127.0.0.1:8080'],
    ['http://2130706433:8080/x', '127.0.0.1:8080'],
    ['http://localhost/', 'localhost:80'],
    ['https://wiki/', 'wiki:443'],
    ['http://[::1]:9000/', '[::1]:9000'],
    ['http://Docs.Internal:81/', ' docs.internal:81 '],
  ])('opens %s by %s', (url, entry) => {
    expect(isAllowed(url, [entry])).toBe(true);
  });

  test.each([
    ['http://127.0.0.1:8081/', '127.0.0.1:8080'],
    ['http://127.0.0.2:8080/', '127.0.0.1:8080'],
    ['http://localhost:8080/', '127.0.0.1:8080'],
    ['http://user@127.0.0.1:8080/', '127.0.0.1:8080'],
    ['ftp://127.0.0.1:8080/', '127.0.0.1:8080'],
    ['http://127.0.0.1:8080/', ''],
    ['http://127.0.0.1:8080/', '*'],
  ])('does not open %s by %j', (url, entry) => {
    expect(isAllowed(url, [entry])).toBe(false);
  });
});

test('a refusal says why in words', () => {
  expect(classifyUrl('http://10.0.0.1/', { allowHosts: [] })).toEqual({
    allowed: false,
    reason: 'it leads to an address that is not public',
  });
});

describe('the lookup of a socket', () => {
  const look = (addresses: string[], all: boolean): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const resolveAll = async () => addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
      guardedLookup(resolveAll)('shop.example.com', { all }, (error, address) => {
        if (error === null) resolve(address);
        else reject(error);
      });
    });

  test('gives public addresses, one or all as asked', async () => {
    expect(await look(['8.8.8.8', '1.1.1.1'], false)).toBe('8.8.8.8');
    expect(await look(['8.8.8.8', '2606:4700::1'], true)).toHaveLength(2);
  });

  test.each([
    [['127.0.0.1']],
    [['8.8.8.8', '127.0.0.1']],
    [['8.8.8.8', '::1']],
    [['::ffff:10.0.0.1']],
    [['8.8.8.8', 'not an address']],
  ])('refuses a name with %j: one bad address is enough', async (addresses) => {
    for (const all of [true, false]) {
      await expect(look(addresses, all)).rejects.toMatchObject({ code: refusedAddressCode });
    }
  });

  test('a name without addresses does not exist', async () => {
    await expect(look([], true)).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });
});

test('an IPv4-mapped address is judged as its IPv4', () => {
  expect(reasonAgainstAddress('::ffff:8.8.8.8')).toBeUndefined();
  expect(reasonAgainstAddress('::ffff:192.168.0.1')).toBeDefined();
});
