/* global clearTimeout */
import { spawn } from 'node:child_process';
import { watch } from 'node:fs';
import { join } from 'node:path';

const watched = ['services', 'shared', 'infra', 'web', 'prisma/schema'];
const settleMs = 150;

/** `npm start` that builds and starts anew whenever a source changes; a build that fails leaves the old one running. */
export const dev = async ({ root }) => {
  const { build } = await import('../build.mjs');
  let child = launch(root);
  let timer;
  let working = Promise.resolve();

  const rebuild = async () => {
    try {
      const built = await build();
      if (built.length === 0) return;
      console.log(`Rebuilt the ${built.join(', ')}.`);
      // The gateway reads the pages from the disk as they are asked for.
      if (built.join() === 'pages') return;
      await stop(child);
      child = launch(root);
    } catch (error) {
      console.error(error instanceof Error ? error.message : error);
    }
  };

  for (const folder of watched) {
    watch(join(root, folder), { recursive: true }, (_event, name) => {
      if (name?.includes('generated') || /\.test\.ts$/.test(name ?? '')) return;
      clearTimeout(timer);
      timer = setTimeout(() => {
        working = working.then(rebuild);
      }, settleMs);
    });
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => void stop(child).then(() => process.exit(0)));
  }
};

const launch = (root) =>
  spawn(process.execPath, ['--enable-source-maps', join(root, 'dist/infra/local/start.js')], {
    cwd: root,
    stdio: 'inherit',
    // Its own group, so that Ctrl-C comes to us and we pass it on once.
    detached: true,
  });

const stop = (child) =>
  new Promise((done) => {
    if (child.exitCode !== null || child.signalCode !== null) return done();
    child.once('exit', done);
    child.kill('SIGTERM');
  });
