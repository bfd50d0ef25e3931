import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { readSitemap } from './read-sitemap.ts';

const read = (text: string, addressesMax = 1_000) => readSitemap(Buffer.from(text), { addressesMax });
const page = (at: number): string => `<url><loc>https://shop.example/${at}</loc></url>`;
const urlset = (inside: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${inside}</urlset>`;

describe('a sitemap names', () => {
  test('pages, with entities and blanks', async () => {
    const text = urlset(`<url>
      <loc> https://shop.example/a?b=1&amp;c=2 </loc><lastmod>2026-01-01</lastmod></url>
      <url><loc><![CDATA[https://shop.example/cdata]]></loc></url><url><loc></loc></url>`);
    expect(await read(text)).toEqual({
      pages: ['https://shop.example/a?b=1&c=2', 'https://shop.example/cdata'],
      sitemaps: [],
      isCut: false,
    });
  });

  test('no pictures', async () => {
    const image = '<image:image><image:loc>https://shop.example/a.png</image:loc></image:image>';
    expect((await read(urlset(`<url><loc>https://shop.example/a</loc>${image}</url>`))).pages).toHaveLength(1);
  });

  test('further sitemaps, under any prefix', async () => {
    const index =
      '<s:sitemapindex><s:sitemap><s:loc>https://shop.example/1.xml.gz</s:loc></s:sitemap></s:sitemapindex>';
    expect(await read(index)).toEqual({ pages: [], sitemaps: ['https://shop.example/1.xml.gz'], isCut: false });
  });

  test('an address a line', async () => {
    expect((await read('https://shop.example/a\r\n\r\nnot one\nhttps://shop.example/b')).pages).toEqual([
      'https://shop.example/a',
      'https://shop.example/b',
    ]);
  });

  test('the same when it is gzipped, and when it comes in many pieces', async () => {
    const text = urlset(Array.from({ length: 5_000 }, (_, at) => page(at)).join('\n'));
    const plain = await readSitemap(Buffer.from(text), { addressesMax: 10_000 });
    expect(plain.pages).toHaveLength(5_000);
    expect(plain.pages[4_999]).toBe('https://shop.example/4999');
    expect(await readSitemap(gzipSync(text), { addressesMax: 10_000 })).toEqual(plain);
  });
});

describe('a hostile one', () => {
  test('with more addresses than wanted is cut', async () => {
    const reading = await read(urlset(Array.from({ length: 500 }, (_, at) => page(at)).join('')), 100);
    expect([reading.pages.length, reading.isCut]).toEqual([100, true]);
  });

  test('that inflates without end is read no further than its limit', async () => {
    const bomb = gzipSync(urlset(page(1) + ' '.repeat(5_000_000)));
    expect(bomb.byteLength).toBeLessThan(20_000);
    expect(await readSitemap(bomb, { addressesMax: 10, bytesMax: 300_000 })).toMatchObject({
      pages: ['https://shop.example/1'],
      isCut: true,
    });
  });

  test('with entities of its own has them left alone', async () => {
    const declared =
      '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>';
    const reading = await read(`${declared}${urlset('<url><loc>https://shop.example/&b;&f;</loc></url>')}`);
    expect(reading.pages.join()).not.toMatch(/aaa|root:/);
  });

  test.each([
    ['nested without end', '<urlset>'.repeat(100_000), 'It is nested too deeply for a sitemap.'],
    ['a page', '<!doctype html><html><body>Not found</body></html>', 'It is no sitemap.'],
    ['nothing', '', 'It is no sitemap.'],
    ['words', 'there is no sitemap here', 'It is no sitemap.'],
    [
      'half a gzip',
      gzipSync(urlset(page(1)))
        .subarray(0, 60)
        .toString('latin1'),
      'Its compression is broken.',
    ],
  ])('that is %s is broken', async (_, text, detail) => {
    const reading = readSitemap(Buffer.from(text, 'latin1'), { addressesMax: 10 });
    await expect(reading).rejects.toMatchObject({ code: 'document_broken', detail });
  });

  test('with an endless address has it passed over', async () => {
    expect((await read(urlset(`<url><loc>https://shop.example/${'a'.repeat(3_000)}</loc></url>`))).pages).toEqual([]);
  });
});
