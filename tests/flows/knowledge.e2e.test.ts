import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Site } from '../support/api.ts';
import * as documents from '../support/documents.ts';
import { eventually } from '../support/eventually.ts';
import { startSystem, type System } from '../support/system.ts';

// Longer than a passage of the index: what stands at the end of the second page is in one that begins there.
const aFullPage = Array.from({ length: 36 }, (_, at) => `Chapter ${at + 1} tells how our workshop began its day.`).join(
  '\n',
);

const sources = [
  {
    filename: 'warranty.pdf',
    content: () =>
      documents.aPdf([aFullPage, `${aFullPage}\nThe warranty on every espresso machine lasts thirty-one months.`]),
    question: 'How long does the warranty on an espresso machine last?',
    says: /thirty-one months/,
    citation: { document: 'warranty.pdf', page: 2 },
  },
  {
    filename: 'parking.txt',
    content: async () => 'Visitors park behind the bakery on Mill Lane. Parking costs four euros a day.',
    question: 'Where do visitors park?',
    says: /Mill Lane/,
    citation: { document: 'parking.txt' },
  },
  {
    filename: 'returns.md',
    content: async () =>
      '# Returns\n\n## How long\n\nUnused goods may be returned within forty-five days of delivery.\n\n## Who pays\n\nWe pay the postage of every return parcel.\n',
    question: 'Within how many days may unused goods be returned?',
    says: /forty-five days/,
    citation: { document: 'returns.md', heading: expect.stringContaining('How long') as string },
  },
  {
    filename: 'faq.json',
    content: async () =>
      JSON.stringify([{ question: 'Do you deliver to Iceland?', answer: 'Yes, by sea, every second Tuesday.' }]),
    question: 'Do you deliver to Iceland?',
    says: /every second Tuesday/,
    citation: { document: 'faq.json' },
  },
  {
    filename: 'prices.csv',
    content: async () => 'product,price,colour\nCopper kettle,89 euros,red\nTin lantern,24 euros,black\n',
    question: 'What is the price of the copper kettle?',
    says: /89 euros/,
    citation: { document: 'prices.csv' },
  },
];

let system: System;
let site: Site;
let other: Site;

beforeAll(async () => {
  system = await startSystem();
  site = await system.api.register('shop.example');
  other = await system.api.register('neighbour.example');
  await Promise.all([site.untilState('ready'), other.untilState('ready')]);
});
afterAll(async () => {
  expect(await system.clouds.gradient.violations()).toEqual([]);
  await system.stop();
});

test.each(sources)('$filename is uploaded, indexed and answered from', async (source) => {
  const details = await site.upload({ filename: source.filename, content: await source.content() });
  expect(details).toMatchObject({ filename: source.filename, chunk_size: 1000 });
  expect(await site.jobDone(details.job_id)).toMatchObject({ kind: 'upload', done: 1, total: 1, error: null });
  expect(await site.document(details.document_id)).toMatchObject({ state: 'indexed', version: 1, error: null });

  const answer = await site.ask(source.question);
  expect(answer.answer).toMatch(source.says);
  expect(answer).toMatchObject({ grounded: true, sources: [source.filename] });
  expect(answer.citations[0]).toMatchObject({ ...source.citation, document_id: details.document_id });
  expect(answer.citations[0]?.quote).toMatch(source.says);
});

test('typed text is answered from under its name', async () => {
  const details = await site.uploadText('Opening hours', 'On Sundays we open at a quarter past eleven.');
  await site.jobDone(details.job_id);
  const answer = await site.ask('When do you open on Sundays?');
  expect(answer.answer).toContain('quarter past eleven');
  expect(answer.sources).toEqual(['Opening hours']);
});

