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
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = resolve(import.meta.dirname, '..');
const at = (...parts) => join(root, ...parts);

/** Every program of the system. One that is not written yet is left out. */
const entries = [
  'services/main.ts',
  'services/knowledge/extract/extract-worker.ts',
  'services/knowledge/search/search-worker.ts',
  'infra/local/start.ts',
  'infra/local/distributed.ts',
  'infra/emulators/main.ts',
  'infra/migrate.ts',
  'infra/nats-keys.ts',
  'infra/admin.ts',
  'infra/eval.ts',
  'infra/extract.ts',
  'tests/faults/main.ts',
];

/** Builds what is out of date and says which parts that were. */
export async function build({ force = false, prismaOnly = false, onStep = () => undefined } = {}) {
  const steps = prismaOnly ? [databaseClient] : [databaseClient, programs, pages];
  const built = [];
  for (const { name, isCurrent, make } of steps) {
    if (!force && isCurrent()) continue;
    onStep(name);
    await make();
    built.push(name);
  }
  // esbuild keeps a process of 60 MB for the next build.
  if (built.length > 0 && !prismaOnly) await (await import('esbuild')).stop();
  return built;
}

const clientStamp = () =>
  hashOf([...filesUnder('prisma/schema'), 'prisma.config.mjs', 'node_modules/prisma/package.json']);

const databaseClient = {
  name: 'database client',
  isCurrent: () => readText(at('shared/db/generated/.stamp')) === clientStamp(),
  make: () => {
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
    if (run.status !== 0) throw new Error(`prisma generate: ${run.stderr || run.stdout}`);
    writeFileSync(at('shared/db/generated/.stamp'), clientStamp());
  },
};

const programStamp = at('dist/.programs.json');
const builders = ['infra/build.mjs', 'tsconfig.json', 'node_modules/esbuild/package.json'];
const presentEntries = () => [...entries, ...benchEntries()].filter((path) => existsSync(at(path)));

const programs = {
  name: 'services',
  isCurrent: () => {
    const { entries: built, inputs, hash } = readStamp(programStamp);
    return built === presentEntries().join() && hash === hashOf([...builders, ...inputs]);
  },
  make: async () => {
    const { build: esbuild } = await import('esbuild');
    for (const folder of ['services', 'infra', 'bench', 'tests', 'chunks']) {
      rmSync(at('dist', folder), { recursive: true, force: true });
    }
    const { metafile } = await esbuild({
      absWorkingDir: root,
      entryPoints: presentEntries(),
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
      logLevel: 'silent',
    });
    const inputs = Object.keys(metafile.inputs).filter((path) => existsSync(at(path)));
    const hash = hashOf([...builders, ...inputs]);
    writeFileSync(programStamp, JSON.stringify({ entries: presentEntries().join(), inputs, hash }));
  },
};

const pagesStamp = () => hashOf([...filesUnder('web'), 'node_modules/esbuild/package.json']);

const pages = {
  name: 'pages',
  isCurrent: () => !existsSync(at('web/build.mjs')) || readText(at('dist/.pages')) === pagesStamp(),
  make: async () => {
    const { buildWeb } = await import(pathToFileURL(at('web/build.mjs')).href);
    await buildWeb({ outdir: at('dist/web') });
    writeFileSync(at('dist/.pages'), pagesStamp());
  },
};

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
