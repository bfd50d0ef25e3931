import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const linesMax = 400;
const medianMax = 120;

const sources = async (): Promise<{ file: string; lines: number }[]> => {
  const files: { file: string; lines: number }[] = [];
  for (const folder of ['services', 'shared', 'infra', 'web', 'bench']) {
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])) {
      const file = join(entry.parentPath, entry.name);
      if (!entry.isFile() || !/\.(ts|mjs|css)$/.test(entry.name) || /generated|\.test\.ts$/.test(file)) continue;
      files.push({ file, lines: (await readFile(file, 'utf8')).split('\n').length });
    }
  }
  return files.sort((left, right) => left.lines - right.lines);
};

test('a file fits in a head: none over 400 lines, the median under 120', async () => {
  const files = await sources();
  expect(files.filter(({ lines }) => lines > linesMax)).toEqual([]);
  expect(files[Math.floor(files.length / 2)]?.lines).toBeLessThan(medianMax);
});
