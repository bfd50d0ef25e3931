import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '../../infra/local/project-root.ts';

let building: Promise<unknown> | undefined;

/** Brings `dist` up to date with the sources, once a test file. */
export const ensureBuilt = async (): Promise<void> => {
  building ??= promisify(execFile)(process.execPath, [join(projectRoot, 'infra/build.mjs')], { timeout: 150_000 });
  await building;
};
