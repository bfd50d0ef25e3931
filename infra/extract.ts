import { open } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { detectType } from '../services/knowledge/extract/detect-type.ts';
import { createExtractor } from '../services/knowledge/extract/extractor.ts';
import { Failure } from '../shared/errors/failure.ts';

// `npm run extract -- [--text] FILE…`: what a bot would read of each file, as a JSON line a file, by the extractor that
// uploads go through. 0 when every file got its line, be it a refusal; 2 when there was nothing to do.
const fileBytesMax = 100_000_000;

const readFile = async (file: string): Promise<Uint8Array> => {
  const handle = await open(file);
  try {
    const found = await handle.stat();
    if (!found.isFile()) throw new Failure('document_broken', { detail: 'This is not a file.' });
    if (found.size > fileBytesMax) {
      throw new Failure('body_too_large', { detail: `The file is over ${fileBytesMax / 1_000_000} MB.` });
    }
    return await handle.readFile();
  } finally {
    await handle.close();
  }
};

const failureOf = (thrown: unknown): { readonly code: string; readonly message: string } => {
  if (thrown instanceof Failure) return { code: thrown.code, message: thrown.detail };
  return { code: 'document_broken', message: `The file could not be read: ${String(thrown)}` };
};

/** What was refused, where that can be told. */
const typeOf = (bytes: Uint8Array | undefined, file: string): string | null => {
  try {
    return bytes === undefined ? null : detectType(bytes, path.basename(file));
  } catch {
    return null;
  }
};

const { values, positionals } = parseArgs({ allowPositionals: true, options: { text: { type: 'boolean' } } });
if (positionals.length === 0) {
  console.error('Usage: npm run extract -- [--text] FILE…');
  process.exitCode = 2;
}
const extractor = createExtractor();
// npm runs this at the root of the repository and names the folder that the caller stands in.
const here = process.env['INIT_CWD'] ?? process.cwd();
for (const file of positionals) {
  const startedAt = performance.now();
  const elapsed = (): number => Math.round(performance.now() - startedAt);
  let bytes: Uint8Array | undefined;
  try {
    bytes = await readFile(path.resolve(here, file));
    const { type, pages, words, encoding, text } = await extractor.extract({
      bytes,
      filename: path.basename(file),
      kind: 'file',
    });
    const told = { file, ok: true, type, pages, words, ms: elapsed(), encoding };
    console.log(JSON.stringify(values.text === true ? { ...told, text } : told));
  } catch (thrown) {
    const type = typeOf(bytes, file);
    console.log(JSON.stringify({ file, ok: false, type, pages: null, words: 0, ms: elapsed(), ...failureOf(thrown) }));
  }
}
