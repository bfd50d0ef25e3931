import { expect, test } from 'vitest';
import { loadProvisioningConfig } from './config.ts';

const emulated = { GRADIENT_BASE_URL: 'http://127.0.0.1:9000/v2/gen-ai/' };

test('against an emulator nothing needs to be set, and the waits are short', () => {
  const config = loadProvisioningConfig(emulated);
  expect(config).toMatchObject({ isRealCloud: false, baseUrl: 'http://127.0.0.1:9000/v2/gen-ai', region: 'tor1' });
  expect(config.settleMs).toBeGreaterThan(config.callTimeoutMs);
});

test.each(['DIGITALOCEAN_TOKEN', 'DIGITALOCEAN_PROJECT_ID'])(
  'against DigitalOcean %s must be set, and no value is shown',
  (name) => {
    const complete = { DIGITALOCEAN_TOKEN: 'dop_v1_secret', DIGITALOCEAN_PROJECT_ID: 'a-project' };
    expect(loadProvisioningConfig(complete)).toMatchObject({ isRealCloud: true, settleMs: 90_000 });
    expect(() => loadProvisioningConfig({ ...complete, [name]: '' })).toThrow(name);
    expect(() => loadProvisioningConfig({ ...complete, [name]: '' })).not.toThrow(/secret|a-project/);
  },
);

test('a settle window shorter than a call can take is refused, as is an agent name the cloud would refuse', () => {
  expect(() => loadProvisioningConfig({ ...emulated, PROVISIONING_SETTLE_MS: '5' })).toThrow('PROVISIONING_SETTLE_MS');
  for (const name of ['Support', 'a'.repeat(20), '-support', 'support agent']) {
    expect(() => loadProvisioningConfig({ ...emulated, DIGITALOCEAN_AGENT_NAME: name })).toThrow(
      'DIGITALOCEAN_AGENT_NAME',
    );
  }
});
