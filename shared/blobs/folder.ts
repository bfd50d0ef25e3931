import { createWriteStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Failure } from '../errors/failure.ts';
import type { Clock } from '../runtime/clock.ts';
import { checkedRef } from './blob-ref.ts';
import { createMeasure } from './measured.ts';
import type { BlobStore } from './port.ts';

interface FolderOptions {
  readonly folder: string;
  readonly clock: Clock;
}

const unfinished = '.part';

/** Blobs as files of a folder, which is made when missing; for a system that runs on one machine. */
export const createFolderBlobs = ({ folder, clock }: FolderOptions): BlobStore => ({
  put: async (body, bytesMax) => {
    await mkdir(folder, { recursive: true });
    const ref = clock.newId();
    const path = join(folder, ref);
    const measure = createMeasure(body, bytesMax);
    try {
      await pipeline(measure.chunks(), createWriteStream(path + unfinished, { mode: 0o600, flush: true }));
      // Under its own name only when whole.
      await rename(path + unfinished, path);
    } catch (thrown) {
      await rm(path + unfinished, { force: true });
      throw thrown;
    }
    return { ref, ...measure.result() };
  },
  get: async (ref) => readFile(join(folder, checkedRef(ref))).catch(missing),
  delete: async (ref) => rm(join(folder, checkedRef(ref)), { force: true }),
  sweep: async (ageMs) => {
    const names = await readdir(folder).catch(() => []);
    const old = clock.now() - ageMs;
    const swept = await Promise.all(
      names.map(async (name) => {
        const path = join(folder, name);
        const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Infinity }));
        if (mtimeMs > old) return 0;
        await rm(path, { force: true });
        return name.endsWith(unfinished) ? 0 : 1;
      }),
    );
    return swept.reduce((sum: number, one) => sum + one, 0);
  },
});

const missing = (error: NodeJS.ErrnoException): never => {
  if (error.code === 'ENOENT') throw new Failure('not_found', { cause: error });
  throw error;
};
