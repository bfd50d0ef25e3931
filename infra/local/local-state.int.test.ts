import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openLocalState } from './local-state.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-state-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('secrets are made once, kept, and readable by their owner alone', async () => {
  const first = await openLocalState(folder);
  await first.remember({ gradient_port: 18_200 });
  const second = await openLocalState(folder);
  expect(second.value).toEqual({ ...first.value, gradient_port: 18_200 });
  expect(second.value.secrets_key.length).toBeGreaterThan(32);
  expect((await stat(join(folder, 'local.json'))).mode & 0o777).toBe(0o600);
});

test('two folders have nothing in common', async () => {
  const other = await mkdtemp(join(tmpdir(), 'parley-state-'));
  const [one, two] = [(await openLocalState(folder)).value, (await openLocalState(other)).value];
  for (const name of ['secrets_key', 'postgres_password', 'database_name'] as const)
    expect(one[name]).not.toBe(two[name]);
  await rm(other, { recursive: true });
});

test('a file that cannot be read is not overwritten: the secrets in it may be mended', async () => {
  await writeFile(join(folder, 'local.json'), '{"secrets_key": "brok');
  await expect(openLocalState(folder)).rejects.toThrow(/cannot be read/);
  expect(await readFile(join(folder, 'local.json'), 'utf8')).toBe('{"secrets_key": "brok');
});
