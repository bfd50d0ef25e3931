import { describe, expect, it } from 'vitest';
import type { Chunk } from './chunk.ts';
import { createIndex } from './index.ts';
import { searchIndexes } from './search.ts';

const aChunk = (id: string, text: string, title = '', documentId = id): Chunk => ({ id, documentId, title, text });

const lamps = [
  aChunk('a', 'The Comet lamp runs eleven hours on one charge.'),
  aChunk('b', 'Returns are accepted within thirty days.', 'Returns'),
  aChunk('c', 'We ship to Norway and Iceland by boat.', 'Shipping'),
];

const idsOf = (hits: readonly { readonly chunk: Chunk }[]): string[] => hits.map(({ chunk }) => chunk.id);

describe('index', () => {
  it('ranks the chunk that speaks of the question first', () => {
    const index = createIndex();
    lamps.forEach(index.add);
    expect(idsOf(index.search('Do you ship to Iceland?', 3))[0]).toBe('c');
    expect(idsOf(index.search('how many hours does the lamp run', 3))[0]).toBe('a');
  });

  it('finds words with typing slips and other endings', () => {
    const index = createIndex();
    lamps.forEach(index.add);
    expect(idsOf(index.search('shiping icelnd', 1))).toEqual(['c']);
    expect(idsOf(index.search('returning', 1))).toEqual(['b']);
  });

  it('finds a chunk by what the question means in other words', () => {
    const index = createIndex();
    lamps.forEach(index.add);
    expect(idsOf(index.search('postage', 1))).toEqual(['c']);
  });

  it('forgets a removed document and ranks as if it had never been there', () => {
    const index = createIndex();
    lamps.forEach(index.add);
    index.add(aChunk('d', 'Iceland boats ship lamps.', '', 'gone'));
    index.add(aChunk('e', 'More of Iceland.', '', 'gone'));
    expect(index.remove('gone')).toBe(2);
    const fresh = createIndex();
    lamps.forEach(fresh.add);
    expect(index.search('ship to Iceland', 5)).toEqual(fresh.search('ship to Iceland', 5));
    expect(index.size()).toBe(3);
    expect(index.remove('gone')).toBe(0);
  });

  it("uses a removed chunk's place again without mixing the two", () => {
    const index = createIndex();
    lamps.forEach(index.add);
    index.remove('b');
    index.add(aChunk('f', 'Gift wrapping is free.'));
    expect(idsOf(index.search('gift wrapping', 3))[0]).toBe('f');
    expect(idsOf(index.search('returns accepted', 3))).not.toContain('b');
  });

  it('refuses a chunk when it is full, and the same chunk twice', () => {
    const index = createIndex({ chunksMax: 1 });
    expect(index.add(aChunk('a', 'One.'))).toBe(true);
    expect(index.add(aChunk('b', 'Two.'))).toBe(false);
    const other = createIndex();
    other.add(aChunk('a', 'One.'));
    expect(other.add(aChunk('a', 'One.'))).toBe(false);
  });

  it('gives nothing for a question without a known word', () => {
    const index = createIndex();
    lamps.forEach(index.add);
    expect(index.search('zzzz qqqq', 5)).toEqual([]);
    expect(index.search('', 5)).toEqual([]);
  });

  it.each([
    ['日本への送料はいくらですか', '日本への送料は500円です。', '返品は30日以内に可能です。'],
    ['Сколько стоит доставка', 'Доставка стоит 300 рублей.', 'Возврат в течение 30 дней.'],
    ['كم تكلفة الشحن', 'تكلفة الشحن خمسة دنانير.', 'الإرجاع خلال ثلاثين يوما.'],
  ])('ranks in other scripts: %s', (question, right, wrong) => {
    const index = createIndex();
    index.add(aChunk('wrong', wrong));
    index.add(aChunk('right', right));
    expect(idsOf(index.search(question, 1))).toEqual(['right']);
  });
});

it('where headings are questions, the entry that is asked for comes before one that only speaks of it', () => {
  const index = createIndex();
  index.add(aChunk('asked', 'Take the lid off first and use warm water.', 'How do I clean the kettle?'));
  index.add(
    aChunk('other', 'Clean kettle, clean cup, clean water: to clean the kettle is to love the kettle.', 'What is tea?'),
  );
  index.add(aChunk('third', 'In the cellar.', 'Where is the lamp kept?'));
  expect(idsOf(index.search('how to clean a kettle', 1))).toEqual(['asked']);
});

it('several indexes are ranked as one', () => {
  const together = createIndex();
  lamps.forEach(together.add);
  const apart = lamps.map((chunk) => {
    const index = createIndex();
    index.add(chunk);
    return index;
  });
  const question = 'Do you ship to Iceland within thirty days?';
  expect(searchIndexes(apart, question, 3)).toEqual(together.search(question, 3));
});
