import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** A process that says `ready`, writes its log as JSON and does what its argument says. */
const program = `
  import { stopOnSignals } from ${JSON.stringify(join(import.meta.dirname, 'signals.ts'))};
  const write = (level) => (about, text) => process.stdout.write(JSON.stringify({ level, text, err: String(about.err) }) + '\\n');
  const [how] = process.argv.slice(2);
  stopOnSignals({
    logger: { info: write('info'), fatal: write('fatal') },
    stop: () => (how === 'hangs' ? new Promise(() => {}) : how === 'fails' ? Promise.reject(new Error('no')) : Promise.resolve()),
  });
  setInterval(() => {}, 1000);
  process.stdin.once('data', () => {
    if (how === 'throws') throw new Error('nobody caught this');
    if (how === 'rejects') Promise.reject(new Error('nobody handled this'));
  });
  process.stdout.write('ready\\n');
`;

describe('a process that is told to end', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-signals-'));
    await writeFile(join(folder, 'program.ts'), program);
    await build({
      entryPoints: [join(folder, 'program.ts')],
      outfile: join(folder, 'program.mjs'),
      bundle: true,
      platform: 'node',
      format: 'esm',
    });
  });
  afterAll(() => rm(folder, { recursive: true }));

  const start = async (how: string) => {
    const child: ChildProcess = spawn(process.execPath, [join(folder, 'program.mjs'), how]);
    let output = '';
    const says = (text: string): Promise<void> => expect.poll(() => output, { timeout: 10_000 }).toContain(text);
    child.stdout?.on('data', (chunk) => (output += String(chunk)));
    const exited = once(child, 'exit').then(([code]) => code as unknown);
    await says('ready');
    return { child, says, exited, output: () => output };
  };

  it.each(['SIGTERM', 'SIGINT'] as const)('%s: stops and exits 0', async (signal) => {
    const { child, exited } = await start('stops');
    child.kill(signal);
    expect(await exited).toBe(0);
  });

  it('a second signal ends it as it is, with 1 and the reason', async () => {
    const { child, says, exited, output } = await start('hangs');
    child.kill('SIGTERM');
    await says('stopping');
    child.kill('SIGINT');
    expect(await exited).toBe(1);
    expect(output()).toContain('ended by a second SIGINT');
  });

  it('a stop that fails exits 1 and says why', async () => {
    const { child, exited, output } = await start('fails');
    child.kill('SIGTERM');
    expect(await exited).toBe(1);
    expect(output()).toContain('the stop failed');
  });

  it.each([
    ['throws', 'nobody caught this'],
    ['rejects', 'nobody handled this'],
  ])('one that %s where nobody looks exits 1 and says why', async (how, words) => {
    const { child, exited, output } = await start(how);
    child.stdin?.write('go');
    expect(await exited).toBe(1);
    expect(output()).toContain('fatal');
    expect(output()).toContain(words);
  });
});
