import { afterAll, beforeAll, expect, test } from 'vitest';
import { kbIndexed, kbRetired } from '../../shared/contracts/knowledge.ts';
import * as contracts from '../../shared/contracts/provisioning.ts';
import { sha256Hex } from '../../shared/crypto/hash.ts';
import { openWorld, until, type World } from './testing/world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
  await world.startReplica();
});
afterAll(() => world.close());

const aBase = async (): Promise<string> => {
  const answer = (await world.inCloud('POST', '/knowledge_bases', { name: 'a-base' })) as {
    knowledge_base: { uuid: string };
  };
  return answer.knowledge_base.uuid;
};

const readyDomain = async (name: string) => {
  const registered = await world.register(name);
  await world.untilState(registered.domain.domain_id, 'ready');
  return { id: registered.domain.domain_id, apiKey: registered.api_key };
};

test('a registration answers at once and ends with a configured, running agent, told in order', async () => {
  const { domain, api_key } = await world.register('https://www.Shop.example.com/welcome');
  expect(domain).toMatchObject({
    domain_name: 'shop.example.com',
    state: 'registered',
    agent_uuid: null,
    failure: null,
  });
  expect(api_key).toMatch(/^pk_[A-Za-z0-9_-]{43}$/);

  const ready = await world.untilState(domain.domain_id, 'ready');
  await world.events.until(contracts.agentRunning, domain.domain_id);
  expect(world.events.namesOf(domain.domain_id)).toEqual(['DomainRegistered', 'AgentCreated', 'AgentRunning']);

  const { agent } = (await world.inCloud('GET', `/agents/${ready.agent_uuid}`)) as { agent: Record<string, unknown> };
  expect(agent).toMatchObject({ temperature: 0.1, provide_citations: true, max_tokens: 512 });
  expect(agent['name']).toMatch(/^customer-support-[0-9a-f]{12}$/);

  const access = await world.ask(contracts.getAgentAccess, { domain_id: domain.domain_id });
  expect(access).toMatchObject({ agent_uuid: ready.agent_uuid, knowledge_base_uuids: [] });
  const [row] = await world.sql<{ agent_access_key: string; api_key: string }>(
    'select a.agent_access_key, d.api_key from agents a join registered_domains d on d.id = a.domain_id where d.id = $1',
    [domain.domain_id],
  );
  expect(row?.agent_access_key).not.toContain(access.access_key);
  expect(row?.api_key).toBe(sha256Hex(api_key));
  expect(await world.violations()).toEqual([]);
});

test('a second register of the same hostname answers domain_taken and creates no agent', async () => {
  await readyDomain('taken.example.com');
  const before = await world.cloudJournal();
  await expect(world.register('HTTPS://TAKEN.example.com/again')).rejects.toMatchObject({
    code: 'domain_taken',
    extensions: { existing_domain: 'taken.example.com' },
  });
  expect((await world.cloudJournal()).counts['agents']).toBe(before.counts['agents']);
});

test('of twenty registrations of one name at the same moment one succeeds', async () => {
  const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => world.register('race.example.com')));
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

test('the same idempotency key gives the same API key, and with another body is refused', async () => {
  const request = (name: string) => ({
    domain_name: name,
    idempotency: { key: 'order-1', request_hash: sha256Hex(name) },
  });
  const first = await world.ask(contracts.registerDomain, request('once.example.com'));
  expect(await world.ask(contracts.registerDomain, request('once.example.com'))).toEqual(first);
  await expect(world.ask(contracts.registerDomain, request('other.example.com'))).rejects.toMatchObject({
    code: 'idempotency_key_reused',
  });
});

test('before the agent runs its access answers agent_deploying with how far it is', async () => {
  await world.setCloud({ deploy_ms: 2_000 });
  try {
    const { domain } = await world.register('slow.example.com');
    await world.untilState(domain.domain_id, 'waiting_running');
    const failure: unknown = await world
      .ask(contracts.getAgentAccess, { domain_id: domain.domain_id })
      .catch((thrown: unknown) => thrown);
    expect(failure).toMatchObject({
      code: 'agent_deploying',
      extensions: { deployment_state: 'waiting_running', progress: 0.5 },
    });
    expect(failure).toHaveProperty('retryAfterMs', expect.closeTo(3_500, -4));
    await world.untilState(domain.domain_id, 'ready');
  } finally {
    await world.setCloud({ deploy_ms: 150 });
  }
});

test('a base indexed before the agent runs is attached once it does, told once, and detached when retired', async () => {
  const kbUuid = await aBase();
  const { domain } = await world.register('docs.example.com');
  const domainId = domain.domain_id;
  await world.publish(kbIndexed, domainId, kbUuid);
  await world.publish(kbIndexed, domainId, kbUuid);
  await world.events.until(contracts.kbAttached, domainId);
  expect(await world.ask(contracts.getAgentAccess, { domain_id: domainId })).toMatchObject({
    knowledge_base_uuids: [kbUuid],
  });

  await world.publish(kbRetired, domainId, kbUuid);
  await world.events.until(contracts.kbDetached, domainId);
  expect(await world.ask(contracts.getAgentAccess, { domain_id: domainId })).toMatchObject({
    knowledge_base_uuids: [],
  });
  const told = world.events.namesOf(domainId).filter((name) => name === 'KbAttached' || name === 'KbDetached');
  expect(told).toEqual(['KbAttached', 'KbDetached']);
});

