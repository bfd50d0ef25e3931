import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Uploaded objects, as files of a folder or in memory without one. */
export interface BlobFiles {
  put: (key: string, bytes: Buffer) => Promise<void>;
  get: (key: string) => Buffer | undefined;
  clear: () => void;
}

export const openBlobFiles = (dataDir: string | undefined): BlobFiles => {
  if (dataDir === undefined) return inMemory();
  const folder = path.join(dataDir, 'gradient-objects');
  mkdirSync(folder, { recursive: true });
  // Keys are made by the emulator, yet a request carries them back: no separator may leave the folder.
  const fileOf = (key: string): string => path.join(folder, encodeURIComponent(key));
  return {
    put: async (key, bytes) => {
      await writeFile(`${fileOf(key)}.next`, bytes);
      await rename(`${fileOf(key)}.next`, fileOf(key));
    },
    get: (key) => (existsSync(fileOf(key)) ? readFileSync(fileOf(key)) : undefined),
    clear: () => {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder, { recursive: true });
    },
  };
};

const inMemory = (): BlobFiles => {
  const blobs = new Map<string, Buffer>();
  return {
    put: async (key, bytes) => {
      blobs.set(key, bytes);
    },
    get: (key) => blobs.get(key),
    clear: () => blobs.clear(),
  };
};
