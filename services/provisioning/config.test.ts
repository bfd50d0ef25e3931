import { expect, test } from 'vitest';
import { loadProvisioningConfig } from './config.ts';

const emulated = { GRADIENT_BASE_URL: 'http://127.0.0.1:9000/v2/gen-ai/' };

test.each(['Support', 'a'.repeat(20), '-support', 'support agent'])(
  'an agent name that the cloud would refuse is refused at the start: %s',
  (name) => {
    expect(() => loadProvisioningConfig({ ...emulated, DIGITALOCEAN_AGENT_NAME: name })).toThrow(
      'DIGITALOCEAN_AGENT_NAME',
    );
  },
);

test('an emulator is looked at more often than the cloud', () => {
  const cloud = { DIGITALOCEAN_TOKEN: 'dop_v1_secret', DIGITALOCEAN_PROJECT_ID: 'a-project' };
  expect(loadProvisioningConfig(emulated).pollMinMs).toBeLessThan(loadProvisioningConfig(cloud).pollMinMs);
});
