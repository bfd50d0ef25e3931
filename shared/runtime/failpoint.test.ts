import { expect, test } from 'vitest';
import { ConfigError } from './config.ts';
import { FailpointError, failpointsOf } from './failpoint.ts';

test('a failpoint that nobody asked for does nothing', async () => {
  await expect(failpointsOf({})('saga.before_post')).resolves.toBeUndefined();
  await expect(failpointsOf({ FAILPOINTS: 'saga.after_post=throw' })('saga.before_post')).resolves.toBeUndefined();
});

test('a failpoint throws each time, or only the time that it was told', async () => {
  const always = failpointsOf({ FAILPOINTS: 'a.b=throw' });
  await expect(always('a.b')).rejects.toBeInstanceOf(FailpointError);
  await expect(always('a.b')).rejects.toBeInstanceOf(FailpointError);

  const second = failpointsOf({ FAILPOINTS: 'x.y=throw, a.b=throw:2' });
  await second('a.b');
  await expect(second('a.b')).rejects.toBeInstanceOf(FailpointError);
  await second('a.b');
});

test('a failpoint delays', async () => {
  const startedAt = performance.now();
  await failpointsOf({ FAILPOINTS: 'a.b=delay:30' })('a.b');
  expect(performance.now() - startedAt).toBeGreaterThan(25);
});

test('production refuses failpoints, and everybody a list that cannot be read', () => {
  expect(() => failpointsOf({ FAILPOINTS: 'a.b=kill', NODE_ENV: 'production' })).toThrow(ConfigError);
  for (const list of ['a.b', 'a.b=explode', 'a.b=delay', 'a.b=kill:0', ',']) {
    expect(() => failpointsOf({ FAILPOINTS: list }), list).toThrow(ConfigError);
  }
});
