import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Site } from '../support/api.ts';
import { ensureBuilt } from '../support/built.ts';
import type { Reply } from '../support/http.ts';
import { startSystem, type System } from '../support/system.ts';
import { startWebsite, type Website } from '../support/website.ts';

// Scripts, widgets and dashboards written against the original service find every field under its name.
let system: System;
let website: Website;
let site: Site;
let documentId: string;
const session = { session_id: '', user_id: 'ada' };

beforeAll(async () => {
  await ensureBuilt();
  website = await startWebsite(() => ({ '/': '<h1>Mill</h1><p>The mill grinds on Mondays.</p>' }));
  system = await startSystem({ env: { CRAWL_ALLOW_HOSTS: website.host } });
  site = await system.api.register('mill.example');
  await site.untilState('ready');
  documentId = (await site.teach('flour.md', '# Flour\n\nRye flour is milled on the second of each month.'))
    .document_id;
});
afterAll(async () => {
  expect(await system.clouds.gradient.violations()).toEqual([]);
  await Promise.all([system.stop(), website.stop()]);
});

const uuid = expect.stringMatching(/^[0-9a-f-]{36}$/) as string;
const text = expect.any(String) as string;
const number = expect.any(Number) as number;
const moment = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/) as string;
const details = {
  file_type: text,
  chunk_size: 1000,
  chunking_strategy: text,
  document_id: uuid,
  knowledge_base_uuid: null,
  data_source_uuid: null,
  indexing_job_uuid: null,
};

const rows: readonly (readonly [string, () => Promise<Reply>, object])[] = [
  [
    'POST /register-domain',
    () => system.api.asAdmin('/register-domain', { body: { domain_name: 'weir.example' } }),
    {
      domain_id: uuid,
      api_key: text,
      message: text,
      agent_created: false,
      agent_uuid: null,
      agent_deployment_status: text,
      deployment_message: text,
    },
  ],
  [
    'POST /session',
    () => site.asVisitor('/session', { body: { user_id: 'ada', website_url: 'https://mill.example/shop' } }),
    { session_id: uuid, user_id: 'ada', created_at: moment, website_url: 'https://mill.example/shop' },
  ],
  [
    'POST /session without a body',
    () => site.asVisitor('/session', { method: 'POST' }),
    { session_id: uuid, user_id: 'anonymous', created_at: moment },
  ],
  [
    'POST /ask',
    () => site.asVisitor('/ask', { body: { question: 'When is rye flour milled?', ...session } }),
    {
      answer: expect.stringContaining('second of each month') as string,
      sources: ['flour.md'],
      session_id: uuid,
      message_id: uuid,
      grounded: true,
      memories_used: number,
    },
  ],
  [
    'POST /knowledge/upload/file',
    () => site.sendFile({ filename: 'bran.txt', content: 'Bran is free.', fields: { website_url: '' } }),
    { success: true, message: text, details: { filename: 'bran.txt', file_size: 13, ...details, file_type: 'txt' } },
  ],
  [
    'POST /knowledge/upload/text',
    () =>
      site.asOwner('/knowledge/upload/text', { body: { text_content: 'Husks are compost.', document_name: 'Husks' } }),
    { success: true, message: text, details: { document_name: 'Husks', text_size: 18, ...details } },
  ],
  [
    'POST /knowledge/upload/url',
    () => site.asOwner('/knowledge/upload/url', { body: { url_to_scrape: website.url } }),
    {
      success: true,
      message: text,
      details: { url_to_scrape: text, max_depth: 2, max_links: 20, chunk_size: 1000, job_id: uuid },
    },
  ],
  [
    'POST /scrape',
    () => site.asOwner('/scrape', { body: { website_url: website.url, max_depth: 1, max_links: 1 } }),
    { success: true, pages_scraped: 0, message: text, website_url: text, job_id: uuid },
  ],
  [
    'POST /scrape-website',
    () => site.asOwner('/scrape-website', { body: { website_url: website.url, depth: 1, max_pages: 1 } }),
    { success: true, pages_scraped: 0, message: text, website_url: text, job_id: uuid },
  ],
  [
    'GET /knowledge/supported-types',
    () => site.asOwner('/knowledge/supported-types'),
    {
      supported_types: expect.arrayContaining(['pdf', 'txt', 'md', 'json', 'csv']) as string[],
      descriptions: { pdf: text },
      additional_sources: ['text', 'url'],
      registered_domain: 'mill.example',
      website_url: 'https://mill.example',
    },
  ],
  [
    'GET /sessions/{id}',
    () => site.asVisitor(`/sessions/${session.session_id}?user_id=ada`),
    { session_id: uuid, user_id: 'ada', created_at: moment, last_activity: moment, website_url: null },
  ],
  [
    'GET /sessions',
    () => site.asOwner('/sessions'),
    { sessions: [{ session_id: uuid, user_id: text }], total: number },
  ],
  ...['/conversations/{id}', '/sessions/{id}/conversations'].map(
    (path) =>
      [
        `GET ${path}`,
        () => site.asVisitor(`${path.replace('{id}', session.session_id)}?user_id=ada`),
        {
          session_id: uuid,
          user_id: 'ada',
          total_messages: 2,
          messages: ['user', 'assistant'].map((role) => ({
            id: uuid,
            session_id: uuid,
            user_id: 'ada',
            role,
            content: text,
            created_at: moment,
          })),
        },
      ] as const,
  ),
  [
    'GET /agents',
    () => site.asOwner('/agents'),
    {
      agents: [
        {
          website_key: websiteKeyOf('mill.example'),
          agent_uuid: uuid,
          website_url: 'https://mill.example',
          agent_url: text,
          has_access_key: true,
          deployment_status: text,
          created_at: moment,
          knowledge_base_uuids: expect.any(Array) as string[],
        },
      ],
      total: 1,
    },
  ],
  [
    'GET /knowledge-bases',
    () => site.asOwner('/knowledge-bases'),
    {
      knowledge_bases: expect.arrayContaining([
        expect.objectContaining({
          website_key: websiteKeyOf('mill.example'),
          kb_uuid: uuid,
          website_url: 'https://mill.example',
          kb_name: text,
        }),
      ]) as unknown[],
      total: number,
    },
  ],
  [
    'GET /health',
    () => system.api.send('/health'),
    {
      status: 'healthy',
      database: 'ok',
      digitalocean: text,
      memori: text,
      bus: 'ok',
      timestamp: moment,
      active_sessions: number,
      active_agents: number,
      knowledge_bases: number,
    },
  ],
];

