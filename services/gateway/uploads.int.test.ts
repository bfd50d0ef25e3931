import { request as httpRequest } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { getJob, ingestDocument, startCrawl, type JobView } from '../../shared/contracts/knowledge.ts';
import { Failure } from '../../shared/errors/failure.ts';
import { acmeId, acmeKey, aJob, documentId, jobId } from './testing/builders.ts';
import { script, scriptTwoDomains } from './testing/scripted.ts';
import { send } from './testing/send.ts';
import { startTestGateway, type TestGateway } from './testing/start.ts';

const key = { authorization: `Bearer ${acmeKey}` };
const page = { 'x-domain-id': acmeId, origin: 'https://acme.example' };

describe('knowledge from outside', () => {
  let gateway: TestGateway;
  let ingested: Awaited<ReturnType<typeof scriptIngest>>;
  let outcome: () => void;
  let keyLookups: readonly unknown[];

  const scriptIngest = () =>
    script(gateway.bus, ingestDocument, ({ blob, kind }) => {
      outcome();
      return {
        document_id: documentId,
        job_id: jobId,
        file_type: kind === 'text' ? ('text' as const) : ('md' as const),
        file_size: gateway.blobs.kept.get(blob)?.length ?? -1,
        chunking_strategy: 'fixed',
        knowledge_base_uuid: 'kb-1',
        data_source_uuid: null,
        indexing_job_uuid: null,
        state: 'accepted' as const,
      };
    });

  beforeEach(async () => {
    gateway = await startTestGateway({ UPLOAD_BYTES_MAX: '300000' });
    outcome = () => undefined;
    keyLookups = (await scriptTwoDomains(gateway.bus)).keyLookups;
    ingested = await scriptIngest();
  });
  afterEach(() => gateway.stop());

  const form = (fields: readonly (readonly [string, string])[], isFileFirst: boolean): FormData => {
    const made = new FormData();
    const addFile = (): void => made.append('file', new Blob(['# Returns\nWithin 30 days.']), 'Returns über.md');
    if (isFileFirst) addFile();
    for (const [name, value] of fields) made.append(name, value);
    if (!isFileFirst) addFile();
    return made;
  };

  it.each([true, false])(
    'a file goes to the blob store and its reference to knowledge (file first: %s)',
    async (first) => {
      const fields = [
        ['chunk_size', '800'],
        ['use_semantic', 'true'],
        ['custom_name', 'Return policy'],
        ['website_url', ''],
      ] as const;
      const reply = await send(gateway, '/knowledge/upload/file', { headers: page, body: form(fields, first) });
      expect(reply.status).toBe(200);
      expect(reply.json).toMatchObject({
        success: true,
        details: {
          filename: 'Returns über.md',
          file_type: 'md',
          file_size: 25,
          chunk_size: 800,
          chunking_strategy: 'fixed',
          knowledge_base_uuid: 'kb-1',
          data_source_uuid: null,
          indexing_job_uuid: null,
          document_id: documentId,
          job_id: jobId,
        },
      });
      const [blob] = gateway.blobs.kept.keys();
      expect(ingested).toEqual([
        {
          domain_id: acmeId,
          blob,
          kind: 'file',
          filename: 'Returns über.md',
          name: 'Return policy',
          chunk_size: 800,
          use_semantic: true,
        },
      ]);
    },
  );

  it('a file that knowledge refuses is told so in its words, and nothing stays stored', async () => {
    outcome = () => {
      throw new Failure('document_encrypted', { detail: 'The PDF wants a password' });
    };
    const reply = await send(gateway, '/knowledge/upload/file', { headers: key, body: form([], true) });
    expect([reply.status, reply.json.code]).toEqual([400, 'document_encrypted']);
    expect(reply.json).toMatchObject({ success: false, message: 'The PDF wants a password' });
    expect(gateway.blobs.kept.size).toBe(0);
  });

  it('a file stays stored when it is not known whether knowledge took it', async () => {
    outcome = () => {
      throw new Failure('service_unavailable');
    };
    const reply = await send(gateway, '/knowledge/upload/file', { headers: key, body: form([], true) });
    expect(reply.status).toBe(503);
    expect(gateway.blobs.kept.size).toBe(1);
  });

  it('a caller who leaves in the middle of a file leaves nothing behind', async () => {
    const sending = httpRequest(`${gateway.url}/knowledge/upload/file`, {
      method: 'POST',
      headers: { ...key, 'content-type': 'multipart/form-data; boundary=b', 'content-length': '9000' },
    });
    sending.on('error', () => undefined);
    sending.write('--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nhalf');
    await expect.poll(() => keyLookups.length).toBe(1);
    sending.destroy();
    await expect.poll(() => gateway.log.some((line) => line.includes('/knowledge/upload/file'))).toBe(true);
    expect(gateway.blobs.kept.size).toBe(0);
    expect(ingested).toEqual([]);
  });

  it('a body that comes too slowly is answered 408', async () => {
    const hasty = await startTestGateway({ UPLOAD_TIMEOUT_MS: '150', REQUEST_TIMEOUT_MS: '150' });
    await scriptTwoDomains(hasty.bus);
    const slow = (path: string, type: string) =>
      new Promise<number | undefined>((resolve) => {
        const sending = httpRequest(`${hasty.url}${path}`, {
          method: 'POST',
          headers: { ...key, 'content-type': type, 'content-length': '9000' },
        });
        sending.on('response', (response) => resolve(response.statusCode));
        sending.on('error', () => undefined);
        sending.write('{');
      });
    expect(await slow('/ask', 'application/json')).toBe(408);
    expect(await slow('/knowledge/upload/file', 'multipart/form-data; boundary=b')).toBe(408);
    await hasty.stop();
  });

  it('the same key and file give the same hash, another file another one', async () => {
    const upload = (text: string) => {
      const made = new FormData();
      made.append('file', new Blob([text]), 'a.txt');
      const headers = { ...key, 'idempotency-key': 'k-1' };
      return send(gateway, '/knowledge/upload/file', { headers, body: made });
    };
    for (const text of ['one', 'one', 'two']) await upload(text);
    const [first, again, other] = ingested.map(({ idempotency }) => idempotency);
    expect(first).toMatchObject({ key: 'k-1' });
    expect(again).toEqual(first);
    expect(other?.request_hash).not.toBe(first?.request_hash);
  });

  it('text goes the same way', async () => {
    const body = { text_content: 'Öffnungszeiten: 9–17', document_name: 'Hours', use_semantic: null };
    const reply = await send(gateway, '/knowledge/upload/text', { headers: key, body });
    expect(reply.json).toMatchObject({
      success: true,
      details: { document_name: 'Hours', text_size: Buffer.byteLength(body.text_content), chunk_size: 1000 },
    });
    expect([...gateway.blobs.kept.values()].map(String)).toEqual([body.text_content]);
    expect(ingested[0]).toMatchObject({ kind: 'text', filename: 'Hours', name: 'Hours', chunk_size: 1000 });
  });

  it('supported types are told in the inherited fields', async () => {
    const reply = await send(gateway, '/knowledge/supported-types', { headers: page });
    expect(reply.json).toMatchObject({
      supported_types: ['pdf', 'txt', 'md', 'json', 'csv', 'html', 'docx', 'xlsx'],
      additional_sources: ['text', 'url'],
      registered_domain: 'acme.example',
      website_url: 'https://acme.example',
    });
    expect(Object.keys(reply.json.descriptions)).toEqual(reply.json.supported_types);
    expect(Object.keys((reply.json as { extensions?: object }).extensions ?? {})).toEqual(reply.json.supported_types);
  });

  describe('by crawling', () => {
    let job: JobView;
    let crawls: Awaited<ReturnType<typeof scriptCrawls>>;
    const scriptCrawls = () => script(gateway.bus, startCrawl, () => ({ job_id: jobId, knowledge_base_uuid: 'kb-1' }));
    beforeEach(async () => {
      crawls = await scriptCrawls();
      await script(gateway.bus, getJob, () => ({ job }));
    });

    it('is answered when it is accepted', async () => {
      const body = { url_to_scrape: 'https://acme.example/help', max_depth: 3, max_links: 50 };
      const reply = await send(gateway, '/knowledge/upload/url', { headers: key, body });
      expect(reply.json).toMatchObject({
        success: true,
        status: 'accepted',
        details: { url_to_scrape: body.url_to_scrape, max_depth: 3, max_links: 50, job_id: jobId, pages_indexed: 0 },
      });
      expect(crawls).toEqual([
        {
          domain_id: acmeId,
          url: body.url_to_scrape,
          depth_max: 3,
          links_max: 50,
          include: [],
          exclude: [],
          chunk_size: 1000,
          use_semantic: false,
        },
      ]);
    });

    it('is told which addresses are wanted', async () => {
      const body = { url_to_scrape: 'https://acme.example', include: ['/docs/*'], exclude: ['*/print', '*?sort=*'] };
      await send(gateway, '/knowledge/upload/url', { headers: key, body });
      expect(crawls[0]).toMatchObject({ include: body.include, exclude: body.exclude });
    });

    it('is answered with its pages when the caller waits', async () => {
      const counts = { indexed: 5, unchanged: 2, failed: 3, skipped: 1 };
      job = aJob({ phase: 'done', done: 11, total: 11, counts });
      const body = { url_to_scrape: 'https://acme.example' };
      const reply = await send(gateway, '/knowledge/upload/url?wait=true', { headers: key, body });
      expect([reply.status, reply.json.success, reply.json.pages_indexed]).toEqual([200, true, 7]);
    });

    it('is never a success when it failed', async () => {
      job = aJob({ phase: 'failed', done: 2, error: { code: 'page_unavailable', message: 'The site answered 500' } });
      const body = { url_to_scrape: 'https://acme.example' };
      const reply = await send(gateway, '/knowledge/upload/url?wait=true', { headers: key, body });
      expect(reply.status).toBe(400);
      expect(reply.json).toMatchObject({ success: false, code: 'page_unavailable', pages_indexed: 2, job_id: jobId });
    });

    it.each(['/scrape', '/scrape-website'])('takes the older names on %s', async (path) => {
      const body = { website_url: 'https://acme.example', depth: 1, max_pages: 5 };
      const reply = await send(gateway, path, { headers: key, body });
      expect(reply.json).toMatchObject({
        success: true,
        pages_scraped: 0,
        website_url: body.website_url,
        job_id: jobId,
      });
      expect(crawls[0]).toMatchObject({ depth_max: 1, links_max: 5 });
    });
  });
});
