/**
 * The first thing that runs, on a machine that may have nothing but Node: so this file uses nothing but Node.
 * Installs what package-lock.json names, builds what changed, then runs the wanted command.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = resolve(import.meta.dirname, '../..');
const at = (...parts) => join(root, ...parts);
const [command, ...parameters] = process.argv.slice(2);

const commands = {
  start: () => runHere('infra/local/start'),
  'start:distributed': () => runHere('infra/local/distributed'),
  dev: async () => (await import('./dev.mjs')).dev({ root, build }),
  test: async () => (await import('./test.mjs')).test({ root, parameters }),
  'test:faults': () => runHere('tests/faults/main'),
  bench: () => runHere('bench/main'),
  admin: () => runHere('infra/admin'),
  extract: () => runHere('infra/extract'),
  'db:migrate': () => runHere('infra/migrate'),
  'db:diff': () => runHere('infra/migrate', ['--diff', ...parameters]),
  'nats:keys': () => runHere('infra/nats-keys'),
  'eval:retrieval': () => runHere('infra/eval', ['retrieval', ...parameters]),
  'eval:answerable': () => runHere('infra/eval', ['answerable', ...parameters]),
  'eval:memory': () => runHere('infra/eval', ['memory', ...parameters]),
};

requireNode('20.19.0');
const run = commands[command ?? ''];
if (run === undefined) fail(`Usage: node infra/local/bootstrap.mjs <${Object.keys(commands).join('|')}>`);
process.chdir(root);
loadSettingsFile();
installPackages();
await build();
await run();

function requireNode(least) {
  const parts = (version) => version.split('.').map(Number);
  const [wanted, found] = [parts(least), parts(process.versions.node)];
  const different = wanted.findIndex((part, index) => part !== found[index]);
  if (different === -1 || found[different] > wanted[different]) return;
  fail(`Parley needs Node ${least} or newer, this is ${process.versions.node}: see https://nodejs.org/en/download`);
}

/** `.env` fills in what the environment does not say. */
function loadSettingsFile() {
  if (existsSync(at('.env'))) process.loadEnvFile(at('.env'));
}

function installPackages() {
  const wanted = createHash('sha256')
    .update(readFileSync(at('package-lock.json')))
    .digest('hex');
  const stamp = at('node_modules/.parley-installed');
  if (readText(stamp) === wanted) return;
  if (!isInstalled()) {
    console.error('Installing packages: about a minute, this once …');
    // Without their install scripts: they would fetch programs that nothing here needs.
    const npm = runNpm(['ci', '--ignore-scripts', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']);
    if (npm.status !== 0)
      fail('npm could not install the packages (its own words are above): check the network and try again.');
  }
  try {
    writeFileSync(stamp, wanted);
  } catch {
    // A folder that we may not write to is looked at again next time.
  }
}

/** Whether npm itself has put exactly the locked versions there. */
function isInstalled() {
  const [locked, installed] = [at('package-lock.json'), at('node_modules/.package-lock.json')].map((path) => {
    const text = readText(path);
    return text === undefined ? undefined : JSON.parse(text).packages;
  });
  if (installed === undefined) return false;
  return Object.entries(locked).every(
    ([path, { version, optional }]) =>
      path === '' || installed[path]?.version === version || (optional && installed[path] === undefined),
  );
}

function runNpm(npmParameters) {
  const script = process.env.npm_execpath;
  const options = { cwd: root, stdio: 'inherit', env: { ...process.env, NODE_ENV: '' } };
  return script?.endsWith('.js')
    ? spawnSync(process.execPath, [script, ...npmParameters], options)
    : spawnSync('npm', npmParameters, { ...options, shell: process.platform === 'win32' });
}

async function build() {
  const { build: buildAll } = await import('../build.mjs');
  try {
    // Not on the standard output: that is the program's own.
    await buildAll({ onStep: (part) => console.error(`Building the ${part} …`) });
  } catch (error) {
    fail(`The build failed: ${error instanceof Error ? error.message : error}`);
  }
}

/** In this process: a second one would cost time and memory for nothing. */
async function runHere(program, programParameters = parameters) {
  const path = at('dist', `${program}.js`);
  if (!existsSync(path)) fail(`${command} is not part of this version: ${program}.ts is missing.`);
  process.argv = [process.execPath, path, ...programParameters];
  await import(pathToFileURL(path).href);
}

function readText(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
