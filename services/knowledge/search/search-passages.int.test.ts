import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { openWorld, type World } from '../testing/world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const shipping = '# Shipping\n\n## Delivery\n\nDelivery takes two days. We ship on every weekday.\n';
const returns = '# Returns\n\n## Refunds\n\nYou may return a lamp within thirty days for a full refund.\n';

const taught = async (domainId: string, filename: string, text: string): Promise<string> => {
  const { document_id, job_id } = await world.ingest(domainId, filename, text);
  expect((await world.jobEnd(domainId, job_id)).phase).toBe('done');
  return document_id;
};

describe('our own search', () => {
  test('answers from the indexed documents, with the place of each passage', async () => {
    const domainId = await world.registered('oak.example');
    const documentId = await taught(domainId, 'shipping.md', shipping);
    const found = await world.search(domainId, 'How long does delivery take?');
    expect(found).toEqual([
      {
        document_id: documentId,
        document: 'shipping.md',
        url: null,
        heading: 'Shipping > Delivery',
        page: null,
        text: 'Delivery takes two days. We ship on every weekday.',
        answer: found[0]?.answer,
      },
    ]);
    expect(found[0]?.answer).toContain('Delivery takes two days.');
    expect(await world.search(domainId, 'Who won the football match in Madrid?')).toEqual([]);
  });

  test('knows a document as soon as it is indexed, and no more once it is removed', async () => {
    const domainId = await world.registered('elm.example');
    await taught(domainId, 'shipping.md', shipping);
    expect(await world.search(domainId, 'May I return a lamp for a refund?')).toEqual([]);
    const documentId = await taught(domainId, 'returns.md', returns);
    const found = await world.search(domainId, 'May I return a lamp for a refund?');
    expect(found).toMatchObject([{ document_id: documentId, document: 'returns.md' }]);
    await world.remove(domainId, documentId);
    expect(await world.search(domainId, 'May I return a lamp for a refund?')).toEqual([]);
  });

  test('finds nothing of another domain, and not the page of our own', async () => {
    const domainId = await world.registered('ash.example');
    await taught(domainId, 'shipping.md', shipping);
    const other = await world.registered('fir.example');
    await eventually(async () => (await world.bases(other)).some(({ state }) => state === 'indexed'));
    expect(await world.search(other, 'How long does delivery take?')).toEqual([]);
    expect(await world.search(other, 'What is the knowledge base of this assistant?')).toEqual([]);
  });

  test('of many at once makes one index, and all are answered', async () => {
    const domainId = await world.registered('yew.example');
    await taught(domainId, 'shipping.md', shipping);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => world.search(domainId, 'How long does delivery take?')),
    );
    expect(answers.every(([first]) => first?.document === 'shipping.md')).toBe(true);
  });
});
