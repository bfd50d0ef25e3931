import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const owners = ['provisioning', 'knowledge', 'chat', 'memory', 'messaging', 'installation', 'gradient'] as const;

const modelsOf = async (owner: string) => {
  const schema = await readFile(`prisma/schema/${owner}.prisma`, 'utf8');
  return {
    models: [...schema.matchAll(/^model (\w+)/gm)].map(([, name = '']) => name.charAt(0).toLowerCase() + name.slice(1)),
    tables: [...schema.matchAll(/^ {2}@@map\("(\w+)"\)/gm)].map(([, name = '']) => name),
  };
};

const sourcesOf = async (folder: string): Promise<string[]> =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter(
      (entry) =>
        entry.isFile() && entry.name.endsWith('.ts') && !/\.test\.|\/testing/.test(join(entry.parentPath, entry.name)),
    )
    .map((entry) => join(entry.parentPath, entry.name));

describe('tables', () => {
  test.each(['provisioning', 'knowledge', 'chat', 'memory'])(
    '%s touches no table of another owner',
    async (service) => {
      const foreign = (await Promise.all(owners.filter((owner) => owner !== service).map(modelsOf))).flatMap(
        ({ models, tables }) => [
          ...models.map((model) => new RegExp(`\\b(tx|client|database)\\.${model}\\.`)),
          ...tables.map((table) => new RegExp(`\\b(from|into|update|join)\\s+${table}\\b`, 'i')),
        ],
      );
      const found: string[] = [];
      for (const file of await sourcesOf(`services/${service}`)) {
        const text = await readFile(file, 'utf8');
        found.push(...foreign.filter((pattern) => pattern.test(text)).map((pattern) => `${file}: ${pattern.source}`));
      }
      expect(found).toEqual([]);
    },
  );

  test('the gateway has no table and no database', async () => {
    const texts = await Promise.all((await sourcesOf('services/gateway')).map((file) => readFile(file, 'utf8')));
    expect(texts.filter((text) => /shared\/(db|outbox)\//.test(text))).toEqual([]);
  });
});
