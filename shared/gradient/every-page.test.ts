import { expect, test } from 'vitest';
import { everyPage, perPage } from './every-page.ts';

type Page = Awaited<ReturnType<Parameters<typeof everyPage>[0]>>;

const reading = (pages: readonly (Page & { readonly items: readonly number[] })[]) => {
  const asked: number[] = [];
  const items = everyPage(
    async (page) => {
      asked.push(page);
      return pages[page - 1] ?? { items: [] };
    },
    (page) => page.items,
  );
  return { items, asked };
};
const full = Array.from({ length: perPage }, (_, index) => index);

test('meta tells the last page, whatever the links say', async () => {
  const { items, asked } = reading([
    { items: [1], meta: { pages: 2 } },
    { items: [2], meta: { pages: 2 }, links: { pages: { next: 'https://…' } } },
  ]);
  expect(await items).toEqual([1, 2]);
  expect(asked).toEqual([1, 2]);
});

test('without meta the next link counts, and without both a page that is not full is the last', async () => {
  expect(
    await reading([
      { items: [1], links: { pages: { next: 'https://…' } } },
      { items: [2], links: {} },
    ]).items,
  ).toEqual([1, 2]);
  expect(await reading([{ items: full }, { items: [7] }]).items).toHaveLength(perPage + 1);
});

test('a list without end is an error, not a short list', async () => {
  const endless = everyPage(
    async () => ({ meta: { pages: 1_000_000 } }),
    () => [1],
  );
  await expect(endless).rejects.toMatchObject({ code: 'cloud_unavailable' });
});
