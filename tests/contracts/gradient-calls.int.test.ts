import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import type { Cloud } from '../../services/knowledge/client.ts';
import { cloudChunkingOf } from '../../services/knowledge/domain.ts';
import type { Gradient } from '../../services/provisioning/client.ts';
import { openClients, type Clients } from './clients.ts';

/** Every method of a client; a new one does not compile before it is walked. */
type Walk<Client> = Record<Exclude<keyof Client, 'close' | 'installationTag'>, () => Promise<void>>;

let clients: Clients;
beforeAll(async () => {
  clients = await openClients();
});
afterAll(() => clients.close());

const { signal } = new AbortController();
const known = { agent: '', key: '', secret: '', base: '', source: '', objectKey: '', job: '' };
const name = 'parley-contract';

const walkGradient = (gradient: Gradient): Walk<Gradient> => ({
  modelUuid: async () => {
    expect(await gradient.modelUuid()).not.toBe('');
  },
  createAgent: async () => {
    const modelUuid = await gradient.modelUuid();
    const texts = { name, instruction: 'Help.', description: 'Support', tags: ['parley', 'website:example'] };
    known.agent = (await gradient.createAgent({ ...texts, modelUuid })).uuid;
  },
  findAgents: async () => {
    expect(await gradient.findAgents((listed) => listed === name)).toMatchObject([{ uuid: known.agent }]);
  },
  configureAgent: async () => {
    const retrieval_method = 'RETRIEVAL_METHOD_NONE';
    const settings = { temperature: 0.1, max_tokens: 512, k: 10, retrieval_method, provide_citations: true };
    expect(await gradient.configureAgent(known.agent, settings, signal)).toMatchObject({ uuid: known.agent });
  },
  createKey: async () => {
    const { uuid, secret } = await gradient.createKey(known.agent, 'parley');
    Object.assign(known, { key: uuid, secret });
  },
  listKeys: async () => {
    expect(await gradient.listKeys(known.agent, signal)).toEqual([{ uuid: known.key, name: 'parley' }]);
  },
  attachBase: async () => {
    await gradient.attachBase(known.agent, known.base, signal);
  },
  getAgent: async () => {
    expect(await gradient.getAgent(known.agent, signal)).toMatchObject({ kbUuids: [known.base] });
  },
  detachBase: async () => {
    await gradient.detachBase(known.agent, known.base, signal);
    await gradient.detachBase(known.agent, known.base, signal);
  },
  deleteKey: async () => {
    await gradient.deleteKey(known.agent, known.key, signal);
    await gradient.deleteKey(known.agent, known.key, signal);
  },
  deleteAgent: async () => {
    await gradient.deleteAgent(known.agent, signal);
    await gradient.deleteAgent(known.agent, signal);
    expect(await gradient.getAgent(known.agent, signal)).toBeNull();
  },
});

const walkCloud = (cloud: Cloud): Walk<Cloud> => ({
  embeddingModel: async () => {
    expect(await cloud.embeddingModel()).not.toBe('');
  },
  uploadFile: async () => {
    known.objectKey = await cloud.uploadFile({ name: 'a.md', body: new TextEncoder().encode('# Delivery\nTwo days.') });
  },
  createBase: async () => {
    const chunking = cloudChunkingOf({ chunkSize: 1_000, useSemantic: true });
    const file = { storedName: 'a.md', bytes: 21, objectKey: known.objectKey, chunking };
    known.base = (await cloud.createBase({ name, databaseId: null, files: [file] })).uuid;
  },
  listBases: async () => {
    expect(await cloud.listBases()).toMatchObject([{ name }]);
  },
  findBases: async () => {
    expect(await cloud.findBases(name)).toMatchObject([{ uuid: known.base }]);
  },
  getBase: async () => {
    const base = await cloud.getBase(known.base);
    expect(base).toMatchObject({ databaseStatus: 'ONLINE' });
    known.job = base?.indexingJobUuid ?? '';
  },
  indexingOutcome: async () => {
    expect(await cloud.indexingOutcome(known.job)).toBe('succeeded');
  },
  listSources: async () => {
    known.source = (await cloud.listSources(known.base)).get('a.md') ?? '';
    expect(known.source).not.toBe('');
  },
  sourceVerdicts: async () => {
    expect((await cloud.sourceVerdicts(known.job)).get(known.source)).toEqual({ is: 'indexed' });
  },
  startIndexing: async () => {
    expect(await cloud.startIndexing(known.base)).not.toBe('');
  },
  refreshIndex: async () => {
    await cloud.refreshIndex(known.base);
  },
  deleteSource: async () => {
    await cloud.deleteSource(known.base, known.source);
    await cloud.deleteSource(known.base, known.source);
  },
  deleteBase: async () => {
    await cloud.deleteBase(known.base);
    await cloud.deleteBase(known.base);
    expect(await cloud.getBase(known.base)).toBeNull();
  },
});

