import { expect, test } from 'vitest';
import { planProcesses } from './processes.ts';
import { loadSettings } from './settings.ts';

const plan = async (environment: Record<string, string>) =>
  (await planProcesses(loadSettings(environment))).map(({ label, port }) =>
    port === undefined ? label : `${label} at ${port}`,
  );

test('each service runs once unless REPLICAS says otherwise, and gateways follow each other from PORT on', async () => {
  expect(await plan({})).toEqual(['gateway at 8000', 'provisioning', 'knowledge', 'chat', 'memory']);
  expect(await plan({ REPLICAS: 'gateway=2,chat=2', PORT: '9000' })).toEqual([
    'gateway 1 at 9000',
    'gateway 2 at 9001',
    'provisioning',
    'knowledge',
    'chat 1',
    'chat 2',
    'memory',
  ]);
});

test('the database is that of DATABASE_URL, or of POSTGRES_HOST and its like', () => {
  const byParts = { POSTGRES_HOST: 'db.example', POSTGRES_USER: 'me', POSTGRES_PASSWORD: 'p@ss' };
  expect(loadSettings({}).DATABASE_URL).toBeUndefined();
  expect(loadSettings(byParts).DATABASE_URL).toBe('postgresql://me:p%40ss@db.example:5432/parley');
  expect(loadSettings({ ...byParts, DATABASE_URL: 'postgresql://other/x' }).DATABASE_URL).toBe('postgresql://other/x');
});
