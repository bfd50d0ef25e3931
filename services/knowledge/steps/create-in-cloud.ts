import { Failure } from '../../../shared/errors/failure.ts';
import { createOnce } from '../../../shared/gradient/create-once.ts';
import { failpoint } from '../../../shared/runtime/failpoint.ts';
import type { CloudBase, CloudFile } from '../client/bases.ts';
import { cloudChunkingOf, uploadTextOf } from '../domain.ts';
import type { ClaimedBase } from '../store/bases.ts';
import type { Step, StepDeps } from './step.ts';

const databaseWaitMs = 3_000;
// How long the storage keeps an object is not told; what waited longer is put there again.
const objectAgeMaxMs = 3_600_000;

/**
 * Makes the base in the cloud, once. The intent is committed before the POST; when the POST's outcome is not known (time
 * out, reset, 5xx, conflict), nothing is tried before the settle window is over, and then the name is looked for first.
 */
export const createInCloud: Step = async (deps, base) => {
  // All that takes time comes before the intent, which opens a short window for the POST.
  const files = await filesOf(deps, base);
  if (files.length === 0) {
    await deps.store.giveUpEmpty(base);
    return 'saved';
  }
  if (base.intentAgeMs === null && base.stateAgeMs > objectAgeMaxMs) {
    await deps.store.startOver(base);
    return 'saved';
  }
  await Promise.all([deps.cloud.embeddingModel(), deps.cloud.installationTag()]);
  let databaseId: string | null = null;
  const created = await createOnce({ clock: deps.clock, settleMs: deps.config.settleMs })<CloudBase>({
    intentAgeMs: base.intentAgeMs,
    lookUp: () => lookUp(deps, base),
    commitIntent: async () => {
      const intent = await deps.store.commitIntent(base);
      if (intent === 'wait' || intent === 'lost') return false;
      databaseId = intent.databaseId;
      return true;
    },
    create: async () => {
      await failpoint('knowledge.creating.before_call');
      const made = await deps.cloud.createBase({ name: base.kbName, databaseId, files });
      await failpoint('knowledge.creating.after_call');
      return made;
    },
  });
  switch (created.outcome) {
    case 'made':
      await deps.store.saveCreated(base, created.thing);
      return 'saved';
    case 'waiting':
      return { waitMs: created.waitMs };
    case 'superseded':
      return { waitMs: databaseWaitMs };
    case 'idle':
      await deps.store.clearIntent(base);
      return { waitMs: 0 };
    case 'failed':
      // Of a POST that may have worked only a look can tell, whatever the status said.
      if (created.verdict === 'unknown') throw new Failure('cloud_unavailable', { cause: created.thrown });
      await deps.store.clearIntent(base);
      throw created.thrown;
  }
};

/** The oldest base of the name; younger ones are what a creation made that we never heard of, and go. */
const lookUp = async (deps: StepDeps, base: ClaimedBase): Promise<CloudBase | undefined> => {
  const [oldest, ...others] = await deps.cloud.findBases(base.kbName);
  for (const other of others) await deps.cloud.deleteBase(other.uuid);
  return oldest;
};

const filesOf = async (deps: StepDeps, base: ClaimedBase): Promise<readonly CloudFile[]> => {
  const files: CloudFile[] = [];
  for (const document of await deps.store.documentsOf(base)) {
    if (document.state !== 'uploading' || document.objectKey === null) continue;
    const text = await deps.store.textOf(document);
    files.push({
      storedName: document.storedName,
      bytes: Buffer.byteLength(uploadTextOf({ name: document.name, text })),
      objectKey: document.objectKey,
      chunking: cloudChunkingOf(document),
    });
  }
  return files;
};
