import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureChromium } from './chromium.mjs';
import { countTests } from './count-tests.mjs';

const tiers = ['unit', 'int', 'e2e'];

/**
 * Runs all tests, a tier after the other, so that those with the whole system have the machine to themselves. Arguments go
 * to vitest as they are, and then it runs once. Ends the process with 1 when anything failed.
 */
export const test = async ({ root, parameters }) => {
  const chromium = ensureChromium(root);
  if (chromium.missing !== undefined) console.error(`${chromium.missing} The tests in a browser will fail.`);
  const environment = { ...process.env, ...(chromium.path === undefined ? {} : { CHROMIUM_PATH: chromium.path }) };
  const results = join(root, 'node_modules/.cache/parley/tests');
  rmSync(results, { recursive: true, force: true });
  mkdirSync(results, { recursive: true });
  const runs = parameters.length > 0 ? [['all', parameters]] : tiers.map((tier) => [tier, ['--project', tier]]);
  const counts = runs.map(([name, selection]) => {
    const file = join(results, `${name}.json`);
    const { status } = spawnSync(
      process.execPath,
      [
        join(root, 'node_modules/vitest/vitest.mjs'),
        'run',
        ...selection,
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${file}`,
      ],
      { cwd: root, stdio: 'inherit', env: environment },
    );
    return countTests(existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined, status ?? 1);
  });
  const passed = counts.reduce((sum, count) => sum + count.passed, 0);
  const failed = counts.reduce((sum, count) => sum + count.failed, 0);
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed > 0 ? 1 : 0);
};