describe('the inherited contract', () => {
  beforeAll(async () => {
    session.session_id = (await site.openSession('ada')).session_id;
  });

  test.each(rows)('%s answers 200 with its fields', async (_name, call, fields) => {
    const reply = await call();
    expect(reply.body).toMatchObject(trimmed(fields, reply.body));
    expect(reply.status).toBe(200);
    expect(reply.headers.get('x-request-id')).toMatch(/^[\w.-]{8,}$/);
    expect(reply.headers.get('traceparent')).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$/);
  });

  test.each([
    ['/', 'text/html'],
    ['/static/demo.html', 'text/html'],
    ['/static/knowledge_upload_demo.html', 'text/html'],
    ['/knowledge-upload-demo', 'text/html'],
    ['/static/widget.js', 'text/javascript'],
    ['/docs', 'text/html'],
    ['/openapi.json', 'application/json'],
    ['/metrics', 'text/plain'],
    ['/health/live', 'application/json'],
    ['/health/ready', 'application/json'],
  ])('%s is a page for everybody', async (path, type) => {
    const reply = await system.api.send(path);
    expect(reply.status).toBe(200);
    expect(reply.headers.get('content-type')).toContain(type);
    expect(reply.text.length).toBeGreaterThan(10);
  });

  test('every inherited route is in the API description', async () => {
    const { paths } = (await system.api.send('/openapi.json')).body as { paths: Record<string, unknown> };
    const described = Object.keys(paths).map((path) => path.replace(/\{\w+\}/g, '{id}'));
    for (const [name] of rows) expect(described).toContain(name.split(' ')[1]);
  });
});

describe('the monitoring queries of the original README', () => {
  test('tell the domains', async () => {
    const rows = await system.sql(
      'SELECT id, domain_name, created_at FROM registered_domains ORDER BY created_at DESC;',
    );
    expect(rows.map(({ domain_name }) => domain_name as string)).toContain('mill.example');
    expect(rows.find(({ domain_name }) => domain_name === 'mill.example')).toMatchObject({ id: site.domainId });
  });

  test('tell the agents', async () => {
    const rows = await system.sql(
      'SELECT a.website_key, a.agent_uuid, a.website_url, a.agent_access_key IS NOT NULL as has_key, a.created_at FROM agents a ORDER BY a.created_at DESC;',
    );
    expect(rows.find(({ website_key }) => website_key === websiteKeyOf('mill.example'))).toMatchObject({
      agent_uuid: uuid,
      website_url: 'https://mill.example',
      has_key: true,
    });
  });

  test('tell the knowledge bases', async () => {
    const rows = await system.sql(
      'SELECT website_key, kb_uuid, website_url, kb_name FROM knowledge_bases ORDER BY created_at DESC;',
    );
    expect(rows.filter(({ website_key }) => website_key === websiteKeyOf('mill.example')).length).toBeGreaterThan(0);
  });

  test('count', async () => {
    const [counts] = await system.sql(
      "SELECT (SELECT COUNT(*) FROM registered_domains) as total_domains, (SELECT COUNT(*) FROM agents) as total_agents, (SELECT COUNT(*) FROM knowledge_bases) as total_kbs, (SELECT COUNT(*) FROM user_sessions WHERE status = 'active') as active_sessions;",
    );
    for (const count of Object.values(counts ?? {})) expect(Number(count)).toBeGreaterThan(0);
    expect(Object.keys(counts ?? {})).toEqual(['total_domains', 'total_agents', 'total_kbs', 'active_sessions']);
  });

  test('tell the length of a key, never the key', async () => {
    const rows = await system.sql(
      'SELECT website_key, agent_uuid, LENGTH(agent_access_key) as key_length, agent_access_key IS NOT NULL as has_key FROM agents;',
    );
    const row = rows.find(({ website_key }) => website_key === websiteKeyOf('mill.example'));
    expect(row).toMatchObject({ has_key: true });
    expect(row?.['key_length']).toBeGreaterThan(20);
  });
});

test('the document that was asked about is still known by its id', async () => {
  expect(await site.document(documentId)).toMatchObject({ name: 'flour.md', preview: text });
});

/** The first 16 hex digits of the md5 of the address, as the original made them. */
function websiteKeyOf(domainName: string): string {
  return createHash('md5').update(`https://${domainName}`).digest('hex').slice(0, 16);
}

/** Lists are compared by their first entries: others may have come meanwhile. */
const trimmed = (fields: object, body: unknown): object => {
  const { sessions } = fields as { sessions?: unknown[] };
  if (sessions === undefined) return fields;
  const found = (body as { sessions: unknown[] }).sessions;
  return { ...fields, sessions: found.map(() => sessions[0]) };
};
