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

test('a failpoint acts on a share of the passes, on the same ones every time, on others with another seed', async () => {
  const thrownBy = async (list: string): Promise<readonly number[]> => {
    const place = failpointsOf({ FAILPOINTS: list });
    const passes = Array.from({ length: 1_000 }, (_, pass) =>
      place('a.b').then(
        () => [],
        () => [pass],
      ),
    );
    return (await Promise.all(passes)).flat();
  };
  const thrown = await thrownBy('a.b=throw:10%');
  expect(thrown.length).toBeGreaterThan(70);
  expect(thrown.length).toBeLessThan(130);
  expect(await thrownBy('a.b=throw:10%')).toEqual(thrown);
  expect(await thrownBy('a.b=throw:10%@8')).not.toEqual(thrown);
});

test('a failpoint delays', async () => {
  const startedAt = performance.now();
  await failpointsOf({ FAILPOINTS: 'a.b=delay:30' })('a.b');
  expect(performance.now() - startedAt).toBeGreaterThan(25);
});

test('production refuses failpoints, and everybody a list that cannot be read', () => {
  expect(() => failpointsOf({ FAILPOINTS: 'a.b=kill', NODE_ENV: 'production' })).toThrow(ConfigError);
  for (const list of [
    'a.b',
    'a.b=explode',
    'a.b=delay',
    'a.b=kill:0',
    'a.b=throw:0%',
    'a.b=throw:100%',
    'a.b=throw:10%@',
    ',',
  ]) {
    expect(() => failpointsOf({ FAILPOINTS: list }), list).toThrow(ConfigError);
  }
});
