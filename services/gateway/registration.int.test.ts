import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectMemori, validateMemoriKey } from '../../shared/contracts/memory.ts';
import { registerDomain, rotateApiKey } from '../../shared/contracts/provisioning.ts';
import { Failure } from '../../shared/errors/failure.ts';
import { acmeId, acmeKey, aDomain, adminKey, now } from './testing/builders.ts';
import { script, scriptTwoDomains } from './testing/scripted.ts';
import { send } from './testing/send.ts';
import { startTestGateway, type TestGateway } from './testing/start.ts';

const admin = { authorization: `Bearer ${adminKey}` };

describe('POST /register-domain', () => {
  let gateway: TestGateway;
  let registered: Awaited<ReturnType<typeof scriptRegister>>;
  let outcome: () => void;
  const scriptRegister = () =>
    script(gateway.bus, registerDomain, () => {
      outcome();
      return { domain: aDomain({ state: 'registered', agent_uuid: null }), api_key: 'shown-once' };
    });

  beforeEach(async () => {
    gateway = await startTestGateway();
    outcome = () => undefined;
    registered = await scriptRegister();
  });
  afterEach(() => gateway.stop());

  const register = (body: object, headers: Record<string, string> = admin) =>
    send(gateway, '/register-domain', { headers, body });

  it('answers at once in the inherited fields', async () => {
    const reply = await register({ domain_name: 'acme.example', memori_api_key: null });
    expect(reply.status).toBe(200);
    expect(reply.json).toMatchObject({
      domain_id: acmeId,
      api_key: 'shown-once',
      message: expect.any(String) as unknown,
      agent_created: false,
      agent_uuid: null,
      agent_deployment_status: 'registered',
      deployment_message: expect.stringContaining(`/domains/${acmeId}/events`) as unknown,
    });
    expect(registered).toEqual([{ domain_name: 'acme.example' }]);
  });

  it('tells which domain is there already', async () => {
    outcome = () => {
      throw new Failure('domain_taken', { extensions: { existing_domain: 'acme.example' } });
    };
    const reply = await register({ domain_name: 'acme.example' });
    expect([reply.status, reply.json.code, reply.json.existing_domain]).toEqual([409, 'domain_taken', 'acme.example']);
  });

  it('passes the idempotency key with a hash of the request', async () => {
    const headers = { ...admin, 'idempotency-key': 'k-1' };
    await register({ domain_name: 'acme.example' }, headers);
    await register({ memori_api_key: null, domain_name: 'acme.example' }, headers);
    await register({ domain_name: 'other.example' }, headers);
    const [first, again, other] = registered.map(({ idempotency }) => idempotency);
    expect(first).toMatchObject({ key: 'k-1' });
    expect(again).toEqual(first);
    expect(other?.request_hash).not.toBe(first?.request_hash);
  });

  it('with a Memori key proves it first, and takes no name for a wrong one', async () => {
    await script(gateway.bus, validateMemoriKey, () => {
      throw new Failure('memori_key_invalid');
    });
    const reply = await register({ domain_name: 'acme.example', memori_api_key: 'wrong' });
    expect([reply.status, reply.json.code]).toEqual([400, 'memori_key_invalid']);
    expect(registered).toEqual([]);
  });

  it('with a good Memori key connects it', async () => {
    await script(gateway.bus, validateMemoriKey, () => ({ status: 'valid' as const }));
    const connected = await script(gateway.bus, connectMemori, () => ({ connected: true as const }));
    const reply = await register({ domain_name: 'acme.example', memori_api_key: 'good' });
    expect(reply.json.memori_connected).toBe(true);
    expect(connected).toEqual([{ domain_id: acmeId, memori_api_key: 'good' }]);
    expect(gateway.log.join()).not.toMatch(/"good"|shown-once/);
  });

  it('never loses the API key of a domain whose Memori key could not be stored', async () => {
    await script(gateway.bus, validateMemoriKey, () => ({ status: 'valid' as const }));
    const reply = await register({ domain_name: 'acme.example', memori_api_key: 'good' });
    expect(reply.status).toBe(200);
    expect(reply.json).toMatchObject({ api_key: 'shown-once', memori_connected: false });
    expect(reply.json.message).toContain('could not be stored');
  });

  it('a rotated key is shown once, and the old one asked for anew', async () => {
    const { keyLookups } = await scriptTwoDomains(gateway.bus);
    await script(gateway.bus, rotateApiKey, () => ({ api_key: 'new-key', previous_valid_until: now }));
    const headers = { authorization: `Bearer ${acmeKey}` };
    const rotate = () => send(gateway, `/domains/${acmeId}/api-key`, { method: 'POST', headers });
    const reply = await rotate();
    expect(reply.json).toEqual({ domain_id: acmeId, api_key: 'new-key', previous_valid_until: now });
    await rotate();
    expect(keyLookups.length).toBe(2);
  });
});
