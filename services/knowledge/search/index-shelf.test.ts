import { expect, it } from 'vitest';
import { createIndexShelf } from './index-shelf.ts';

const pieces = (count: number, word: string): string =>
  Array.from({ length: count }, (_, at) => `# Part ${at}\n\nThe ${word} number ${at} is kept in the cellar.`).join(
    '\n\n',
  );
const name = (domainId: string, version = 'v1') => ({ domainId, version });

it('an index is found by the version it was made of only', async () => {
  const shelf = createIndexShelf(100);
  await shelf.build(name('a'), [{ id: 'd1', text: pieces(1, 'lamp') }]);
  expect(shelf.search(name('a'), 'Where is the lamp kept?')).toMatchObject([{ documentId: 'd1' }]);
  expect(shelf.search(name('a', 'v2'), 'Where is the lamp kept?')).toBeUndefined();
  await shelf.build(name('a', 'v2'), [{ id: 'd2', text: pieces(1, 'lamp') }]);
  expect(shelf.search(name('a'), 'Where is the lamp kept?')).toBeUndefined();
});

it('what is used least goes when the shelf is full', async () => {
  const shelf = createIndexShelf(10);
  await shelf.build(name('a'), [{ id: 'd', text: pieces(6, 'lamp') }]);
  await shelf.build(name('b'), [{ id: 'd', text: pieces(4, 'lamp') }]);
  shelf.search(name('a'), 'lamp');
  await shelf.build(name('c'), [{ id: 'd', text: pieces(3, 'lamp') }]);
  expect(['a', 'b', 'c'].map((id) => shelf.search(name(id), 'lamp') !== undefined)).toEqual([true, false, true]);
});

it('a domain with more than fits is searched as far as it fits', async () => {
  const shelf = createIndexShelf(5);
  await shelf.build(name('a'), [
    { id: 'first', text: pieces(5, 'lamp') },
    { id: 'second', text: pieces(5, 'kettle') },
  ]);
  expect(shelf.search(name('a'), 'Where is the lamp number 4 kept?')).toMatchObject([{ documentId: 'first' }]);
  expect(shelf.search(name('a'), 'kettle')).toEqual([]);
});

it('an index is brought up to date: what is gone is forgotten, what is new is known, the rest stays', async () => {
  const shelf = createIndexShelf(100);
  await shelf.build(name('a'), [
    { id: 'lamps', text: pieces(2, 'lamp') },
    { id: 'kettles', text: pieces(2, 'kettle') },
  ]);
  await shelf.build(name('a', 'v2'), [
    { id: 'lamps', text: 'This text is not read again: the id is known.' },
    { id: 'teapots', text: pieces(2, 'teapot') },
  ]);
  const idsFor = (question: string) => shelf.search(name('a', 'v2'), question)?.map(({ documentId }) => documentId);
  expect(idsFor('Where is the lamp number 1 kept?')).toContain('lamps');
  expect(idsFor('Where is the teapot number 1 kept?')).toContain('teapots');
  expect(idsFor('Where is the kettle number 1 kept?')).not.toContain('kettles');
});
