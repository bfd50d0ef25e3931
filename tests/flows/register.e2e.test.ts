import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { startSystem, type System } from '../support/system.ts';

const steps = ['DomainRegistered', 'KbCreated', 'AgentCreated', 'AgentRunning', 'KbAttached'];

describe.each(['in-process', 'nats'] as const)('registering a website over the %s bus', (bus) => {
  let system: System;
  beforeAll(async () => {
    system = await startSystem({ bus, clouds: { deployMs: 1_500 } });
  });
  afterAll(() => system.stop());

  test('is answered at once, then told step by step, and refuses questions until the agent runs', async () => {
    const { api, clouds } = system;
    const site = await api.register('oak.example');
    expect((await site.domain()).state).not.toBe('ready');

    const session = await site.openSession();
    const early = await site.sendQuestion('When are you open?', { session_id: session.session_id });
    expect(early).toMatchObject({ status: 503, body: { code: 'agent_deploying' } });
    expect(Number(early.headers.get('retry-after'))).toBeGreaterThan(0);

    const stream = await site.events();
    const names = await eventually(() => {
      const seen = stream.events().map(({ event }) => event);
      return steps.every((step) => seen.includes(step)) && seen;
    }, 30_000);
    stream.leave();
    expect(names[0]).toBe('DomainRegistered');
    expect(names.indexOf('AgentCreated')).toBeLessThan(names.indexOf('AgentRunning'));
    expect(names.indexOf('KbAttached')).toBeGreaterThan(names.indexOf('AgentRunning'));
    for (const { data } of stream.events()) expect(data).toMatchObject({ domain_id: site.domainId });

    expect(await site.domain()).toMatchObject({ state: 'ready', failure: null });
    expect(await clouds.gradient.counts()).toMatchObject({
      agents: 1,
      agent_keys: 1,
      knowledge_bases: 1,
      databases: 1,
    });
    expect(await clouds.gradient.violations()).toEqual([]);
    expect((await site.ask('Hello')).answer).not.toBe('');
  });

  test('events go on behind the last one seen', async () => {
    const site = system.api.site(await known(system));
    const whole = await site.events();
    const all = await eventually(() => whole.events().length >= steps.length && whole.events());
    whole.leave();
    const rest = await site.events(`?last_event_id=${all[1]?.id}`);
    const seen = await eventually(() => rest.events().length >= all.length - 2 && rest.events());
    rest.leave();
    expect(seen.map(({ id }) => id).slice(0, all.length - 2)).toEqual(all.slice(2).map(({ id }) => id));
  });

  test.each(['oak.example', 'https://OAK.example/shop', 'www.oak.example', 'oak.example:8443'])(
    'a second time, as %s, answers 409 and creates nothing',
    async (domain_name) => {
      const { api, clouds } = system;
      const before = await clouds.gradient.counts();
      const reply = await api.asAdmin('/register-domain', { body: { domain_name } });
      expect(reply).toMatchObject({ status: 409, body: { code: 'domain_taken', existing_domain: 'oak.example' } });
      expect(await clouds.gradient.counts()).toEqual(before);
    },
  );

  test('with the same idempotency key gives the same answer, with another body 422', async () => {
    const { api, clouds } = system;
    const headers = { 'idempotency-key': 'register-elm' };
    const body = { domain_name: 'elm.example' };
    const first = await api.asAdmin('/register-domain', { headers, body });
    const again = await api.asAdmin('/register-domain', { headers, body });
    expect(first.status).toBe(200);
    expect(again.body).toEqual(first.body);
    const other = await api.asAdmin('/register-domain', { headers, body: { domain_name: 'ash.example' } });
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
    const { domain_id: domainId, api_key: apiKey } = first.body as Record<string, string>;
    await api.site({ domainId: domainId!, apiKey: apiKey!, name: 'elm.example' }).untilState('ready');
    expect((await clouds.gradient.counts())['agents']).toBe(2);
  });

  test('eight at once under one name make one domain and one agent', async () => {
    const { api, clouds } = system;
    const before = (await clouds.gradient.counts())['agents'] ?? 0;
    const replies = await Promise.all(
      Array.from({ length: 8 }, () => api.asAdmin('/register-domain', { body: { domain_name: 'fir.example' } })),
    );
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409, 409, 409, 409]);
    const { domain_id: domainId, api_key: apiKey } = replies.find(({ status }) => status === 200)!.body as Record<
      string,
      string
    >;
    await api.site({ domainId: domainId!, apiKey: apiKey!, name: 'fir.example' }).untilState('ready');
    expect((await clouds.gradient.counts())['agents']).toBe(before + 1);
    expect(await clouds.gradient.violations()).toEqual([]);
  });

  test('takes less than a second, however long the cloud takes', async () => {
    await system.clouds.gradient.fault({ action: 'slow_ms', slow_ms: 1_500, times: 20 });
    const tookMs: number[] = [];
    for (const name of ['one.example', 'two.example', 'three.example']) {
      const startedAt = performance.now();
      await system.api.register(name);
      tookMs.push(performance.now() - startedAt);
    }
    await system.clouds.gradient.clearFaults();
    // The best of three: the machine that runs the tests may be busy with others.
    expect(Math.min(...tookMs)).toBeLessThan(1_000);
  });

  test.each(['', 'not a host', '-oak-.example', 'oak..example', 'http://', `${'o'.repeat(64)}.example`])(
    'with %j is refused',
    async (domain_name) => {
      const reply = await system.api.asAdmin('/register-domain', { body: { domain_name } });
      expect(reply.status).toBe(400);
      expect(reply.body).toHaveProperty('code');
    },
  );
});

/** The site of the first test, with a key of its own. */
const known = async ({ api }: System) => {
  const list = await api.asAdmin('/domains?limit=100');
  const { domains } = list.body as { domains: { domain_id: string; domain_name: string }[] };
  const oak = domains.find(({ domain_name }) => domain_name === 'oak.example')!;
  const rotated = await api.asAdmin(`/domains/${oak.domain_id}/api-key`, { method: 'POST' });
  const { api_key: apiKey } = rotated.body as { api_key: string };
  return { domainId: oak.domain_id, apiKey, name: oak.domain_name };
};
