import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chromium-headless-shell'];
const usualPlaces = [
  '/usr/bin',
  '/usr/local/bin',
  '/snap/bin',
  '/Applications/Google Chrome.app/Contents/MacOS',
  '/Applications/Chromium.app/Contents/MacOS',
  'C:\\Program Files\\Google\\Chrome\\Application',
];

/** A Chromium for tests: the one of CHROMIUM_PATH or of this machine, else installed by apt as root, else by playwright. */
export const ensureChromium = (root) => {
  const present = find() ?? ofPlaywright(root);
  if (present !== undefined) return { path: present };
  console.log('Installing Chromium for the tests in a browser: this once …');
  installWithApt();
  const installed = find() ?? (installWithPlaywright(root), ofPlaywright(root));
  return installed === undefined
    ? { missing: 'There is no Chromium, and none could be installed: install one, or set CHROMIUM_PATH.' }
    : { path: installed };
};

const find = () => {
  const given = process.env.CHROMIUM_PATH;
  if (given !== undefined && given !== '') return existsSync(given) ? given : undefined;
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...usualPlaces];
  const candidates = folders.flatMap((folder) =>
    [...names, 'Google Chrome', 'Chromium', 'chrome.exe'].map((name) => join(folder, name)),
  );
  return candidates.find((path) => existsSync(path));
};

const installWithApt = () => {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return;
  const options = {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  };
  const install = () =>
    spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], options).status === 0;
  // A fresh container has no package lists.
  if (!install()) spawnSync('apt-get', ['update', '-qq'], options).status === 0 && install();
};

const playwright = (root) => join(root, 'node_modules/playwright-core/cli.js');

const installWithPlaywright = (root) =>
  spawnSync(process.execPath, [playwright(root), 'install', '--only-shell', 'chromium'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: 300_000,
  });

const ofPlaywright = (root) => {
  try {
    const path = createRequire(join(root, 'package.json'))('playwright-core').chromium.executablePath();
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
};
