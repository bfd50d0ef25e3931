import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import type { TestProject } from 'vitest/node';
import { migrate } from '../../infra/migrations/migrate.ts';
import { databaseUrl } from './servers.ts';
import { startServers } from './start-servers.ts';

/** Real servers for a project's tests, gone after them. */
const setup = async ({ provide }: TestProject): Promise<() => Promise<void>> => {
  const servers = await startServers();
  const templateDatabase = `parley_template_${randomUUID().replaceAll('-', '')}`;
  await execute(servers.postgresUrl, `create database ${templateDatabase}`);
  await migrate(databaseUrl(servers.postgresUrl, templateDatabase));
  provide('postgresUrl', servers.postgresUrl);
  provide('templateDatabase', templateDatabase);
  provide('nats', servers.nats);
  return async () => {
    await execute(servers.postgresUrl, `drop database if exists ${templateDatabase} with (force)`);
    await servers.stop();
  };
};

export default setup;

const execute = async (url: string, sql: string): Promise<void> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
};
