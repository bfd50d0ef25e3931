import { expect, test } from 'vitest';
import { loadGradientSettings } from './settings.ts';

const emulated = { GRADIENT_BASE_URL: 'http://127.0.0.1:9000/v2/gen-ai/' };

test('against an emulator nothing needs to be set, and the waits are short', () => {
  const settings = loadGradientSettings(emulated);
  expect(settings).toMatchObject({ isRealCloud: false, baseUrl: 'http://127.0.0.1:9000/v2/gen-ai', region: 'tor1' });
  expect(settings.settleMs).toBeGreaterThan(settings.callTimeoutMs);
});

test.each(['DIGITALOCEAN_TOKEN', 'DIGITALOCEAN_PROJECT_ID'])(
  'against DigitalOcean %s must be set, and no value is shown',
  (name) => {
    const complete = { DIGITALOCEAN_TOKEN: 'dop_v1_secret', DIGITALOCEAN_PROJECT_ID: 'a-project' };
    expect(loadGradientSettings(complete)).toMatchObject({ isRealCloud: true, settleMs: 90_000 });
    expect(() => loadGradientSettings({ ...complete, [name]: '' })).toThrow(name);
    expect(() => loadGradientSettings({ ...complete, [name]: '' })).not.toThrow(/secret|a-project/);
  },
);

test('a settle window shorter than a call can take is refused', () => {
  expect(() => loadGradientSettings({ ...emulated, GRADIENT_SETTLE_MS: '5' })).toThrow('GRADIENT_SETTLE_MS');
});