// Two streams, two consumers, redeliveries: the bus promises no order between one event and another.
test('a base that was told to go before it was told to be there is never attached', async () => {
  const { id } = await readyDomain('late.example.com');
  const [gone, kept] = [await aBase(), await aBase()];
  await world.publish(kbRetired, id, gone);
  await world.events.until(contracts.kbDetached, id);
  await world.publish(kbIndexed, id, gone);
  await world.publish(kbIndexed, id, kept);
  await world.events.until(contracts.kbAttached, id);
  const { agents } = await world.ask(contracts.listAgents, { domain_id: id });
  expect(agents[0]?.knowledge_base_uuids).toEqual([kept]);
  const rows = await world.sql<{ state: string }>(
    'select state from kb_attachments where domain_id = $1 and kb_uuid = $2',
    [id, gone],
  );
  expect(rows).toEqual([{ state: 'detached' }]);
});

test('a base that is attached and told again is answered again, and one that is detached too', async () => {
  const { id } = await readyDomain('again.example.com');
  const kbUuid = await aBase();
  const told = (name: string): number => world.events.namesOf(id).filter((seen) => seen === name).length;
  await world.publish(kbIndexed, id, kbUuid);
  await world.events.until(contracts.kbAttached, id);
  await world.publish(kbIndexed, id, kbUuid);
  await until('KbAttached again', async () => told('KbAttached') === 2);
  await world.publish(kbRetired, id, kbUuid);
  await world.events.until(contracts.kbDetached, id);
  await world.publish(kbRetired, id, kbUuid);
  await until('KbDetached again', async () => told('KbDetached') === 2);
});

test('bases attached at the same moment are all on the agent', async () => {
  const { id } = await readyDomain('many.example.com');
  const bases = await Promise.all([aBase(), aBase(), aBase(), aBase()]);
  await Promise.all(bases.map((kbUuid) => world.publish(kbIndexed, id, kbUuid)));
  const agents = await until('four bases', async () => {
    const page = await world.ask(contracts.listAgents, { domain_id: id });
    return page.agents[0]?.knowledge_base_uuids.length === 4 && page.agents;
  });
  expect([...(agents[0]?.knowledge_base_uuids ?? [])].sort()).toEqual([...bases].sort());
  expect(agents[0]).toMatchObject({ has_access_key: true, deployment_status: 'STATUS_RUNNING' });
});

test('a rotated key works beside the one before, and an unknown one is refused', async () => {
  const { id, apiKey } = await readyDomain('keys.example.com');
  const rotated = await world.ask(contracts.rotateApiKey, { domain_id: id });
  for (const key of [apiKey, rotated.api_key]) {
    const { domain } = await world.ask(contracts.authenticateKey, { api_key_hash: sha256Hex(key) });
    expect(domain.domain_id).toBe(id);
  }
  await world.sql('update registered_domains set previous_api_key_valid_until = now() where id = $1', [id]);
  for (const key of [apiKey, 'pk_unknown']) {
    await expect(world.ask(contracts.authenticateKey, { api_key_hash: sha256Hex(key) })).rejects.toMatchObject({
      code: 'credential_invalid',
    });
  }
});

test('an update keeps what it does not name, and two at the same moment both count', async () => {
  const { id } = await readyDomain('settings.example.com');
  await Promise.all([
    world.ask(contracts.updateDomain, { domain_id: id, settings: { widget: { title: 'Ask us' } } }),
    world.ask(contracts.updateDomain, { domain_id: id, settings: { suggested_questions: ['Where is it?'] } }),
  ]);
  expect((await world.domain(id)).settings).toEqual({
    widget: { title: 'Ask us' },
    suggested_questions: ['Where is it?'],
  });
});

test('pages of domains hold every domain once, newest first', async () => {
  const names: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await world.ask(contracts.listDomains, { limit: 3, ...(cursor === undefined ? {} : { cursor }) });
    names.push(...page.domains.map((domain) => domain.domain_name));
    cursor = page.next_cursor ?? undefined;
    expect(page.total).toBeGreaterThanOrEqual(names.length);
  } while (cursor !== undefined);
  expect(new Set(names).size).toBe(names.length);
  expect(names.at(-1)).toBe('shop.example.com');
  await expect(world.ask(contracts.listDomains, { cursor: 'not-ours' })).rejects.toMatchObject({
    code: 'invalid_request',
  });
});

test('a removed domain is gone here and in the cloud, and its name is free again', async () => {
  const { id } = await readyDomain('gone.example.com');
  const before = (await world.cloudJournal()).counts;
  expect((await world.ask(contracts.removeDomain, { domain_id: id })).domain.state).toBe('deleting');
  await world.events.until(contracts.domainRemoved, id);
  await expect(world.domain(id)).rejects.toMatchObject({ code: 'domain_unknown' });
  expect(await world.sql('select subject from outbox where ordered_by = $1', [id])).toEqual([
    { subject: contracts.domainRemoved.subject },
  ]);
  const after = (await world.cloudJournal()).counts;
  expect(after['agents']).toBe((before['agents'] ?? 0) - 1);
  expect(after['agent_keys']).toBe((before['agent_keys'] ?? 0) - 1);
  await readyDomain('gone.example.com');
});
