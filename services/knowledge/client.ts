import type { Database } from '../../shared/db/client.ts';
import { createControlPlane } from '../../shared/gradient/control-plane.ts';
import type { InstallationTag } from '../../shared/gradient/installation.ts';
import type { Clock } from '../../shared/runtime/clock.ts';
import { baseCalls } from './client/bases.ts';
import { indexingCalls } from './client/indexing.ts';
import { modelLookup } from './client/models.ts';
import { sourceCalls } from './client/sources.ts';
import { uploadFile } from './client/upload-file.ts';
import type { KnowledgeConfig } from './config.ts';

/** Calls at once. */
const callsMax = 4;

/** The part of the Gradient control plane that holds knowledge: what we write is strict, what we read is lenient. */
export const createCloud = (
  config: KnowledgeConfig,
  parts: { readonly clock: Clock; readonly database: Database },
  installationTag: InstallationTag,
) => {
  const { call, http, close } = createControlPlane(config, { owner: 'knowledge', callsMax, ...parts });
  const embeddingModel = modelLookup(config, call);
  return {
    /** Asked of the cloud once, when the settings do not name it. */
    embeddingModel,
    installationTag,
    uploadFile: uploadFile(call, http),
    ...baseCalls(config, call, { embeddingModel, installationTag, clock: parts.clock }),
    ...sourceCalls(call),
    ...indexingCalls(call),
    close,
  };
};
export type Cloud = ReturnType<typeof createCloud>;