const askAgent = async ({ agent, gradient }: Clients): Promise<void> => {
  const endpoint = (await gradient.getAgent(known.agent, signal))?.url ?? '';
  const messages = [
    { role: 'system' as const, content: 'Be short.' },
    { role: 'user' as const, content: 'How long is delivery?' },
  ];
  let chunks = 0;
  for await (const chunk of await agent.complete({ endpoint, accessKey: known.secret }, messages, signal)) {
    chunks += chunk.hasFailed ? 0 : 1;
  }
  expect(chunks).toBeGreaterThan(1);
};

test('every call that our clients can make is one that the contract has, and nothing else is sent', async () => {
  const base = walkCloud(clients.cloud);
  const agent = walkGradient(clients.gradient);
  const order = [
    [base.embeddingModel, base.uploadFile, base.createBase, base.listBases, base.findBases, base.getBase],
    [base.indexingOutcome, base.listSources, base.sourceVerdicts, base.startIndexing, base.refreshIndex],
    [agent.modelUuid, agent.createAgent, agent.findAgents, agent.configureAgent, agent.createKey, agent.listKeys],
    [agent.attachBase, agent.getAgent, () => askAgent(clients), agent.detachBase],
    [base.deleteSource, base.deleteBase, agent.deleteKey, agent.deleteAgent],
  ].flat();
  expect(order).toHaveLength(Object.keys(base).length + Object.keys(agent).length + 1);
  for (const step of order) await step();

  expect(await clients.control('/violations')).toEqual({ violations: [] });
  const journal = z
    .object({ entries: z.array(z.object({ method: z.string(), path: z.string(), query: z.string() })) })
    .parse(await clients.control('/journal'));
  const ids = /[0-9a-f]{8}-[0-9a-f-]{27}[^/]*|(?<=\/agent\/)[a-z0-9]{24}/g;
  const made = new Set(journal.entries.map(({ method, path }) => `${method} ${path.replace(ids, '*')}`));
  expect([...made].sort()).toMatchInlineSnapshot(`
    [
      "DELETE /v2/gen-ai/agents/*",
      "DELETE /v2/gen-ai/agents/*/api_keys/*",
      "DELETE /v2/gen-ai/agents/*/knowledge_bases/*",
      "DELETE /v2/gen-ai/knowledge_bases/*",
      "DELETE /v2/gen-ai/knowledge_bases/*/data_sources/*",
      "GET /v2/gen-ai/agents",
      "GET /v2/gen-ai/agents/*",
      "GET /v2/gen-ai/agents/*/api_keys",
      "GET /v2/gen-ai/indexing_jobs/*",
      "GET /v2/gen-ai/indexing_jobs/*/data_sources",
      "GET /v2/gen-ai/knowledge_bases",
      "GET /v2/gen-ai/knowledge_bases/*",
      "GET /v2/gen-ai/knowledge_bases/*/data_sources",
      "GET /v2/gen-ai/models",
      "POST /agent/*/api/v1/chat/completions",
      "POST /v2/gen-ai/agents",
      "POST /v2/gen-ai/agents/*/api_keys",
      "POST /v2/gen-ai/agents/*/knowledge_bases",
      "POST /v2/gen-ai/indexing_jobs",
      "POST /v2/gen-ai/knowledge_bases",
      "POST /v2/gen-ai/knowledge_bases/data_sources/file_upload_presigned_urls",
      "PUT /storage/uploads/*",
      "PUT /v2/gen-ai/agents/*",
    ]
  `);
  const chat = journal.entries.filter(({ path }) => path.startsWith('/agent/'));
  expect(chat.map(({ query }) => query)).toEqual(['?agent=true']);
});
