import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../shared/runtime/config.ts';
import { loadGatewayConfig } from './config.ts';

const strong = 'k'.repeat(43);

describe('the settings of the gateway', () => {
  it('in development listen to this machine, with the known admin key and public knowledge', () => {
    expect(loadGatewayConfig({})).toMatchObject({
      port: 8000,
      host: '127.0.0.1',
      adminKey: 'test_api_key_123',
      knowledgeWriteAuth: 'domain-id',
      uploadBytesMax: 10_485_760,
      trustProxy: false,
    });
  });

  it('in production want a key for knowledge', () => {
    expect(loadGatewayConfig({ NODE_ENV: 'production', ADMIN_API_KEY: strong })).toMatchObject({
      host: '0.0.0.0',
      isDevelopment: false,
      knowledgeWriteAuth: 'api-key',
    });
  });

  it.each([{}, { ADMIN_API_KEY: 'test_api_key_123' }, { ADMIN_API_KEY: '' }])(
    'in production refuse the default admin key: %j',
    (given) => {
      expect(() => loadGatewayConfig({ NODE_ENV: 'production', ...given })).toThrow(/ADMIN_API_KEY/);
    },
  );

  it.each([
    { PORT: '70000' },
    { PORT: 'http' },
    { KNOWLEDGE_WRITE_AUTH: 'nobody' },
    { TRUST_PROXY: 'true' },
    { TRUST_PROXY: '10.0.0.0/8,everyone' },
    { CORS_ORIGINS: 'not a url' },
    { CORS_ORIGINS: 'ftp://files.example' },
    { ADMIN_API_KEY: 'short' },
  ])('refuse %j in one line', (given) => {
    expect(() => loadGatewayConfig(given)).toThrow(ConfigError);
  });

  it.each([
    ['2', 2],
    ['loopback,10.0.0.0/8', ['loopback', '10.0.0.0/8']],
    ['false', false],
  ])('read TRUST_PROXY=%s', (given, expected) => {
    expect(loadGatewayConfig({ TRUST_PROXY: given }).trustProxy).toEqual(expected);
  });
});
