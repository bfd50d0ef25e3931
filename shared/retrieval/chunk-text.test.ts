import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chunkText } from './chunk-text.ts';
import { pageOf } from './chunk.ts';
import { wordsOf } from './words.ts';

const sentences = (count: number): string =>
  Array.from({ length: count }, (_, at) => `Sentence number ${at.toString()} has exactly eight words here.`).join(' ');

describe('chunkText', () => {
  it('gives the heading path as title', () => {
    const text = '# Help\n\nWelcome.\n\n## Returns\n\nThirty days.\n\n# Contact\n\nWrite to us.';
    expect(chunkText(text)).toEqual([
      { title: 'Help', text: 'Welcome.' },
      { title: 'Help > Returns', text: 'Thirty days.' },
      { title: 'Contact', text: 'Write to us.' },
    ]);
  });

  it('keeps chunks within 290 words, ends them at sentences and lets neighbours share 40 to 55 words', () => {
    const chunks = chunkText(sentences(120));
    expect(chunks.length).toBeGreaterThan(3);
    for (const { text } of chunks) {
      expect(wordsOf(text).length).toBeLessThanOrEqual(290);
      expect(text.endsWith('.')).toBe(true);
    }
    const [first = { text: '' }, second = { text: '' }] = chunks;
    const shared = second.text.split(/(?<=\.) /u).filter((sentence) => first.text.includes(sentence));
    const words = wordsOf(shared.join(' ')).length;
    expect(words).toBeGreaterThanOrEqual(40);
    expect(words).toBeLessThanOrEqual(55);
  });

  it('tells the page on which a chunk begins and takes the page marks out', () => {
    const text = `<!-- page 1 -->\n# Guide\nIntro.\n<!-- page 2 -->\n${sentences(40)}\n<!-- page 3 -->\n## End\nBye.`;
    const chunks = chunkText(text);
    expect(chunks.map(({ page }) => page)).toEqual([1, 2, 3]);
    expect(chunks.map((chunk) => chunk.text).join(' ')).not.toContain('page 2');
  });

  it('tells the page on which a part of it really stands', () => {
    const [chunk = { title: '', text: '' }] = chunkText(
      '<!-- page 4 -->\nLamps are old.\n<!-- page 5 -->\nDesks are new.',
    );
    const read = { ...chunk, id: '1', documentId: 'd' };
    expect([pageOf(read, 'Lamps'), pageOf(read, 'Desks are new.'), pageOf(read, 'no such words')]).toEqual([4, 5, 4]);
  });

  it('honours the chunk size of the owner', () => {
    const longest = (chunkSize: number): number =>
      Math.max(...chunkText(sentences(300), { chunkSize }).map(({ text }) => wordsOf(text).length));
    expect(longest(200)).toBeLessThanOrEqual(58);
    expect(longest(1000)).toBeGreaterThan(250);
    expect(longest(4000)).toBeGreaterThan(1000);
  });

  it('keeps a table whole, and gives each part of one that is too long its head', () => {
    const table = (rows: number): string =>
      [
        '| Goods | Price |',
        '| --- | --- |',
        ...Array.from({ length: rows }, (_, at) => `| Lamp ${at} | ${at} euros |`),
      ].join('\n');
    const [first, second] = chunkText(`${sentences(30)}\n\n${table(40)}\n`);
    expect([first?.text.includes('|'), second?.text.includes(table(40))]).toEqual([false, true]);
    const parts = chunkText(table(300));
    expect(parts.length).toBeGreaterThan(3);
    for (const { text } of parts) expect(text.startsWith('| Goods | Price |\n| --- | --- |\n| Lamp')).toBe(true);
  });

  it('makes each record of a table a chunk of its own', () => {
    const texts = chunkText('Product: Lamp\nPrice: 12\n\nProduct: Desk\n\nProduct: Bed\nPrice: 90').map(
      ({ text }) => text,
    );
    expect(texts).toEqual(['Product: Lamp\nPrice: 12', 'Product: Desk', 'Product: Bed\nPrice: 90']);
  });

  it('takes no comment in a code block for a heading', () => {
    expect(chunkText('# Setup\n\n```sh\n# install it\nnpm install\n```')).toEqual([
      { title: 'Setup', text: '```sh\n# install it\nnpm install\n```' },
    ]);
  });

  it('makes each question of an FAQ a chunk of its own', () => {
    expect(chunkText('Q: One?\nA: First.\n\n**Two?**\nSecond.')).toEqual([
      { title: 'One?', text: 'First.' },
      { title: 'Two?', text: 'Second.' },
    ]);
  });

  it('gives nothing for text without words', () => {
    expect(chunkText(' \n---\n***\n')).toEqual([]);
  });

  it('loses no word and never exceeds its size, whatever the text', () => {
    const line = fc.oneof(
      fc.string({ maxLength: 60 }),
      fc.constantFrom(
        '# A',
        '- item',
        '',
        'One. Two! Three?',
        'See:',
        'Q: Why?',
        '日本語の文章です。次の文。',
        'x'.repeat(900),
      ),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 60 }), (lines) => {
        const chunks = chunkText(lines.join('\n'));
        for (const { text } of chunks) expect(wordsOf(text).length).toBeLessThanOrEqual(300);
        const kept = new Set(wordsOf(chunks.map(({ title, text }) => `${title}\n${text}`).join('\n')));
        const plain = lines.filter((each) => /^[a-z ]{3,}$/u.test(each));
        for (const word of wordsOf(plain.join('\n'))) expect(kept).toContain(word);
      }),
      { numRuns: 60 },
    );
  });
});
