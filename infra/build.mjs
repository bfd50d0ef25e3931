/**
 * Builds everything that runs: the Prisma client, the node bundles and the pages.
 * Each part is stamped with a hash of what it was made from, so an unchanged tree builds nothing and loads nothing.
 *
 *   node infra/build.mjs                 build what changed
 *   node infra/build.mjs --force         build all
 *   node infra/build.mjs --prisma-only   only the database client
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = resolve(import.meta.dirname, '..');
const at = (...parts) => join(root, ...parts);

/** Every program of the system. One that is not written yet is left out. */
const entries = [
  'services/main.ts',
  'services/knowledge/extract/extract-worker.ts',
  'infra/local/start.ts',
  'infra/local/distributed.ts',
  'infra/emulators/main.ts',
  'infra/migrate.ts',
  'infra/admin.ts',
];

/** Builds what is out of date and says which parts that were. */
export async function build({ force = false, prismaOnly = false } = {}) {
  const built = [];
  if (generatePrismaClient(force)) built.push('database client');
  if (prismaOnly) return built;
  if (await bundlePrograms(force)) built.push('services');
  if (await buildPages(force)) built.push('pages');
  return built;
}

function generatePrismaClient(force) {
  const schema = filesUnder('prisma/schema').filter((path) => path.endsWith('.prisma'));
  if (schema.length === 0) return false;
  const stamp = hashOf([...schema, 'node_modules/prisma/package.json']);
  const stampFile = at('shared/db/generated/.stamp');
  if (!force && readText(stampFile) === stamp) return false;

  rmSync(at('shared/db/generated'), { recursive: true, force: true });
  // The generator is WASM, but the command insists on a native schema engine that it would download and never run:
  // any executable satisfies it. node itself is one on every platform.
  const run = spawnSync(process.execPath, [at('node_modules/prisma/build/index.js'), 'generate'], {
    cwd: root,
    encoding: 'utf8',
    env: {
      ...process.env,
      PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
      PRISMA_HIDE_UPDATE_MESSAGE: '1',
      CHECKPOINT_DISABLE: '1',
    },
  });
  if (run.status !== 0) throw new Error(`prisma generate failed: ${run.stderr || run.stdout}`);
  writeFileSync(stampFile, stamp);
  return true;
}

async function bundlePrograms(force) {
  const present = [...entries, ...benchEntries()].filter((path) => existsSync(at(path)));
  const fixed = ['infra/build.mjs', 'tsconfig.json', 'node_modules/esbuild/package.json'];
  const stampFile = at('dist/.programs.json');
  const stamp = readStamp(stampFile);
  if (!force && stamp.entries === present.join() && stamp.hash === hashOf([...fixed, ...stamp.inputs])) return false;

  const { build: esbuild } = await import('esbuild');
  for (const folder of ['services', 'infra', 'bench', 'chunks']) {
    rmSync(at('dist', folder), { recursive: true, force: true });
  }
  const result = await esbuild({
    absWorkingDir: root,
    entryPoints: present,
    outdir: 'dist',
    outbase: '.',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    packages: 'external',
    sourcemap: true,
    chunkNames: 'chunks/[name]-[hash]',
    metafile: true,
    logLevel: 'error',
  });
  const inputs = Object.keys(result.metafile.inputs).filter((path) => existsSync(at(path)));
  writeFileSync(stampFile, JSON.stringify({ entries: present.join(), inputs, hash: hashOf([...fixed, ...inputs]) }));
  return true;
}

async function buildPages(force) {
  if (!existsSync(at('web/build.mjs'))) return false;
  const stamp = hashOf([...filesUnder('web'), 'node_modules/esbuild/package.json']);
  const stampFile = at('dist/.pages');
  if (!force && existsSync(at('dist/web')) && readText(stampFile) === stamp) return false;
  const { buildWeb } = await import(pathToFileURL(at('web/build.mjs')).href);
  await buildWeb({ root, outdir: at('dist/web') });
  mkdirSync(at('dist'), { recursive: true });
  writeFileSync(stampFile, stamp);
  return true;
}

const benchEntries = () =>
  existsSync(at('bench'))
    ? readdirSync(at('bench'))
        .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
        .map((name) => `bench/${name}`)
    : [];

function filesUnder(folder) {
  if (!existsSync(at(folder))) return [];
  return readdirSync(at(folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(root.length + 1))
    .sort();
}

/** Hash of names and contents; a file that is gone counts as changed. */
function hashOf(paths) {
  const hash = createHash('sha256');
  for (const path of paths) hash.update(`${path}\0${readText(at(path)) ?? 'absent'}\0`);
  return hash.digest('hex');
}

function readText(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function readStamp(path) {
  try {
    return JSON.parse(readText(path) ?? '');
  } catch {
    return { entries: '', inputs: [], hash: '' };
  }
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const built = await build({
    force: process.argv.includes('--force'),
    prismaOnly: process.argv.includes('--prisma-only'),
  });
  console.log(built.length === 0 ? 'Everything is up to date.' : `Built: ${built.join(', ')}.`);
}
