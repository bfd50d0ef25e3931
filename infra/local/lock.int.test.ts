import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { takeLock } from './lock.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-lock-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('a folder is locked once, and free again after it was let go of', async () => {
  const release = await takeLock(folder);
  await expect(takeLock(folder)).rejects.toThrow(new RegExp(`process ${process.pid}`));
  await release();
  await (
    await takeLock(folder)
  )();
  expect(await readdir(folder)).toEqual([]);
});

test.each([
  ['a process that is gone', '{"pid":2147483646,"started":"1"}'],
  ['another process that has its number by now', `{"pid":${process.pid},"started":"1"}`],
  ['nobody who can be read', 'half a'],
])('the lock of %s is taken over', async (_whose, content) => {
  await writeFile(join(folder, 'start.lock'), content);
  await expect(takeLock(folder)).resolves.toBeTypeOf('function');
});
