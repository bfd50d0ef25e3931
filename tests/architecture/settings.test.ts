import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const schemas = ['services', 'shared', 'infra/local', 'infra/admin'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /(^|[\\/])(config|settings)\.ts$/.test(name))
    .map((name) => `${folder}/${name}`),
);
const read = schemas.flatMap((path) =>
  [...readFileSync(path, 'utf8').matchAll(/^ {2}([A-Z][A-Z0-9_]+): (?!string)/gm)].map(([, name = '']) => name),
);
const example = readFileSync('.env.example', 'utf8');
const named = [...example.matchAll(/^#?([A-Z][A-Z0-9_]+)=/gm)].map(([, name = '']) => name);

test('.env.example explains every setting that the code reads', () => {
  const byParts = /POSTGRES_HOST, _PORT, _DB, _USER, _PASSWORD/.test(example)
    ? ['POSTGRES_HOST', 'POSTGRES_PORT', 'POSTGRES_DB', 'POSTGRES_USER']
    : [];
  expect(read.length).toBeGreaterThan(40);
  expect([...new Set(read)].filter((name) => !named.includes(name) && !byParts.includes(name))).toEqual([]);
});

test('.env.example names no setting that nothing reads', () => {
  const elsewhere = ['docker-compose.yml', 'tests/support/start-servers.ts', 'infra/local/chromium.mjs']
    .map((path) => readFileSync(path, 'utf8'))
    .join('\n');
  expect(named.filter((name) => !read.includes(name) && !elsewhere.includes(name))).toEqual([]);
});

test('.env.example gives no secret a value', () => {
  expect(example).not.toMatch(/^#?\w*(KEY|TOKEN|PASSWORD)=\S/m);
});
