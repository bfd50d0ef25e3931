import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openEngine } from '../../infra/migrations/engine.ts';
import { migrate } from '../../infra/migrations/migrate.ts';
import { createDatabase, type TestDatabase } from '../support/servers.ts';

let database: TestDatabase;
let client: Client;

beforeAll(async () => {
  database = await createDatabase();
  client = new Client({ connectionString: database.url });
  await client.connect();
});

afterAll(async () => {
  await client.end();
  await database.drop();
});

test('the migrations, applied in order, give exactly the schema', async () => {
  const engine = await openEngine(database.url);
  try {
    expect(
      await engine.difference(),
      'run `npm run db:diff -- <title>` to write the missing migration',
    ).toBeUndefined();
  } finally {
    await engine.close();
  }
});

test('a database that is up to date is left alone', async () => {
  expect(await migrate(database.url)).toEqual([]);
});

test('a migration that was edited after it was applied is refused', async () => {
  await client.query(`update _prisma_migrations set checksum = 'edited' where checksum <> ''`);
  await expect(migrate(database.url)).rejects.toThrow(/was changed after/);
});

// Operators have these in their notes and dashboards since the first version.
const monitoringQueries = [
  `SELECT id, domain_name, created_at FROM registered_domains ORDER BY created_at DESC;`,
  `SELECT a.website_key, a.agent_uuid, a.website_url, a.agent_access_key IS NOT NULL as has_key, a.created_at FROM agents a ORDER BY a.created_at DESC;`,
  `SELECT website_key, kb_uuid, website_url, kb_name FROM knowledge_bases ORDER BY created_at DESC;`,
  `SELECT (SELECT COUNT(*) FROM registered_domains) as total_domains, (SELECT COUNT(*) FROM agents) as total_agents, (SELECT COUNT(*) FROM knowledge_bases) as total_kbs, (SELECT COUNT(*) FROM user_sessions WHERE status = 'active') as active_sessions;`,
  `SELECT website_key, agent_uuid, LENGTH(agent_access_key) as key_length, agent_access_key IS NOT NULL as has_key FROM agents;`,
];

test.each(monitoringQueries)('the inherited monitoring query runs as it stands: %s', async (query) => {
  const { fields } = await client.query(query);
  expect(fields.length).toBeGreaterThan(0);
});
