/* global WebAssembly */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/**
 * Prisma's schema engine from its WebAssembly package. Node 20 cannot import a .wasm file, which the package's own entry
 * does, so it is put together by hand; plain JavaScript, because our library types have no WebAssembly.
 */
export const loadEngine = () => (loaded ??= load());

// One per process: the package's code knows just one instance of its memory.
let loaded;

const load = async () => {
  const glueUrl = pathToFileURL(
    createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg'),
  ).href;
  const glue = await import(glueUrl);
  const compiled = await WebAssembly.compile(await readFile(new URL('schema_engine_bg.wasm', glueUrl)));
  globalThis.PRISMA_WASM_PANIC_REGISTRY = { set_message: (message) => console.error(message) };
  const instance = await WebAssembly.instantiate(compiled, { './schema_engine_bg.js': withPatientTimers(glue) });
  glue.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  return glue.SchemaEngine;
};

// The engine leaves a timer of ten seconds behind after it got its lock; no process should wait for that.
const withPatientTimers = (glue) =>
  Object.fromEntries(
    Object.entries(glue).map(([name, implementation]) =>
      name.startsWith('__wbg_setTimeout')
        ? [name, (callback, ms) => setTimeout(callback, ms >>> 0).unref()]
        : [name, implementation],
    ),
  );
