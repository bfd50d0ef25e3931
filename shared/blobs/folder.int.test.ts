import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock as clock } from '../runtime/clock.ts';
import { blobConformance } from './conformance.ts';
import { createFolderBlobs } from './folder.ts';

blobConformance('folder', async () => {
  const root = await mkdtemp(join(tmpdir(), 'blobs-'));
  return {
    store: createFolderBlobs({ folder: join(root, 'uploads'), clock }),
    close: () => rm(root, { recursive: true }),
  };
});
