import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { renderErrors, renderMessages } from '../../infra/docs/render.ts';

describe('pages written from the code', () => {
  test('docs/messages.md tells every message as the catalogue has it', async () => {
    expect(await readFile('docs/messages.md', 'utf8')).toBe(renderMessages());
  });

  test('docs/errors.md tells every code as the table has it', async () => {
    expect(await readFile('docs/errors.md', 'utf8')).toBe(renderErrors());
  });
});

describe('pages written by hand', () => {
  test('every relative link leads to a file that is there', async () => {
    const pages = ['README.md', 'CONTRIBUTING.md', 'docs/architecture.md', 'docs/operations.md', 'docs/reliability.md'];
    const missing: string[] = [];
    for (const page of pages) {
      const text = await readFile(page, 'utf8');
      for (const [, target = ''] of text.matchAll(/\]\((?!https?:|#|mailto:)([^)#]+)[^)]*\)/g)) {
        const path = new URL(target, `file:///${page}`).pathname.slice(1);
        if (!(await isThere(path))) missing.push(`${page}: ${target}`);
      }
    }
    expect(missing).toEqual([]);
  });

  test('README names only scripts that package.json has', async () => {
    const { scripts } = JSON.parse(await readFile('package.json', 'utf8')) as { scripts: Record<string, string> };
    const readme = await readFile('README.md', 'utf8');
    const named = [...readme.matchAll(/npm (?:run )?(start|test|[a-z]+:[a-z:]+|verify|bench|dev|build)\b/g)].map(
      ([, name]) => name ?? '',
    );
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
    expect(named.length).toBeGreaterThan(2);
  });
});

const isThere = async (path: string): Promise<boolean> => {
  const { access } = await import('node:fs/promises');
  return access(path).then(
    () => true,
    () => false,
  );
};
