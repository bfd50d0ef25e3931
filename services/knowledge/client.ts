import { createControlPlane } from '../../shared/gradient/control-plane.ts';
import type { InstallationTag } from '../../shared/gradient/installation.ts';
import type { Clock } from '../../shared/runtime/clock.ts';
import { baseCalls } from './client/bases.ts';
import { indexingCalls } from './client/indexing.ts';
import { modelLookup } from './client/models.ts';
import { sourceCalls } from './client/sources.ts';
import { uploadFile } from './client/upload-file.ts';
import type { KnowledgeConfig } from './config.ts';

/** The part of the Gradient control plane that holds knowledge: what we write is strict, what we read is lenient. */
export const createCloud = (config: KnowledgeConfig, clock: Clock, installationTag: InstallationTag) => {
  const { call, http } = createControlPlane(config, { userAgent: 'parley-knowledge', clock });
  const embeddingModel = modelLookup(config, call);
  return {
    /** Asked of the cloud once, when the settings do not name it. */
    embeddingModel,
    installationTag,
    uploadFile: uploadFile(call, http),
    ...baseCalls(config, call, { embeddingModel, installationTag }),
    ...sourceCalls(call),
    ...indexingCalls(call),
    close: () => http.close(),
  };
};
export type Cloud = ReturnType<typeof createCloud>;