describe('what cannot be read', () => {
  const refused = [
    ['secret.pdf', async () => documents.anEncryptedPdf(), 'document_encrypted'],
    ['broken.pdf', documents.aBrokenPdf, 'document_broken'],
    ['scan.pdf', documents.aScannedPdf, 'document_needs_ocr'],
    ['blank.pdf', documents.anEmptyPdf, 'document_empty'],
    ['blank.txt', async () => ' \n\t\n ', 'document_empty'],
    ['none.txt', async () => '', 'document_empty'],
    ['nothing.json', async () => '[]', 'document_empty'],
    ['setup.exe', async () => documents.aProgram(), 'unsupported_file_type'],
    ['holiday.txt', async () => documents.aProgram(), 'unsupported_file_type'],
    ['letter.docx', async () => 'PK\u0003\u0004 not a text', 'unsupported_file_type'],
    ['notes.json', async () => '{"open": ', 'document_broken'],
  ] as const;

  test.each(refused)('%s is refused with its code, in words, and nothing is stored', async (filename, make, code) => {
    const before = await stored();
    const reply = await site.sendFile({ filename, content: await make() });
    expect(reply).toMatchObject({ status: 400, body: { code, success: false } });
    expect((reply.body as { message: string }).message.length).toBeGreaterThan(10);
    if (code === 'unsupported_file_type') {
      for (const type of ['pdf', 'txt', 'md', 'json', 'csv']) expect(reply.text).toContain(type);
    }
    expect(await stored()).toEqual(before);
  });

  test('a file over the limit is refused with 413 and nothing is stored', async () => {
    const before = await stored();
    const reply = await site.sendFile({ filename: 'big.txt', content: 'All work and no play. '.repeat(600_000) });
    expect(reply).toMatchObject({ status: 413, body: { code: 'body_too_large' } });
    expect(await stored()).toEqual(before);
  });

  test.each([
    { chunk_size: 'many' },
    { chunk_size: '12' },
    { chunk_size: '999999' },
    { use_semantic: 'perhaps' },
    { custom_name: 'x'.repeat(400) },
  ])('the field %j is refused with 400 and nothing is stored', async (fields) => {
    const before = await stored();
    const reply = await site.sendFile({ filename: 'fine.txt', content: 'Fine words butter no parsnips.', fields });
    expect(reply).toMatchObject({ status: 400, body: { code: 'invalid_request', success: false } });
    expect(await stored()).toEqual(before);
  });

  const stored = async () => ({
    documents: (await site.documents()).length,
    rows: await system.sql('select count(*)::int from documents'),
    jobs: await system.sql('select count(*)::int from jobs'),
    cloud: await system.clouds.gradient.counts(),
  });
});

describe('uploading again', () => {
  test('the same bytes under the same name are the same document', async () => {
    const first = await site.teach('loyalty.txt', 'Members collect seven stamps for a free cake.');
    const again = await site.upload({
      filename: 'loyalty.txt',
      content: 'Members collect seven stamps for a free cake.',
    });
    expect(again).toMatchObject({ document_id: first.document_id, job_id: first.job_id, version: 1, unchanged: true });
    expect((await site.documents()).filter(({ name }) => name === 'loyalty.txt')).toHaveLength(1);
  });

  test('at the same moment is the same document', async () => {
    const file = { filename: 'twice.txt', content: 'The twin bells ring at ten and at four.' };
    const both = await Promise.all([site.upload(file), site.upload(file), site.upload(file)]);
    expect(new Set(both.map(({ document_id }) => document_id)).size).toBe(1);
    expect((await site.documents()).filter(({ name }) => name === 'twice.txt')).toHaveLength(1);
  });

  test('with the same idempotency key gives the same answer, another file under it 422', async () => {
    const headers = { 'idempotency-key': 'upload-1' };
    const file = { filename: 'keys.txt', content: 'Spare keys are kept by the gardener.' };
    const first = await site.sendFile(file, headers);
    expect((await site.sendFile(file, headers)).body).toEqual(first.body);
    const reply = await site.sendFile({ ...file, content: 'Another text.' }, headers);
    expect(reply).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
  });

  test('new bytes replace: there is always an answer, and in the end only from the new ones', async () => {
    const question = 'What does the boat tour cost?';
    const old = await site.teach('tours.txt', 'The boat tour costs nineteen crowns.');
    expect((await site.ask(question)).answer).toContain('nineteen crowns');

    const fresh = await site.upload({ filename: 'tours.txt', content: 'The boat tour costs twenty-six crowns.' });
    expect(fresh).toMatchObject({ document_id: old.document_id, version: 2, unchanged: false });
    await eventually(async () => {
      const { answer } = await site.ask(question);
      expect(answer).toMatch(/nineteen crowns|twenty-six crowns/);
      return answer.includes('twenty-six') && !answer.includes('nineteen');
    }, 20_000);
    await site.jobDone(fresh.job_id);
    await eventually(async () => !(await cloudHolds(old.document_id)));
    const { answer } = await site.ask(question);
    expect(answer).toContain('twenty-six');
    expect(answer).not.toContain('nineteen');
    const known = (await site.documents()).filter(({ name }) => name === 'tours.txt');
    expect(known).toMatchObject([{ id: fresh.document_id, version: 2, state: 'indexed' }]);
  });
});

