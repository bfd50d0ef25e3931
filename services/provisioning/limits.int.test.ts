import { afterEach, expect, test } from 'vitest';
import { kbIndexed } from '../../shared/contracts/knowledge.ts';
import * as contracts from '../../shared/contracts/provisioning.ts';
import { sha256Hex } from '../../shared/crypto/hash.ts';
import { openWorld, until, type World } from './testing/world.ts';

let world: World;
afterEach(() => world.close());

const openWith = async (settings: Readonly<Record<string, string>>): Promise<void> => {
  world = await openWorld({ settings });
  await world.startReplica();
};

test('a deployment over its time limit fails the domain in words, and a retry gives it its time again', async () => {
  await openWith({ PROVISIONING_DEPLOY_TIMEOUT_MS: '300' });
  // Far over the limit: a slow machine must not find it running at its first look.
  await world.setCloud({ deploy_ms: 6_000 });
  const { domain } = await world.register('slow.example.com');
  const failed = await world.untilState(domain.domain_id, 'failed');
  expect(failed.failure).toMatchObject({ code: 'agent_failed' });
  expect(failed.failure?.detail).toMatch(/was not running after .* STATUS_(WAITING_FOR_DEPLOYMENT|DEPLOYING)/);
  await until('ready after retries', async () => {
    await world.ask(contracts.retryDomain, { domain_id: domain.domain_id });
    return (await world.domain(domain.domain_id)).state === 'ready';
  });
  expect((await world.cloudJournal()).counts).toMatchObject({ agents: 1, agent_keys: 1 });
});

test('a key refused right after it was made is not renewed again and again', async () => {
  await openWith({ PROVISIONING_KEY_RENEWAL_MIN_MS: '60000' });
  const { domain } = await world.register('shop.example.com');
  await world.untilState(domain.domain_id, 'ready');
  const access = await world.ask(contracts.getAgentAccess, { domain_id: domain.domain_id });
  await expect(
    world.ask(contracts.getAgentAccess, { domain_id: domain.domain_id, stale_key_hash: sha256Hex(access.access_key) }),
  ).rejects.toMatchObject({ code: 'agent_unavailable' });
  expect((await world.cloudJournal()).counts['agent_keys']).toBe(1);
});

test('a base the cloud does not know is given up after its attempts and hurts no other', async () => {
  await openWith({ PROVISIONING_RETRY_CAP_MS: '10' });
  const { domain } = await world.register('shop.example.com');
  const id = domain.domain_id;
  await world.untilState(id, 'ready');
  await world.publish(kbIndexed, id, 'no-such-base');
  await until('refused', async () => {
    const rows = await world.sql<{ state: string }>('select state from kb_attachments where domain_id = $1', [id]);
    return rows[0]?.state === 'refused';
  });
  const told = await world.events.until(contracts.kbRefused, id);
  expect(told.data).toMatchObject({ kb_uuid: 'no-such-base', error: { code: 'cloud_refused' } });
  const attempts = (await world.cloudJournal()).entries.filter(({ path }) => path.endsWith('/knowledge_bases'));
  expect(attempts).toHaveLength(20);
  expect((await world.domain(id)).state).toBe('ready');
});

test('a wrong token fails the domain and says what to check', async () => {
  await openWith({ DIGITALOCEAN_TOKEN: 'not-the-token' });
  const { domain } = await world.register('shop.example.com');
  const failed = await world.untilState(domain.domain_id, 'failed');
  expect(failed.failure).toMatchObject({ code: 'cloud_credential_invalid' });
  expect(failed.failure?.detail).toContain('DIGITALOCEAN_TOKEN');
  expect(failed.failure?.detail).not.toContain('not-the-token');
});
