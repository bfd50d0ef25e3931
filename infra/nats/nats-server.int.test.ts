import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serverKnows } from '../../shared/bus/jetstream/server-features.ts';
import { findNatsProgram } from '../local/nats-program.ts';
import { newSeeds, serverEnvironment } from './keys.ts';

const environment = { ...process.env, ...serverEnvironment(newSeeds()), NATS_SERVER_NAME: 'nats-0' };
let program: string;
let knowsSync: boolean;
let folder: string;

beforeAll(async () => {
  program = await findNatsProgram();
  const { stdout } = await promisify(execFile)(program, ['--version']);
  knowsSync = serverKnows('syncAlways', /\d+\.\d+\.\d+/.exec(stdout)?.[0] ?? '');
  folder = await mkdtemp(join(tmpdir(), 'parley-nats-'));
  await cp(import.meta.dirname, folder, { recursive: true });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const check = async (file: string, env: NodeJS.ProcessEnv = environment): Promise<string> =>
  promisify(execFile)(program, ['-t', '-c', join(folder, file)], { env }).then(
    ({ stderr }) => stderr,
    (thrown: unknown) => String(thrown),
  );

describe('the NATS configuration', () => {
  it.each(['nats-server.conf', 'cluster.conf'])('%s is for 2.10 and newer as it stands', async (file) => {
    expect(await check(file)).toContain(knowsSync ? 'is valid' : 'unknown field "sync_interval"');
  });

  it('is for 2.9 with an empty sync.conf', async () => {
    await writeFile(join(folder, 'sync.conf'), '');
    for (const file of ['nats-server.conf', 'cluster.conf']) expect(await check(file)).toContain('is valid');
  });

  it('does not start while the key of a user is missing', async () => {
    expect(await check('users.conf', { PATH: '' })).toContain('NATS_NKEY');
    expect(await check('users.conf')).toContain('is valid');
  });
});