test('a document taken away is known no more: not here, not in answers, not in the cloud', async () => {
  const { document_id } = await site.teach('closed.txt', 'The observatory closes for repairs on the ninth of May.');
  expect((await site.ask('When does the observatory close for repairs?')).answer).toContain('ninth of May');
  expect(await cloudHolds(document_id)).toBe(true);

  const { job_id } = await site.removeDocument(document_id);
  expect(await site.jobDone(job_id)).toMatchObject({ kind: 'remove' });
  await eventually(async () => !(await cloudHolds(document_id)), 20_000);
  expect(await site.asOwner(`/knowledge/documents/${document_id}`)).toMatchObject({ status: 404 });
  const answer = await site.ask('When does the observatory close for repairs?');
  expect(answer).toMatchObject({ grounded: false, citations: [] });
  expect(answer.answer).not.toContain('ninth of May');
  expect(await system.sql('select id from documents where id = $1', [document_id])).toEqual([]);
});

test('a document is indexed again on demand and stays one document', async () => {
  const { document_id } = await site.teach('ferry.txt', 'The ferry leaves from pier six.');
  const reply = await site.asOwner(`/knowledge/documents/${document_id}/reindex`, { method: 'POST' });
  expect(reply.status).toBe(200);
  await site.jobDone((reply.body as { job_id: string }).job_id);
  await eventually(
    async () => (await site.documents()).filter(({ name }) => name === 'ferry.txt').length === 1,
    20_000,
  );
  expect((await site.ask('From which pier does the ferry leave?')).answer).toContain('pier six');
});

describe("another tenant's knowledge", () => {
  test('is missing, byte for byte, and untouched', async () => {
    const { document_id, job_id } = await site.teach('private.txt', 'The vault code is kept by the notary.');
    const missing = '00000000-0000-4000-8000-000000000001';
    const ask = async (method: string, path: string) => {
      const reply = await other.asOwner(path, { method, headers: { 'x-request-id': 'the-same' } });
      return { status: reply.status, text: reply.text.replaceAll(path, '') };
    };
    const routes = [
      ['GET', '/knowledge/documents/'],
      ['DELETE', '/knowledge/documents/'],
      ['GET', '/knowledge/jobs/'],
    ] as const;
    for (const [method, path] of routes) {
      const theirs = await ask(method, path + (path.includes('jobs') ? job_id : document_id));
      expect(theirs.status).toBe(404);
      expect(theirs).toEqual(await ask(method, path + missing));
    }
    expect(await ask('POST', `/knowledge/jobs/${job_id}/cancel`)).toEqual(
      await ask('POST', `/knowledge/jobs/${missing}/cancel`),
    );
    expect(await ask('POST', `/knowledge/documents/${document_id}/reindex`)).toEqual(
      await ask('POST', `/knowledge/documents/${missing}/reindex`),
    );
    expect(await site.document(document_id)).toMatchObject({ state: 'indexed' });
  });

  test('does not show in answers or lists', async () => {
    const answer = await other.ask('How long does the warranty on an espresso machine last?');
    expect(answer).toMatchObject({ grounded: false, sources: [] });
    expect(answer.answer).not.toContain('thirty-one');
    expect(await other.documents()).toEqual([]);
  });
});

/** Whether the emulated cloud still has the file of a document: its stored name holds the document's id. */
const cloudHolds = async (documentId: string): Promise<boolean> => {
  const { gradient } = system.clouds;
  const call = async (path: string): Promise<Record<string, unknown>> => {
    const response = await fetch(`${gradient.url}/v2/gen-ai${path}`, { headers: { authorization: 'Bearer look' } });
    return (await response.json()) as Record<string, unknown>;
  };
  const { knowledge_bases: bases } = (await call('/knowledge_bases?per_page=100')) as {
    knowledge_bases: { uuid: string }[];
  };
  const lists = await Promise.all(
    bases.map(({ uuid }) => call(`/knowledge_bases/${uuid}/data_sources?per_page=100`).then(JSON.stringify)),
  );
  return lists.some((list) => list.includes(documentId));
};
