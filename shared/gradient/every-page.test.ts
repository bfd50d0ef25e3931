import { expect, test } from 'vitest';
import { heldBack } from '../http/held-back.ts';
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

/** Reads 20 pages against a bucket that holds one token a second, and tells the pages read and the time slept. */
const readingDry = async (waitMs: number) => {
  const read: number[] = [];
  let tokens = 1;
  let sleptMs = 0;
  const clock = {
    sleep: async (ms: number) => {
      sleptMs += ms;
      tokens += ms / 1_000;
    },
  };
  const items = await everyPage(
    async (page) => {
      if (tokens < 1) throw heldBack('cloud_unavailable', 'spent budget', waitMs);
      tokens -= 1;
      read.push(page);
      return { meta: { pages: 20 } };
    },
    () => [1],
    clock,
  ).catch((thrown: unknown) => thrown);
  return { items, read, sleptMs };
};

test('under a spent budget each page waits for its token, and none is read twice', async () => {
  const { items, read, sleptMs } = await readingDry(1_000);
  expect(items).toHaveLength(20);
  expect(read).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  expect(sleptMs).toBe(19_000);
});

test('a wait of over half a minute in all is not begun, and a first page is not waited for', async () => {
  expect((await readingDry(31_000)).items).toMatchObject({ code: 'cloud_unavailable', retryAfterMs: 31_000 });
  expect((await readingDry(2_000)).sleptMs).toBeLessThanOrEqual(30_000);
  let sleeps = 0;
  const first = everyPage(
    () => Promise.reject(heldBack('cloud_unavailable', 'spent budget', 10)),
    () => [],
    { sleep: async () => void (sleeps += 1) },
  );
  await expect(first).rejects.toMatchObject({ code: 'cloud_unavailable' });
  expect(sleeps).toBe(0);
});
